"""Step 12: the published result is what the chain says."""

from verifier.tally.findings import StepLog
from verifier.tally.published import Record
from verifier.tally.recount import Recount, need
from verifier.tally.steps.node import same_chain

NAME = "result.json"
KEYS = "tallies passed result_hash challenge_ends_at decision"
TALLY_KEYS = "heads_for heads_against heads_abstain fen_for fen_against fen_abstain"


def check(recount: Recount, log: StepLog) -> None:
    """Compares every field; last of all, that the chain is still the one that was read."""
    record = recount.published.record(NAME, KEYS)
    scene = need(recount.scene, 1)
    same_chain(recount.node, scene.head, log)
    result = need(recount.result, 8)
    rows = [Record.of(row, f"{NAME} class {i}", TALLY_KEYS) for i, row in enumerate(record.rows("tallies"))]
    if log.equal(f"{NAME}: tallies", "are another number of classes", len(result.tallies), len(rows)):
        for row, tally in zip(rows, result.tallies, strict=True):
            for key, value in zip(TALLY_KEYS.split(), tally, strict=True):
                log.equal(f"{row.place}: {key}", "is not what the chain says", value, row.whole(key, 2**256))
    log.equal(f"{NAME}: passed", "is not what the chain says", result.passed, record.flag("passed"))
    log.equal(f"{NAME}: result_hash", "is not what the chain says", result.result_hash, record.raw("result_hash", 32))
    ends_at = record.whole("challenge_ends_at", 2**64)
    log.equal(f"{NAME}: challenge_ends_at", "is not what the chain says", result.challenge_ends_at, ends_at)
    decision = need(recount.decision, 10)
    on_chain = None if decision == "undecided" else decision
    log.equal(f"{NAME}: decision", "is not what the chain says", on_chain, record.fields["decision"])
    if log.clean:
        log.note(f"{NAME} says what the chain says")
