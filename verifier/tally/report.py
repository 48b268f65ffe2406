"""A recount for people, and for machines."""

import json
from collections.abc import Sequence
from typing import TextIO

from verifier.tally.findings import Finding, StepLog, plain
from verifier.tally.recount import Recount

MOST_SHOWN = 20  # findings of one step; the JSON has all of them
TALLY_NAMES = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")
#: Verdicts and exit statuses (protocol §13.1).
AGREES, DIFFERS, VOID, NOT_PROVED = "agrees", "differs", "agrees, papers void", "not proved"
#: Said beside the verdict of a rehearsal.
REHEARSAL = "REHEARSAL / 演练: this vote has no effect / 本次表决没有效力"
EXIT = {AGREES: 0, DIFFERS: 1, VOID: 3, NOT_PROVED: 4}


def verdict(recount: Recount) -> str:
    """The recount in two words."""
    if not recount.agrees:
        return DIFFERS
    if recount.sight is None or not recount.sight.believable:
        return NOT_PROVED
    return VOID if recount.void else AGREES


def print_step(log: StepLog, out: TextIO) -> None:
    """One step with what it found."""
    print(f"{log.number:2}. {log.name}: {'no finding' if log.clean else f'{len(log.findings)} findings'}", file=out)
    for note in log.notes:
        print(f"      {note}", file=out)
    _print("!", log.findings, out)
    _print("void:", log.void, out)
    out.flush()


def _print(mark: str, findings: Sequence[Finding], out: TextIO) -> None:
    for finding in findings[:MOST_SHOWN]:
        print(f"    {mark} {finding.place}: {finding.what} [{finding.name}]", file=out)
        if finding.expected or finding.found:
            print(f"        expected {finding.expected or 'other'}", file=out)
            print(f"        found    {finding.found or 'nothing'}", file=out)
    if len(findings) > MOST_SHOWN:
        print(f"    {mark} and {len(findings) - MOST_SHOWN} more", file=out)


def print_end(recount: Recount, out: TextIO) -> None:
    """The verdict, and what it rests on."""
    word = verdict(recount)
    if word == DIFFERS:
        found = [log for log in recount.steps if not log.clean]
        print(f"differs: {len(recount.findings)} findings in step {', '.join(str(log.number) for log in found)}", file=out)
    else:
        print(word, file=out)
    if recount.scene is not None and recount.scene.rehearsal:
        print(REHEARSAL, file=out)
    for line in recount.beside:
        print(line, file=out)
    if recount.void:
        print(f"{len(recount.void)} of the papers handed in are void; they say nothing against the poll", file=out)
    if recount.sight is not None:
        print(recount.sight.rests_on, file=out)


def _passed(recount: Recount) -> bool | list[bool] | None:
    """Whether the plan passed; of a sealed poll motion by motion."""
    result, terms = recount.result, recount.terms
    if result is None or terms is None or terms.sealing is None:
        return None if result is None else bool(result.passed)
    return [bool(result.passed >> motion & 1) for motion in range(terms.motions)]


def as_json(recount: Recount, timed: bool = True) -> str:
    """The whole recount as one line: steps with notes and findings, totals, outcome, decision, verdict; without times it is the same again
    for the same chain and files."""
    result, count, ballots, register = recount.result, recount.count, recount.ballots, recount.register
    word = verdict(recount)
    value = {
        "recount": word,
        "exit_status": EXIT[word],
        "rehearsal": None if recount.scene is None else recount.scene.rehearsal,
        "passed": _passed(recount),
        "beside": recount.beside,
        "decision": None if recount.decision == "undecided" else recount.decision,
        "result_hash": None if result is None else plain(result.result_hash),
        "tallies": None if result is None else [dict(zip(TALLY_NAMES, tally, strict=True)) for tally in result.tallies],
        "recounted_heads": None if count is None else count.heads,
        "invalid": None if count is None or not count.invalid else count.invalid,
        "lenders": None if register is None else register.leaf_count,
        "excluded": [one.index for one in recount.excluded],
        "ballots_recorded": None if ballots is None else len(ballots.recorded),
        "ballots_rejected": None if ballots is None else len(ballots.rejected),
        "own_receipts": [
            {"file": plain(own.name), "ballot": own.ballot or "void", "line": own.line, "transaction": plain(own.transaction)}
            for own in recount.brought
        ],
        "findings": len(recount.findings),
        "void": [finding.as_dict() for finding in recount.void],
        "names": sorted({finding.name for finding in recount.findings}),
        "steps": [
            {
                "step": log.number,
                "name": log.name,
                **({"milliseconds": round(1000 * log.seconds)} if timed else {}),
                "notes": log.notes,
                "findings": [finding.as_dict() for finding in log.findings],
            }
            for log in recount.steps
        ],
    }
    return json.dumps(value, ensure_ascii=False)
