"""`python -m scripts.stuffing` (make stuffing-drill): ballots stuffed for absent lenders, and who hears of it. The last line is JSON.

The backend is killed before the ballots are cast, and the alarms' process is killed once while it tells people.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from eth_account import Account

from backend.ground.chain.anvil import EmbeddedAnvil
from scripts.generate.claims import generate
from scripts.rig import steps
from scripts.rig.api import Api, Refused
from scripts.rig.chain_access import ChainAccess
from scripts.rig.logins import make_members
from scripts.rig.processes import Stack, free_port
from scripts.rig.providers import Manners, Providers
from scripts.rig.vote import Vote
from scripts.stuffing.alarm_process import AlarmProcess
from scripts.stuffing.colluders import Colluders

SEED, WAIT_SECONDS = 5, 90


@dataclass
class Figures:
    """Ballots stuffed, lenders told of them, contests; whether all of it came before anybody could sign a result."""

    stuffed: int = 0
    alarms: int = 0
    doubled: int = 0
    before_final: bool = False
    contested: int = 0
    seen_by_officials: int = 0
    signed_unseen: bool = True
    seconds: float = 0.0


def drill(folder: Path, absent: int, figures: Figures) -> None:
    """Raises: what a step that fails raises."""
    providers = Providers(Manners(lost_after=0.1))
    providers.start()
    ports = {name: free_port() for name in ("port", "issuer_port", "anvil_port")}
    anvil = EmbeddedAnvil(folder / "chain" / "state.json", ports["anvil_port"])
    anvil.start()
    alarms = AlarmProcess(folder / "alarms", providers.url)
    stack = Stack(folder / "data", **ports, database_url="", issuer_waits=True)
    stack.environment |= {"LENDERVOTE_RPC_URL": stack.rpc_url, "LENDERVOTE_ALARMS_ADDRESS": alarms.address}
    stack.environment["LENDERVOTE_ISSUER_LIVENESS"] = "off"
    try:
        with stack:
            relay = (stack.data_dir / "secrets" / "relay.key").read_text().strip()
            anvil.node.ask("anvil_setBalance", Account.from_key(relay).address, hex(10**20))
            vote = announced(stack, alarms, absent + 4)
            colluders = Colluders(stack, vote.poll)
            victims = colluders.learn(sorted(set(vote.mobiles))[:absent])
            alarms.start(stack.rpc_url, vote.poll, stack.url)
            stack.kill_backend()
            figures.stuffed = colluders.stuff(victims)
            told(alarms, providers, vote, figures)
            contest(alarms, providers, figures)
            officials_look(stack, vote, figures)
    finally:
        alarms.stop()
        anvil.stop()
        providers.stop()


def announced(stack: Stack, alarms: AlarmProcess, lenders: int) -> Vote:
    """An open poll whose officials gave the alarms their contacts when they froze the register."""
    register_file, mobiles = generate(lenders=lenders, seed=SEED, out=stack.data_dir / "files")
    admin, officials, institution = make_members(stack, steps.OFFICIALS)
    vote = Vote(stack, SEED, admin, officials, institution, mobiles)
    steps.open_case(vote)
    steps.import_register(vote, register_file)
    act = steps.propose_freeze(vote)
    openings, headers = officials[0].api.fetch("POST", f"/api/acts/{act['id']}/openings-file")
    claims = officials[0].api.download(f"/api/acts/{act['id']}/claims-file")
    alarms.take_contacts(claims, openings, headers["x-openings-password"])
    steps.sign_together(vote, act)
    steps.submit_and_admit_plan(vote)
    steps.announce_poll(vote)
    return vote


def told(alarms: AlarmProcess, providers: Providers, vote: Vote, figures: Figures) -> None:
    """Wait for the alarms; their process is killed on the way, and goes on."""
    until(lambda: providers.books.taken >= figures.stuffed // 2)
    alarms.kill()
    alarms.start(vote.stack.rpc_url, vote.poll, vote.stack.url)
    until(lambda: len(links(providers)) >= figures.stuffed)
    figures.alarms = len(links(providers))
    figures.doubled = providers.books.doubled()


def links(providers: Providers) -> set[str]:
    """The links in the messages that the provider took."""
    return {str(json.loads(row.words)["link"]) for rows in list(providers.books.by_number.values()) for row in rows}


def contest(alarms: AlarmProcess, providers: Providers, figures: Figures) -> None:
    """Everybody who was told opens the link and taps once; a stranger without a code cannot."""
    for link in sorted(links(providers)):
        assert "我没有投这张票" in httpx.get(link, trust_env=False).text
        httpx.post(link, trust_env=False).raise_for_status()
    if httpx.post(f"{alarms.site}/a/{'2' * 20}", trust_env=False).status_code != 404:
        raise RuntimeError("a stranger contested")
    said = httpx.get(f"{alarms.site}/contested.json", trust_env=False).json()
    figures.contested = len(json.loads(said["content"])["indexes"])


def officials_look(stack: Stack, vote: Vote, figures: Figures) -> None:
    """The backend comes back; before anybody can sign the result, officials are shown the contests, and nobody signs without."""
    processes = stack.start_backend()
    assert processes.poll() is None
    for member in (*vote.officials, vote.institution):
        member.sign_in()
    api, poll = vote.officials[0].api, vote.poll["id"]
    ChainAccess(stack.rpc_url).move_to(steps.unix(vote.poll["closes_at"]) + 1)
    steps.open_sums(api, poll)
    until(lambda: len(api.get(f"/api/polls/{poll}/attestation")["contested"]) >= figures.contested)
    result = Api(stack.url).get(f"/api/polls/{poll}/result")
    figures.before_final = ChainAccess(stack.rpc_url).time() < steps.unix(result["challenge_ends_at"])
    ChainAccess(stack.rpc_url).move_to(steps.unix(result["challenge_ends_at"]) + 1)
    shown = api.get(f"/api/polls/{poll}/attestation?approve=false")
    figures.seen_by_officials = len(shown["contested"])
    key = vote.officials[0].key
    body = {"signer": key.address, "approve": False, "signature": key.sign(shown["typed_data"])}
    try:
        api.post(f"/api/polls/{poll}/attestations", body)
    except Refused as refused:
        figures.signed_unseen = "ContestedNotSeen" not in str(refused)
    api.post(f"/api/polls/{poll}/attestations", body | {"contested_seen": figures.seen_by_officials})


def until(holds: Callable[[], bool]) -> None:
    """Wait. Raises: TimeoutError."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.2)  # processes of their own tell nobody


def main() -> int:
    """0 when everybody was told in time and contested, and officials saw it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--absent", type=int, default=20)
    absent = parser.parse_args().absent
    figures, began, error = Figures(), time.monotonic(), ""
    with tempfile.TemporaryDirectory() as name:
        try:
            drill(Path(name), absent, figures)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
    figures.seconds = round(time.monotonic() - began, 1)
    print(json.dumps(asdict(figures) | ({"error": error[-1500:]} if error else {}), ensure_ascii=False))
    counts = {figures.stuffed, figures.alarms, figures.contested, figures.seen_by_officials}
    right = counts == {absent} and figures.before_final and not figures.signed_unseen and not figures.doubled
    return 0 if right and not error else 1


if __name__ == "__main__":
    sys.exit(main())
