"""Step 8: the opened amounts are those of the recounted sums."""

from verifier.tally import curve
from verifier.tally.contracts import ClassTotals, Event, Tally
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.recount import Count, Recount, Result, Scene, need
from verifier.tally.steps.acts import call_of
from verifier.tally.steps.count import CHOICES

#: Of one opened sum; only where a leaf was taken out can a sum reach 2^63 at all (protocol §9).
LIMITS_FEN = {1: 2**63, 2: 2**88, 3: 2**88, 4: 2**88}


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the result that the chain states, after its opening was checked."""
    scene, terms, sight = need(recount.scene, 1), need(recount.terms, 2), need(recount.sight, 1)
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
        for voting_class, (opening, tally) in enumerate(zip(openings, tallies, strict=True)):
            _check_class(voting_class, opening, tally, count, admitted(recount)[voting_class], LIMITS_FEN[scene.protocol], log)


def _tallied(scene: Scene) -> Event:
    events = scene.of_poll("PollTallied")
    if len(events) != 1:
        raise Wrong("opening.missing", "events of the poll: PollTallied", "the sums were not opened exactly once", 1, len(events))
    return events[0]


def admitted(recount: Recount) -> list[ClassTotals]:
    """What is admitted by class, less the leaves taken out (protocol §9.1)."""
    totals = []
    for number, (heads, fen, blind) in enumerate(need(recount.register, 3).classes):
        out = [one for one in recount.excluded if one.voting_class == number]
        totals.append((heads - len(out), (fen - sum(one.amount for one in out)) % curve.N if out else fen, blind))
    return totals


def _check_class(
    voting_class: int, opening: Tally, tally: Tally, count: Count, admitted_: ClassTotals, limit_fen: int, log: StepLog
) -> None:
    """`opening` is (fen, blind) for, against, abstaining."""
    amounts, blinds = opening[0::2], opening[1::2]
    place = f"opening of class {voting_class}"
    log.equal("opening.amounts", place, "opened amounts are not the tallied ones", amounts, tally[3:])
    good = True
    for choice, amount_fen, blind, total in zip(CHOICES, amounts, blinds, count.sums[voting_class], strict=True):
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
        log.note(f"class {voting_class}: fen for {amounts[0]}, against {amounts[1]}, abstaining {amounts[2]}; they open the recounted sums")
