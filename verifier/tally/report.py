"""A recount for people, and for machines."""

import json
from typing import TextIO

from verifier.tally.findings import StepLog, plain
from verifier.tally.recount import Recount

MOST_SHOWN = 20  # findings of one step; the JSON has all of them
TALLY_NAMES = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")


def print_step(log: StepLog, out: TextIO) -> None:
    """One step with what it found."""
    print(f"{log.number:2}. {log.name}: {'no finding' if log.clean else f'{len(log.findings)} findings'}", file=out)
    for note in log.notes:
        print(f"      {note}", file=out)
    for finding in log.findings[:MOST_SHOWN]:
        print(f"    ! {finding.place}: {finding.what}", file=out)
        if finding.expected or finding.found:
            print(f"        expected {finding.expected or 'other'}", file=out)
            print(f"        found    {finding.found or 'nothing'}", file=out)
    if len(log.findings) > MOST_SHOWN:
        print(f"    ! and {len(log.findings) - MOST_SHOWN} more", file=out)
    out.flush()


def print_end(recount: Recount, out: TextIO) -> None:
    """The verdict."""
    if recount.agrees:
        print("agrees", file=out)
    else:
        found = [log for log in recount.steps if not log.clean]
        count = sum(len(log.findings) for log in found)
        print(f"differs: {count} findings in step {', '.join(str(log.number) for log in found)}", file=out)


def as_json(recount: Recount) -> str:
    """The whole recount as one line: steps with notes and findings, totals, outcome, decision, verdict."""
    result, count, ballots, terms = recount.result, recount.count, recount.ballots, recount.terms
    value = {
        "recount": "agrees" if recount.agrees else "differs",
        "outcome": None if result is None else ("passed" if result.passed else "did not pass"),
        "decision": recount.decision,
        "result_hash": None if result is None else plain(result.result_hash),
        "totals": None if result is None else [dict(zip(TALLY_NAMES, tally, strict=True)) for tally in result.tallies],
        "recounted_heads": None if count is None else count.heads,
        "lenders": None if terms is None else terms.leaf_count,
        "ballots_recorded": None if ballots is None else len(ballots.recorded),
        "ballots_rejected": None if ballots is None else len(ballots.rejected),
        "own_receipts": [
            {"file": plain(own.name), "ballot": own.ballot or "not the relay's", "line": own.line, "transaction": plain(own.transaction)}
            for own in recount.brought
        ],
        "findings": sum(len(log.findings) for log in recount.steps),
        "steps": [
            {"step": log.number, "name": log.name, "notes": log.notes, "findings": [finding.as_dict() for finding in log.findings]}
            for log in recount.steps
        ],
    }
    return json.dumps(value, ensure_ascii=False)
