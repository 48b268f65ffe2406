"""Step 10: the decision of k distinct officials, after the challenge period, none of them the submitter."""

from verifier.tally.contracts import Event, decode_call
from verifier.tally.findings import StepLog
from verifier.tally.keccak import keccak
from verifier.tally.recount import Recount, Result, Scene, need
from verifier.tally.signers import short
from verifier.tally.steps.acts import carrying
from verifier.tally.typed_data import attestation

TALLIED, APPROVED, REFUSED = 3, 4, 5
STAGES = {"undecided": TALLIED, "approved": APPROVED, "refused": REFUSED}


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the decision from the attestations, and compares it with what the chain says."""
    scene, result = need(recount.scene, 1), need(recount.result, 8)
    submitter = need(recount.plan_submitter, 4)
    voices: dict[bytes, bool] = {}
    decided_by: list[Event] = []
    decision = "undecided"
    for event in scene.of_poll("OfficialAttested"):
        signer, approve = _attested(event, scene, result, log)
        log.holds(event.place, "attested after the decision", decision == "undecided")
        log.holds(event.place, "an official attested twice", signer not in voices, "", signer)
        log.holds(event.place, "the plan's submitter attested", signer != submitter, "", signer)
        log.holds(event.place, "approves a plan that did not pass", result.passed or not approve)
        voices[signer] = approve
        if decision == "undecided" and sum(voice == approve for voice in voices.values()) >= scene.threshold:
            decision = "approved" if approve else "refused"
            decided_by.append(event)
    yes, no = sum(voices.values()), len(voices) - sum(voices.values())
    log.equal("poll.approvals()", "approvals differ from the recount", yes, scene.poll.single("approvals", "uint256"))
    log.equal("poll.refusals()", "refusals differ from the recount", no, scene.poll.single("refusals", "uint256"))
    log.equal("poll.stage()", "is not what the attestations give", STAGES[decision], scene.poll.single("stage", "uint8"))
    _check_announced(scene, decision, decided_by, log)
    recount.decision = decision
    log.note(f"{decision}: {yes} officials approve, {no} refuse; {scene.threshold} decide")


def _attested(event: Event, scene: Scene, result: Result, log: StepLog) -> tuple[bytes, bool]:
    """Who attested what, after the signature was checked."""
    signer_hash, approve = event.values
    at = scene.case.node.block(event.log.block_number).timestamp
    in_time = at >= result.challenge_ends_at
    log.holds(event.place, "attested before the challenge period ended", in_time, f"{result.challenge_ends_at} or later", at)
    transaction = carrying(event, scene, log)
    signer, signed_approve, signature = decode_call("attest", transaction, scene.poll.address)
    log.equal(event.place, "names another signer than its transaction", keccak(signer), signer_hash)
    log.equal(event.place, "says other than its transaction", signed_approve, approve)
    log.holds(event.place, "signer is no official", signer in scene.officials, "an official", signer)
    digest = attestation(scene.poll_separator, result.result_hash, approve)
    if scene.judge.signed(signer, digest, signature, log, event.place):
        log.note(f"{short(signer)} {'approves' if approve else 'refuses'}")
    return signer, approve


def _check_announced(scene: Scene, decision: str, decided_by: list[Event], log: StepLog) -> None:
    """PollDecided stands once, with the deciding attestation, or not at all."""
    said = [(event.values[0], event.log.transaction_hash) for event in scene.of_poll("PollDecided")]
    expected = [(decision == "approved", event.log.transaction_hash) for event in decided_by]
    log.equal("events of the poll: PollDecided", "is not what the attestations give", expected, said)
