"""A whole sealed vote on a consortium's chain, in real time, recounted on every validator."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.consortium.network import Network
from scripts.consortium.recounting import Said, by_bundle, by_nodes, published
from scripts.consortium.stack import ConsortiumStack, relay_address
from scripts.consortium.watching import Watch, inclusions, percentile
from scripts.demo.story import summarise
from scripts.rig.ceremony import close_and_unseal
from scripts.rig.logins import make_members
from scripts.rig.opened import lead_to_poll
from scripts.rig.passkey import Passkey
from scripts.rig.people import Member
from scripts.rig.steps import OFFICIALS, cast_ballots, close_and_open_sums, decide, make_register, say, step
from scripts.rig.vote import Periods, Vote
from scripts.rig.voting import look_for_people

FOLDER = Path("var/consortium")
ENGINE = "Kaia v1.0.3"
NOTICE_SECONDS, CHALLENGE_SECONDS = 60, 5


@dataclass(frozen=True)
class Size:
    """How many lenders, and how long the poll is open; it is lived through."""

    lenders: int
    window_seconds: int


class SignedIn(Member):
    """A member whose session has begun: a code is taken once."""

    def sign_in(self) -> None:
        """Done already."""


def with_passkey(official: Member) -> Member:
    """The same official with a passkey in place of a plain key; the contract that verifies it is put on the chain on the way."""
    official.sign_in()
    passkey = Passkey()
    passkey.register(official.api)
    return SignedIn(official.name, official.password, official.totp_secret, passkey, official.api)  # type: ignore[arg-type]


def run(size: Size, folder: Path = FOLDER, seed: int = 20_261) -> int:
    """Run it; 0 when all recounts on all validators agree. The last line is JSON."""
    began = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    look_for_people()
    register_file, mobiles = make_register(folder / "service", size.lenders, seed)
    network = Network(folder / "chain", funded=[relay_address(folder / "service")])
    stack = ConsortiumStack(folder / "service", network)
    with network, stack, Watch(network, stack.pids) as watch:
        say.print(
            f"   {len(network.validators)} 个机构各运行一个验证节点 / {len(network.validators)} organisations run a validator each",
            highlight=False,
        )
        admin, officials, institution = make_members(stack, OFFICIALS)
        officials[0] = with_passkey(officials[0])
        vote = Vote(stack, seed, admin, officials, institution, mobiles)
        vote.periods = Periods(NOTICE_SECONDS, size.window_seconds, CHALLENGE_SECONDS)
        lead_to_poll(vote, register_file, sealed=True)
        watch.pids = stack.pids
        cast_ballots(vote)
        close_and_unseal(vote)
        close_and_open_sums(vote)
        decide(vote)
        said = recount(vote, network, folder)
        figures = measured(watch, network, folder)
        summary = summarise(vote, agree(said), time.monotonic() - began)
    print(json.dumps(last_line(summary, said, figures), ensure_ascii=False))
    return 0 if agree(said) else 1


def recount(vote: Vote, network: Network, folder: Path) -> list[Said]:
    """By both tools on each validator, and from a bundle."""
    step(vote, "在每个验证节点上由两套工具独立复核 / recounts by both tools on every validator")
    files = published(vote, folder / "recount" / "published")
    said = [*by_nodes(network, files), *by_bundle(network, files, folder / "recount" / "evidence.zip")]
    for one in said:
        word = one.line.get("recount", "no verdict")
        say.print(f"   {one.source}, {one.tool}: {word}", highlight=False)
        if not one.agrees:
            say.print(one.text, highlight=False, style="red", markup=False)
    return said


def agree(said: list[Said]) -> bool:
    """Whether every tool agrees on every source."""
    return bool(said) and all(one.agrees for one in said)


def measured(watch: Watch, network: Network, folder: Path) -> dict[str, Any]:
    """Figures of the chain during the vote."""
    waits = inclusions(folder / "service" / "lendervote.sqlite3")
    return {
        "blocks": network.height(),
        "block_p50_s": round(percentile(watch.pauses, 0.5), 2),
        "block_p99_s": round(percentile(watch.pauses, 0.99), 2),
        "inclusion_p50_s": round(percentile(waits, 0.5), 2),
        "inclusion_p99_s": round(percentile(waits, 0.99), 2),
        "memory_gb": round(watch.most_bytes / 2**30, 2),
        "chain_mb": round(max(one.disk_bytes() for one in network.validators) / 2**20, 1),
        "load": round(os.getloadavg()[1], 1),
    }


def last_line(summary: dict[str, Any], said: list[Said], figures: dict[str, Any]) -> dict[str, Any]:
    """What the run comes to."""
    sources = {one.source for one in said if one.source != "bundle"}
    agreeing = sum(all(one.agrees for one in said if one.source == source) for source in sources)
    return {
        "validators": len(sources),
        "engine": ENGINE,
        **figures,
        "ballots": summary["ballots"],
        "direct": summary["direct"],
        "revotes": summary["revotes"],
        "by_face": summary["by_face"],
        "passkey_officials": 1,
        "recounts_agree": agreeing,
        "bundle_agrees": all(one.agrees for one in said if one.source == "bundle"),
        "outcome": summary["outcome"],
        "decision": summary["decision"],
        "seconds": summary["seconds"],
    }
