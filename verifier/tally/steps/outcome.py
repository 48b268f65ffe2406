"""Step 9: the rule gives the outcome that the chain says."""

from verifier.tally.contracts import TALLIES, result_hash
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount, need
from verifier.tally.rules import ClassCount, carries, holds, is_allowed, sentence


def check(recount: Recount, log: StepLog) -> None:
    """Applies the rule to the recounted heads and the opened amounts."""
    scene, terms, result = need(recount.scene, 1), need(recount.terms, 2), need(recount.result, 8)
    poll = scene.poll
    log.equal("poll.tallies()", "are not those of PollTallied", result.tallies, poll.single("tallies", TALLIES))
    log.equal("poll.passed()", "is not that of PollTallied", result.passed, poll.single("passed", "bool"))
    log.equal("poll.resultHash()", "is not that of PollTallied", result.result_hash, poll.single("resultHash", "bytes32"))
    ends_at = poll.single("challengeEndsAt", "uint64")
    log.equal("poll.challengeEndsAt()", "is not that of PollTallied", result.challenge_ends_at, ends_at)
    event = scene.of_poll("PollTallied")[0]
    expected_end = scene.case.node.block(event.log.block_number).timestamp + terms.challenge_seconds
    log.equal(event.place, "the challenge period has another end", expected_end, result.challenge_ends_at)

    expected_hash = result_hash(poll.address, result.tallies, result.passed)
    log.equal("poll.resultHash()", "is not the hash of the result", expected_hash, result.result_hash)
    count = need(recount.count, 7)
    if not log.equal("PollTallied", "another number of classes", len(terms.classes), len(result.tallies)):
        return
    if not all(is_allowed(condition) for condition in terms.conditions):
        log.wrong("poll.parameters()", "the rule cannot be applied")
        return
    outcome = True
    for number, (tally, heads) in enumerate(zip(result.tallies, count.heads, strict=True)):
        log.equal(f"poll.tallies() class {number}", "heads differ from the recount", heads, tuple(tally[:3]))
        admitted = terms.classes[number]
        counted = ClassCount(admitted[0], admitted[1], heads, (tally[3], tally[4], tally[5]))
        outcome &= _carries(number, counted, terms.conditions, log)
    log.equal("poll.passed()", "the rule gives another outcome", outcome, result.passed)
    log.note(f"the plan {'passed' if outcome else 'did not pass'}; result hash 0x{result.result_hash.hex()}")


def _carries(number: int, counted: ClassCount, conditions: list[tuple[int, int, int, int, int, bool]], log: StepLog) -> bool:
    for condition in conditions:
        log.note(f"class {number}: {sentence(condition)}: {'holds' if holds(condition, counted) else 'does not hold'}")
    return carries(conditions, counted)
