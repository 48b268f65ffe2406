"""The working group's decision: each official attests with their own key, and the contract counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.case.cases.errors import SignerNotOwn
from backend.case.cases.service import CaseService
from backend.ground.chain import typed_data
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.service import Chain
from backend.ground.chain.turns import turns_to_the_end
from backend.ground.chain.typed_data import TypedData
from backend.ground.chain.values import Stage
from backend.ground.common.clock import from_unix
from backend.ground.common.hashing import keccak
from backend.people.accounts.visitor import Visitor
from backend.vote.approvals.errors import AttestationSignatureWrong, AttestedAlready, ContestedNotSeen
from backend.vote.complaints.service import ComplaintService
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView
from backend.vote.tally.errors import NotTalliedYet, RecordsNotReadYet


@dataclass(frozen=True)
class DecisionView:
    """How many officials approved and refused, and where the poll stands."""

    approvals: int
    refusals: int
    stage: str


@dataclass(frozen=True)
class OpinionView:
    """What one official signed, as the chain has it; `signed_at` is the block's time, `is_own` the visitor's."""

    official: str
    signer: bytes
    approve: bool
    signed_at: datetime
    tx_hash: str
    is_own: bool


class ApprovalService:
    """What an official signs, and its way to the contract."""

    def __init__(self, chain: Chain, cases: CaseService, polls: PollService, complaints: ComplaintService) -> None:
        self._chain = chain
        self._cases = cases
        self._polls = polls
        self._complaints = complaints

    def attestation(self, poll_id: str, visitor: Visitor, *, approve: bool) -> TypedData:
        """What an official of the case signs. Raises: PollUnknown, NotOfficialOfCase, NotTalliedYet."""
        poll = self._polls.get_poll(poll_id)
        self._cases.require_official(poll.case_id, visitor, poll.generation)
        return self._typed(poll, approve=approve)

    def contested(self, poll_id: str) -> list[int]:
        """The indexes whose lenders say that they cast none of what is recorded for them, rising."""
        return self._complaints.contested(poll_id)

    def attest(
        self, poll_id: str, visitor: Visitor, signer: bytes, signature: bytes, *, approve: bool, contested_seen: int = 0
    ) -> DecisionView:
        """Send an official's attestation to the contract; `contested_seen` is how many contested ballots the official was shown.

        Raises: PollUnknown, NotOfficialOfCase, SignerNotOwn, NotTalliedYet, ContestedNotSeen, AttestedAlready, AttestationSignatureWrong,
        RecordsNotReadYet, and TransactionReverted with the contract's rule: Approval_ChallengeNotOver,
        Approval_SubmitterMayNotDecide, Approval_PlanDidNotPass, Approval_AlreadyDecided.
        """
        poll = self._polls.get_poll(poll_id)
        if self._cases.require_official(poll.case_id, visitor, poll.generation).signer != signer:
            raise SignerNotOwn
        contract = self._polls.contract(poll)
        typed = self._typed(poll, approve=approve)
        if contract.has_attested(signer):
            raise AttestedAlready(approve=self._voice_on_chain(poll.address, signer))
        if not self._is_signed(signer, typed, signature):
            raise AttestationSignatureWrong
        contested = len(self.contested(poll_id))
        if contested_seen != contested:
            raise ContestedNotSeen(contested=contested, seen=contested_seen)
        key = f"attest/{poll_id}/{typed.digest().hex()[:24]}/{keccak(signer).hex()[:24]}"
        call = contract.attest(signer, signature, approve=approve)

        def is_ours() -> bool:
            if not contract.has_attested(signer):
                return False
            voice = self._voice_on_chain(poll.address, signer)
            if voice is not approve:
                raise AttestedAlready(approve=voice)
            return True

        transact_unless(self._chain, is_ours, call, key)
        return self.decision(poll_id)

    def decision(self, poll_id: str) -> DecisionView:
        """Approvals, refusals and stage. Raises: PollUnknown, NodeNotAnswering."""
        contract = self._polls.contract(self._polls.get_poll(poll_id))
        return DecisionView(contract.approvals(), contract.refusals(), contract.stage().name.lower())

    def opinions(self, poll_id: str, visitor: Visitor) -> tuple[OpinionView, ...]:
        """Who has signed what about the result, in the chain's order; for the case's officials.

        Raises: PollUnknown, NotOfficialOfCase, RecordsNotReadYet, NodeNotAnswering.
        """
        poll = self._polls.get_poll(poll_id)
        own = self._cases.require_former_official(poll.case_id, visitor).signer
        deciding = self._cases.get_case(poll.case_id).of_generation(poll.generation)
        officials = {keccak(official.signer): official for official in deciding.officials}
        found = []
        for event in self._attested(poll):
            official = officials[event.args["signerHash"]]
            signed_at = from_unix(self._chain.block(event.block).timestamp)
            found.append(
                OpinionView(official.name, official.signer, bool(event.args["approve"]), signed_at, event.tx_hash, official.signer == own)
            )
        return tuple(found)

    def _attested(self, poll: PollView) -> list[ContractEvent]:
        """Every attestation, as many as the contract counts. Raises: RecordsNotReadYet, NodeNotAnswering."""
        contract = self._polls.contract(poll)
        many = contract.approvals() + contract.refusals()
        for _ in turns_to_the_end(self._chain, poll.address):
            found = self._chain.events(poll.address, "OfficialAttested", confirmed=False)
            if len(found) == many:
                return found
        raise RecordsNotReadYet

    def _voice_on_chain(self, address: str, signer: bytes) -> bool:
        """Whether it was an approval that this official is on the chain with. Raises: RecordsNotReadYet, NodeNotAnswering."""
        self._chain.follow(address)
        self._chain.pump()  # the newest blocks, as they are after any rewriting
        for event in self._chain.events(address, "OfficialAttested", confirmed=False):
            if event.args["signerHash"] == keccak(signer):
                return bool(event.args["approve"])
        raise RecordsNotReadYet

    def _typed(self, poll: PollView, *, approve: bool) -> TypedData:
        contract = self._polls.contract(poll)
        if contract.stage() < Stage.TALLIED:
            raise NotTalliedYet
        return typed_data.attestation(self._chain.chain_id, poll.address, contract.result_hash(), approve=approve)

    def _is_signed(self, signer: bytes, typed: TypedData, signature: bytes) -> bool:
        try:
            return self._chain.is_signed_by(signer, typed.digest(), signature)
        except SignatureNotReadable:
            return False
