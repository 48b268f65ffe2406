"""Step 9: the rule gives the outcome that the chain says."""

from verifier.tally.contracts import ClassTotals, Tally, result_hash
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount, need
from verifier.tally.rules import ClassCount, Condition, carries, holds, is_allowed, sentence
from verifier.tally.steps.opening import admitted


def check(recount: Recount, log: StepLog) -> None:
    """Applies the rule to the recounted heads and the opened amounts."""
    if recount.is_abandoned:
        log.note("the poll was abandoned: it has no outcome")
        return
    scene, terms, result = need(recount.scene, 1), need(recount.terms, 2), need(recount.result, 8)
    count, sight, event = need(recount.count, 7), need(recount.sight, 1), result.event
    expected_end = min(sight.block(event.log.block_number).timestamp + terms.challenge_seconds, 2**64 - 1)
    log.equal("outcome.challenge", event.place, "the challenge period has another end", expected_end, result.challenge_ends_at)
    expected_hash = result_hash(scene.poll, result.tallies, result.passed)
    log.equal("outcome.hash", event.place, "result hash is not the hash of the result", expected_hash, result.result_hash)
    if not log.equal("outcome.heads", event.place, "another number of classes", len(count.heads), len(result.tallies)):
        return
    for number, (tally, heads) in enumerate(zip(result.tallies, count.heads, strict=True)):
        log.equal("outcome.heads", f"{event.place} class {number}", "heads differ from the recount", heads, tuple(tally[:3]))
    if log.holds("outcome.rule", "parameters", "the rule cannot be applied", all(map(is_allowed, terms.conditions))):
        totals, outcome = admitted(recount), 0
        for motion in range(terms.motions):
            mine = slice(motion * len(totals), (motion + 1) * len(totals))
            carried = _outcome(result.tallies[mine], count.heads[mine], totals, terms.conditions, log)
            outcome |= carried << motion
            what = "the plan" if not scene.sealed else f"motion {motion}"
            log.note(f"{what} {'passed' if carried else 'did not pass'}; result hash 0x{result.result_hash.hex()}")
        log.equal("outcome.rule", event.place, "the rule gives another outcome", outcome, int(result.passed))


def _outcome(
    tallies: list[Tally], heads: list[tuple[int, int, int]], totals: list[ClassTotals], conditions: list[Condition], log: StepLog
) -> bool:
    """Whether every class that has leaves left carries the plan, and there is one (protocol §7, §9.1)."""
    outcome = []
    for number, (tally, head, total) in enumerate(zip(tallies, heads, totals, strict=True)):
        if total[0] == 0:
            log.note(f"class {number}: every leaf was taken out; it has no voice")
            continue
        counted = ClassCount(total[0], total[1], head, (tally[3], tally[4], tally[5]))
        for condition in conditions:
            log.note(f"class {number}: {sentence(condition)}: {'holds' if holds(condition, counted) else 'does not hold'}")
        outcome.append(carries(conditions, counted))
    return bool(outcome) and all(outcome)
