"""The vote of the demo, from the register file to the recount; its steps are those of the rig."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from scripts.rig.api import Api
from scripts.rig.ceremony import close_and_unseal, hold_ceremony
from scripts.rig.logins import make_members, write_logins
from scripts.rig.opened import lead_to_poll
from scripts.rig.postgresql import own_database
from scripts.rig.processes import Stack, free_port
from scripts.rig.stamped import await_stamps, two_authorities
from scripts.rig.steps import (
    OFFICIALS,
    RULE,
    announce_poll,
    cast_ballots,
    close_and_open_sums,
    decide,
    make_register,
    recount,
    say,
    sign_together,
    submit_plan,
)
from scripts.rig.vote import Vote
from scripts.rig.voting import look_for_people


def run(lenders: int = 400, *, keep: bool = False, seed: int = 20201, data_dir: Path = Path("var/demo"), sealed: bool = True) -> int:
    """Run the story of a sealed poll, or of an open one; 0 when the recount agrees, else 1."""
    began = time.monotonic()
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    look_for_people()  # beside all that comes before they are needed
    register_file, mobiles = make_register(data_dir, lenders, seed)
    port = 8600 if keep else free_port()
    issuer_port = 8601 if keep else free_port()
    ports = {"port": port, "issuer_port": issuer_port, "anvil_port": free_port()}
    with (
        own_database(os.environ.get("LENDERVOTE_DATABASE_URL", "")) as database_url,
        two_authorities(stack := Stack(data_dir, **ports, database_url=database_url, issuer_waits=True)),
        stack,
    ):
        admin, officials, institution = make_members(stack, OFFICIALS)
        vote = Vote(stack, seed, admin, officials, institution, mobiles)
        lead_to_poll(vote, register_file, sealed=sealed)
        cast_ballots(vote)
        if sealed:
            close_and_unseal(vote)
        close_and_open_sums(vote)
        stamped = await_stamps(vote, "result")
        decide(vote)
        agrees, findings = recount(vote)
        summary = summarise(vote, agrees, time.monotonic() - began) | {"stamped": stamped}
        show(summary, findings)
        print(json.dumps(summary, ensure_ascii=False))
        if keep:
            open_poll_to_try(vote)
            write_logins(vote.stack, [admin, *officials, institution], vote.poll, vote.mobiles[:3])
            stack.wait_for_end()
    return 0 if agrees else 1


def open_poll_to_try(vote: Vote) -> None:
    """A second vote of the same kind, in which ballots are still taken, so that whoever looks at the demo can cast one."""
    vote.plan = submit_plan(vote, version=3)
    sign_together(vote, vote.officials[0].api.post(f"/api/plans/{vote.plan['id']}/admission"))
    announce_poll(vote, hold_ceremony(vote) if vote.is_sealed else "")


def summarise(vote: Vote, agrees: bool, seconds: float) -> dict[str, Any]:
    """The figures of the vote as one JSON object."""
    result = Api(vote.stack.url).get(f"/api/polls/{vote.poll['id']}/result")
    classes = []
    for tally in result["classes"]:
        classes.append(
            {
                "name": tally["name"],
                **{f"heads_{c}": tally[f"heads_{c}"] for c in ("for", "against", "abstain")},
                **{f"fen_{c}": tally[f"fen_{c}"] for c in ("for", "against", "abstain")},
            }
        )
    return {
        "lenders": vote.poll["register"]["leaf_count"],
        "ballots": sum(c["heads_for"] + c["heads_against"] + c["heads_abstain"] for c in classes),
        "revotes": vote.revotes,
        "by_face": vote.by_face,
        "sessions": vote.sessions,
        "face_then_officials": vote.face_then_officials,
        "direct": vote.direct,
        "kind": vote.poll["kind"],
        "trustees": len(vote.seats.seats) if vote.seats else 0,
        "shares": vote.shares,
        "invalid": len(result["sealed"]["invalid"]) if vote.is_sealed else 0,
        "classes": classes,
        "rule": RULE,
        "outcome": "passed" if result["passed"] else "failed",
        "decision": result["decision"],
        "recount": "agrees" if agrees else "differs",
        "seconds": round(seconds, 1),
    }


def show(summary: dict[str, Any], findings: str) -> None:
    """The end of the story for a person."""
    for tally in summary["classes"]:
        say.print(
            f"   {tally['name']}: 同意 {tally['heads_for']} 人，不同意 {tally['heads_against']} 人，弃权 {tally['heads_abstain']} 人",
            highlight=False,
        )
    if summary["recount"] != "agrees":
        say.print(findings, style="red", highlight=False)
