"""Step 8: the opened amounts are those of the recounted sums."""

from verifier.tally import curve
from verifier.tally.contracts import ClassTotals, Event, Tally
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.recount import Count, Recount, Result, Scene, need
from verifier.tally.steps.acts import call_of
from verifier.tally.steps.count import CHOICES

#: Of one opened sum; only where a leaf was taken out can a sum reach 2^63 at all (protocol §9).
LIMIT_FEN, LIMIT_FEN_OF_THE_FIRST = 2**88, 2**63


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the result that the chain states, after its opening was checked."""
    scene, terms, sight = need(recount.scene, 1), need(recount.terms, 2), need(recount.sight, 1)
    if scene.is_abandoned:
        log.note("the poll was abandoned: its sums were not opened")
        return
    event = _tallied(scene)
    result_hash, passed, tallies, challenge_ends_at = event.values
    recount.result = Result(event, tallies, passed, result_hash, challenge_ends_at)
    at = sight.block(event.log.block_number).timestamp
    log.holds("opening.early", event.place, "opened before the close", at >= terms.closes_at, f"{terms.closes_at} or later", at)
    count = need(recount.count, 7)
    if not log.equal("opening.amounts", event.place, "another number of classes", len(count.heads), len(tallies)):
        return
    transaction, (openings,) = call_of(recount, scene, event, "openSums", scene.poll, "opening.missing")
    if log.equal("opening.amounts", transaction.place, "another number of openings than classes", len(count.heads), len(openings)):
        limit_fen, totals = LIMIT_FEN_OF_THE_FIRST if scene.protocol == 1 else LIMIT_FEN, admitted(recount)
        for place, (opening, tally) in enumerate(zip(openings, tallies, strict=True)):
            _check_class(place, opening, tally, count, totals[place % len(totals)], limit_fen, log)


def _tallied(scene: Scene) -> Event:
    name = "MotionsTallied" if scene.sealed else "PollTallied"
    events = scene.of_poll(name)
    if len(events) != 1:
        raise Wrong("opening.missing", f"events of the poll: {name}", "the sums were not opened exactly once", 1, len(events))
    return events[0]


def admitted(recount: Recount) -> list[ClassTotals]:
    """What is admitted by class, less the leaves taken out (protocol §9.1)."""
    totals = []
    for number, (heads, fen, blind) in enumerate(need(recount.register, 3).classes):
        out = [one for one in recount.excluded if one.voting_class == number]
        totals.append((heads - len(out), (fen - sum(one.amount for one in out)) % curve.N if out else fen, blind))
    return totals


def _check_class(number: int, opening: Tally, tally: Tally, count: Count, admitted_: ClassTotals, limit_fen: int, log: StepLog) -> None:
    """`opening` is (fen, blind) for, against, abstaining; the number goes through classes, and in a sealed poll through motions."""
    amounts, blinds = opening[0::2], opening[1::2]
    place = f"opening of class {number}"
    log.equal("opening.amounts", place, "opened amounts are not the tallied ones", amounts, tally[3:])
    good = True
    for choice, amount_fen, blind, total in zip(CHOICES, amounts, blinds, count.sums[number], strict=True):
        where = f"{place}, {choice}"
        good &= log.holds("opening.range", where, "amount is out of range", amount_fen < limit_fen, f"below {limit_fen}", amount_fen)
        if total == curve.INFINITY:
            good &= log.equal("opening.wrong", where, "nothing was cast, so nothing can be opened", (0, 0), (amount_fen, blind))
        else:
            opened = curve.commit(amount_fen, blind)
            good &= log.equal("opening.wrong", where, "amount and blind do not open the recounted sum", total, opened)
    fen = admitted_[1]
    good &= log.holds("opening.admitted", place, "what is admitted is out of range", fen < limit_fen, f"below {limit_fen}", fen)
    good &= log.holds("opening.admitted", place, "more than was admitted", sum(amounts) <= fen, f"at most {fen}", sum(amounts))
    if good:
        log.note(f"class {number}: fen for {amounts[0]}, against {amounts[1]}, abstaining {amounts[2]}; they open the recounted sums")
