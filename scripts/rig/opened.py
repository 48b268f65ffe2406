"""An installation with a poll that is open: where drills begin."""

from __future__ import annotations

from pathlib import Path

from scripts.generate.claims import generate
from scripts.rig.ceremony import appoint_trustees, hold_ceremony
from scripts.rig.logins import make_members
from scripts.rig.processes import Stack
from scripts.rig.steps import OFFICIALS, announce_poll, import_and_freeze, open_case, submit_and_admit_plan
from scripts.rig.vote import Vote


def open_vote(stack: Stack, lenders: int, seed: int = 6, *, sealed: bool = False) -> Vote:
    """A poll that is open, through the real API; its choices can be read, unless it is to be `sealed`."""
    register_file, mobiles = generate(lenders=lenders, seed=seed, out=stack.data_dir / "files")
    admin, officials, institution = make_members(stack, OFFICIALS)
    vote = Vote(stack, seed, admin, officials, institution, mobiles)
    lead_to_poll(vote, register_file, sealed=sealed)
    return vote


def lead_to_poll(vote: Vote, register_file: Path, *, sealed: bool) -> None:
    """From a case's opening to the announcement of its first poll, all by the real API."""
    open_case(vote)
    import_and_freeze(vote, register_file)
    submit_and_admit_plan(vote)
    if sealed:
        appoint_trustees(vote)
    announce_poll(vote, hold_ceremony(vote) if sealed else "")
