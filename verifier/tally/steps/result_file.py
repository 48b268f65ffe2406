"""Step 12: the published result is what was recounted."""

from verifier.tally.findings import StepLog
from verifier.tally.keccak import keccak
from verifier.tally.published import FINDINGS, Record
from verifier.tally.recount import Recount, Scene, need

NAME = "result.json"
FINDING = FINDINGS[NAME]
OLDER = "void.result"
KEYS_1 = "tallies passed result_hash challenge_ends_at decision"
KEYS = KEYS_1 + " excluded"
SEALED_KEYS = KEYS + " invalid"
ABANDONED_KEYS = "abandoned reason_hash"
TALLY_KEYS = "heads_for heads_against heads_abstain fen_for fen_against fen_abstain"


def check(recount: Recount, log: StepLog) -> None:
    """Compares every field."""
    scene = need(recount.scene, 1)
    if scene.is_abandoned:
        _check_abandoned(recount, scene, log)
        return
    record = recount.published.record(NAME, KEYS_1 if scene.protocol == 1 else SEALED_KEYS if scene.sealed else KEYS)
    result = need(recount.result, 8)
    rows = [Record.of(row, f"{NAME} class {i}", TALLY_KEYS, FINDING) for i, row in enumerate(record.rows("tallies"))]
    if log.equal(FINDING, f"{NAME}: tallies", "are another number of classes", len(result.tallies), len(rows)):
        for row, tally in zip(rows, result.tallies, strict=True):
            for key, value in zip(TALLY_KEYS.split(), tally, strict=True):
                log.equal(FINDING, f"{row.place}: {key}", "is not what was recounted", value, row.whole(key, 2**256))
    what = "is not what was recounted"
    if scene.sealed:
        motions = need(recount.terms, 2).motions
        passed = [bool(result.passed >> motion & 1) for motion in range(motions)]
        log.equal(FINDING, f"{NAME}: passed", what, passed, [one.flag("passed") for one in record.each("passed")])
        log.equal(FINDING, f"{NAME}: invalid", what, need(recount.count, 7).invalid, record.rows("invalid"))
    else:
        log.equal(FINDING, f"{NAME}: passed", what, result.passed, record.flag("passed"))
    log.equal(FINDING, f"{NAME}: result_hash", what, result.result_hash, record.raw("result_hash", 32))
    ends_at = record.whole("challenge_ends_at", 2**64)
    log.equal(FINDING, f"{NAME}: challenge_ends_at", what, result.challenge_ends_at, ends_at)
    if scene.protocol > 1:
        out = sorted(one.index for one in recount.excluded)
        log.equal(FINDING, f"{NAME}: excluded", what, out, record.rows("excluded"))
    _check_decision(recount, record, log)
    if log.clean and not log.void:
        log.note(f"{NAME} says what was recounted")


def _check_abandoned(recount: Recount, scene: Scene, log: StepLog) -> None:
    """The reason is the one whose hash the officials signed."""
    record = recount.published.record(NAME, ABANDONED_KEYS)
    announced = scene.of_poll("PollAbandoned")[0].values[0]
    try:
        found = keccak(record.text("abandoned").encode())
    except ValueError:  # text that UTF-8 cannot carry
        found = b""
    log.equal(FINDING, f"{NAME}: abandoned", "is not the reason whose hash the officials signed", announced, found)
    log.equal(FINDING, f"{NAME}: reason_hash", "is not what the officials signed", announced, record.raw("reason_hash", 32))
    if log.clean:
        log.note(f"{NAME} gives the reason of the abandonment")


def _check_decision(recount: Recount, record: Record, log: StepLog) -> None:
    decision = need(recount.decision, 10)
    recounted, written = None if decision == "undecided" else decision, record.fields["decision"]
    if written is None and recounted is not None:
        # Right for its time: whoever kept it can hand it in, so that it says nothing against the poll.
        what = "the published files are older than the decision: download them again"
        log.wrong(OLDER, NAME, what, recounted, written)
    else:
        log.equal(FINDING, f"{NAME}: decision", "is not what was recounted", recounted, written)
