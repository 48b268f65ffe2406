"""Step 8: the opened amounts are those of the recounted sums."""

from verifier.tally import curve
from verifier.tally.contracts import Event, Tally, decode_call
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.recount import Count, Recount, Result, Scene, Terms, need
from verifier.tally.steps.acts import carrying
from verifier.tally.steps.count import CHOICES

LIMIT_FEN = 2**63


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the result that the chain claims, after its opening was checked."""
    scene, terms = need(recount.scene, 1), need(recount.terms, 2)
    event = _tallied(scene)
    result_hash, passed, tallies, challenge_ends_at = event.values
    recount.result = Result(tallies, passed, result_hash, challenge_ends_at)
    at = scene.case.node.block(event.log.block_number).timestamp
    log.holds(event.place, "opened before the close", at >= terms.closes_at, f"{terms.closes_at} or later", at)
    if not log.equal(event.place, "another number of classes", len(terms.classes), len(tallies)):
        return
    count = need(recount.count, 7)
    transaction = carrying(event, scene, log)
    (openings,) = decode_call("openSums", transaction, scene.poll.address)
    if log.equal(transaction.place, "another number of openings than classes", len(terms.classes), len(openings)):
        for voting_class, (opening, tally) in enumerate(zip(openings, tallies, strict=True)):
            _check_class(voting_class, opening, tally, count, terms, log)


def _tallied(scene: Scene) -> Event:
    events = scene.of_poll("PollTallied")
    if len(events) != 1:
        raise Wrong("events of the poll: PollTallied", "the sums were not opened exactly once", 1, len(events))
    return events[0]


def _check_class(voting_class: int, opening: Tally, tally: Tally, count: Count, terms: Terms, log: StepLog) -> None:
    """`opening` is (fen, blind) for, against, abstaining."""
    amounts, blinds = opening[0::2], opening[1::2]
    place = f"opening of class {voting_class}"
    log.equal(place, "opened amounts are not the tallied ones", amounts, tally[3:])
    good = True
    for choice, amount_fen, blind, total in zip(CHOICES, amounts, blinds, count.sums[voting_class], strict=True):
        where = f"{place}, {choice}"
        good &= log.holds(where, "amount is out of range", amount_fen < LIMIT_FEN, "below 2^63", amount_fen)
        if total == curve.INFINITY:
            good &= log.equal(where, "nothing was cast, so nothing can be opened", (0, 0), (amount_fen, blind))
        else:
            good &= log.holds(where, "a blind of zero cannot be checked", blind % curve.N != 0)
            good &= log.equal(where, "amount and blind do not open the recounted sum", total, curve.commit(amount_fen, blind))
    admitted = terms.classes[voting_class][1]
    good &= log.holds(place, "more than was admitted", sum(amounts) <= admitted, f"at most {admitted}", sum(amounts))
    if good:
        log.note(f"class {voting_class}: fen for {amounts[0]}, against {amounts[1]}, abstaining {amounts[2]}; they open the recounted sums")
