"""Step 10: the decision of k distinct officials, after the challenge period."""

from dataclasses import dataclass, field

from verifier.tally.contracts import Event
from verifier.tally.findings import StepLog
from verifier.tally.generations import Generation
from verifier.tally.keccak import keccak
from verifier.tally.recount import Recount, Result, Scene, need
from verifier.tally.signers import Panel, has_signed, short
from verifier.tally.steps.acts import call_of
from verifier.tally.typed_data import attestation


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the decision from the attestations, and compares it with what the chain says."""
    if recount.is_abandoned:
        _nobody(need(recount.scene, 1), log)
        return
    scene, result = need(recount.scene, 1), need(recount.result, 8)
    deciding = need(recount.terms, 2).generation
    voices = Voices(deciding.panel, log)
    for event in scene.of_poll("OfficialAttested"):
        _take(recount, event, scene, deciding, result, voices, log)
    said = [(event.values[0], event.log.transaction_hash) for event in scene.of_poll("PollDecided")]
    expected = [(voices.decision == "approved", event.log.transaction_hash) for event in voices.decided_by]
    log.equal("decision.event", "events of the poll: PollDecided", "is not what the attestations give", expected, said)
    recount.decision = voices.decision
    yes, no = voices.count(True), voices.count(False)
    log.note(f"{voices.decision}: {yes} officials approve, {no} refuse; {deciding.panel.threshold} decide")


def _nobody(scene: Scene, log: StepLog) -> None:
    """Nobody decides on a poll without a result."""
    for event in scene.of_poll("OfficialAttested", "PollDecided"):
        log.wrong("decision.event", event.place, "decides on a poll that was abandoned")
    log.note("the poll was abandoned: there is nothing to decide")


@dataclass
class Voices:
    """Who attested what so far, and the decision that follows."""

    panel: Panel
    log: StepLog
    cast: dict[bytes, bool] = field(default_factory=dict)
    decided_by: list[Event] = field(default_factory=list)
    decision: str = "undecided"

    def count(self, approve: bool) -> int:
        return sum(voice == approve for voice in self.cast.values())

    def add(self, signer: bytes, approve: bool, event: Event) -> None:
        """One official's voice; a finding where it comes after the decision or twice."""
        self.log.holds("decision.after", event.place, "attested after the decision", self.decision == "undecided")
        self.log.holds("decision.twice", event.place, "an official attested twice", signer not in self.cast, "", signer)
        self.cast[signer] = approve
        if self.decision == "undecided" and self.count(approve) >= self.panel.threshold:
            self.decision = "approved" if approve else "refused"
            self.decided_by.append(event)


def _take(recount: Recount, event: Event, scene: Scene, deciding: Generation, result: Result, voices: Voices, log: StepLog) -> None:
    """One attestation, after its signature was checked."""
    signer_hash, approve = event.values
    at = need(recount.sight, 1).block(event.log.block_number).timestamp
    in_time, ends_at = at >= result.challenge_ends_at, result.challenge_ends_at
    log.holds("decision.early", event.place, "attested before the challenge period ended", in_time, f"{ends_at} or later", at)
    _, (signer, signed_approve, signature) = call_of(recount, scene, event, "attest", scene.poll, "decision.event")
    same = (keccak(signer), signed_approve) == (signer_hash, approve)
    log.holds("decision.event", event.place, "names another signer or voice than its transaction", same, short(signer), signer_hash)
    log.holds("decision.not-passed", event.place, "approves a plan that did not pass", bool(result.passed) or not approve)
    log.holds("decision.official", event.place, "the plan's submitter attested", signer != deciding.institution, "", signer)
    known = log.holds("decision.official", event.place, "signer is no official", signer in deciding.panel.officials, "an official", signer)
    if not known:
        return
    right = has_signed(signer, attestation(scene.poll_separator, result.result_hash, approve), signature)
    if not right and scene.protocol == 1 and len(signer) == 20:
        # Contracts of protocol 1 also asked code at a plain key's address. One official must not be able to spoil the count by that.
        log.note(f"{event.place}: {short(signer)} did not sign by the own key; the voice counts nothing")
        return
    if log.holds("decision.signature", event.place, "signature is not that of its signer", right, short(signer), signature):
        voices.add(signer, approve, event)
        log.note(f"{short(signer)} {'approves' if approve else 'refuses'}")
