"""A small sealed poll on a real chain whose backend is gone after the close: trustees, transactions and files give its result all the same.

The chain is copied as it stood at the close. On one copy the backend counts; on the other nobody has its database, its keys or its folder.
"""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.ground.chain.anvil import EmbeddedAnvil
from scripts.drill_keys.anybody import Anybody
from scripts.drill_keys.openings import Openings
from scripts.drill_keys.registers import Register
from scripts.generate.claims import generate
from scripts.rig import ceremony, steps
from scripts.rig.api import Api, Refused
from scripts.rig.chain_access import ChainAccess
from scripts.rig.logins import make_members
from scripts.rig.people import ABSTAIN, AGAINST, FOR, Phone
from scripts.rig.processes import Stack, free_port
from scripts.rig.sealing import NONSENSE
from scripts.rig.vote import Vote
from scripts.rig.voting import cast_one, prove, wait_for_chain

LENDERS, SEED = 12, 11
CHOICES = (FOR, FOR, AGAINST, FOR, ABSTAIN, FOR, NONSENSE)
#: Trustees who come, to the backend and to those who count without it: any three make the same secret.
WITH_BACKEND, WITHOUT = (0, 1, 3), (0, 4, 5)
NEEDED, SEATS = 3, 6
STATE_SECONDS = 60


@dataclass(frozen=True)
class Told:
    """What came of it: what the database's file was and is, and both results."""

    database_deleted: bool
    with_backend: str
    without: str

    @property
    def same_result(self) -> bool:
        """Whether both counts ended in one result."""
        return self.with_backend == self.without != ""


def drill(folder: Path) -> Told:
    """Hold the poll, count it with the backend, delete the backend's folder, and count again. Raises: what a step that fails raises."""
    ports = {name: free_port() for name in ("port", "issuer_port", "anvil_port")}
    stack = Stack(folder / "data", **ports, database_url="", issuer_waits=True)
    stack.environment["LENDERVOTE_ISSUER_LIVENESS"] = "off"
    with stack:
        vote, openings = held(stack, folder)
        ChainAccess(stack.rpc_url).move_to(steps.unix(vote.poll["closes_at"]) + 1)
        keep_published(vote, folder / "published")
        keep_chain(stack, folder / "chain")
        with_backend = counted_by_backend(vote)
    was_there = (stack.data_dir / "lendervote.sqlite3").is_file()
    shutil.rmtree(stack.data_dir)
    is_there = any(folder.rglob("*.sqlite3*"))
    shares = {seat: ceremony.seats_of(vote).share(vote.ceremony, seat) for seat in WITHOUT}
    openings.hand_in()
    anvil = EmbeddedAnvil(folder / "chain" / "state.json")
    anvil.start()
    try:
        alone = Anybody(anvil.url, folder / "published", vote.poll["address"])
        alone.publish(shares)
        alone.count()
        alone.open_sums(openings, WITHOUT)
        return Told(was_there and not is_there, with_backend, alone.result_hash())
    finally:
        anvil.stop()


def announced(stack: Stack, folder: Path, lenders: int) -> tuple[Vote, Openings]:
    """A sealed poll that is open, and its register's openings sealed among trustees while there is a database."""
    register_file, mobiles = generate(lenders=lenders, seed=SEED, out=stack.data_dir / "files")
    admin, officials, institution = make_members(stack, steps.OFFICIALS)
    vote = Vote(stack, SEED, admin, officials, institution, mobiles)
    steps.open_case(vote)
    steps.import_register(vote, register_file)
    act = steps.propose_freeze(vote)
    register = Register.frozen_by(act, officials[0].api, folder)
    steps.sign_together(vote, act)
    openings = Openings(folder / "openings", NEEDED, SEATS, register, [member.account_key for member in officials])
    openings.make()
    steps.submit_and_admit_plan(vote)
    ceremony.appoint_trustees(vote)
    steps.announce_poll(vote, ceremony.hold_ceremony(vote))
    return vote, openings


def held(stack: Stack, folder: Path) -> tuple[Vote, Openings]:
    """Such a poll with ballots in its box."""
    vote, openings = announced(stack, folder, LENDERS)
    for mobile, choice in zip(vote.mobiles, CHOICES, strict=False):
        phone = Phone(stack.url, mobile, stack.data_dir / "outbox" / "sms.jsonl", vote.poll)
        phone.sign_in()
        cast_one(vote, phone, prove(vote, phone, None), choice)
    wait_for_chain(vote)
    return vote, openings


def counted_by_backend(vote: Vote) -> str:
    """The result's hash as the service comes to it."""
    ceremony.publish_shares(vote, WITH_BACKEND)
    ceremony.await_count(vote)
    steps.open_sums(vote.officials[0].api, vote.poll["id"])
    return str(Api(vote.stack.url).get(f"/api/polls/{vote.poll['id']}/result")["result_hash"])


def keep_published(vote: Vote, folder: Path) -> None:
    """What is public at the close, as anybody has it."""
    folder.mkdir()
    for name in (*steps.PUBLISHED, "seal.json"):
        try:
            content = Api(vote.stack.url).download(f"/api/polls/{vote.poll['id']}/published/{name}")
        except Refused:  # the result is not there yet
            continue
        (folder / name).write_bytes(content)


def keep_chain(stack: Stack, folder: Path) -> None:
    """The chain's own file, as soon as it has the newest block. Raises: RuntimeError."""
    folder.mkdir()
    height, deadline = ChainAccess(stack.rpc_url).height(), time.monotonic() + STATE_SECONDS
    while time.monotonic() < deadline:
        text = (stack.data_dir / "chain" / "state.json").read_text()
        if _best_block(text) >= height:
            (folder / "state.json").write_text(text)
            return
        time.sleep(0.2)  # Anvil writes its file once a second, and says so to nobody
    raise RuntimeError("the chain has not written its state")


def _best_block(text: str) -> int:
    """The newest block in a state file; -1 in one that is being written."""
    try:
        state: dict[str, Any] = json.loads(text)
    except ValueError:
        return -1
    number = state.get("best_block_number", -1)
    return int(number, 16) if isinstance(number, str) else int(number)
