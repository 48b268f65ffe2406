"""The case contract: its officials, registers, plans and polls (protocol §8.1, contracts/interfaces/ICase.sol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from backend.ground.chain import artifacts, former
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.contracts import Contract
from backend.ground.chain.sealed_types import SealKey
from backend.ground.chain.successions import People, SuccessionsOnChain, read_people
from backend.ground.chain.values import ClassTotals, PlanOnChain, PollParameters, Register, SealedParameters
from backend.ground.common.hashing import keccak


class CaseContract(Contract):
    """Views raise NodeNotAnswering and TransactionReverted; signers and signatures are bytes after ERC-7913."""

    artifact_name = "Case"

    def officials(self) -> list[bytes]:
        """The officials' signers."""
        return [bytes(signer) for signer in self.view("officials")[0]]

    def threshold(self) -> int:
        """How many officials decide."""
        return int(self.view("threshold")[0])

    def is_official(self, signer: bytes) -> bool:
        """Whether the signer is one of the officials."""
        return bool(self.view("isOfficial", signer)[0])

    def institution(self) -> bytes:
        """The institution's signer."""
        return bytes(self.view("institution")[0])

    def rehearsal(self) -> bool:
        """Whether the case's votes have no effect. Only a case of protocol 3 says so."""
        return bool(self.view("rehearsal")[0])

    def register_count(self) -> int:
        """How many registers were frozen; the number the next one gets."""
        return int(self.view("registerCount")[0])

    def register(self, register_number: int) -> Register:
        """A frozen register. Raises: TransactionReverted (Register_NotFrozen)."""
        root, leaf_count, depth, classes = self.view("register", register_number)
        return Register(root, leaf_count, depth, tuple(ClassTotals(*totals) for totals in classes))

    def plan_count(self) -> int:
        """How many plans were submitted; the number the next one gets."""
        return int(self.view("planCount")[0])

    def plan(self, plan_number: int) -> PlanOnChain:
        """A submitted plan. Raises: TransactionReverted (Plan_NotSubmitted)."""
        plan_hash, submitter, admitted = self.view("plan", plan_number)
        return PlanOnChain(plan_hash, submitter, admitted)

    def trustees(self) -> list[bytes]:
        """The signers of the trustees who serve now, by seat. Only a case since protocol 4 has trustees."""
        return [bytes(signer) for signer in self.view("trustees")[0]]

    def last_appointed(self) -> list[bytes]:
        """The trustees who were appointed last, whether they serve already or not."""
        waiting, serves_from = self.view("nextTrustees")
        return [bytes(signer) for signer in waiting] if serves_from else self.trustees()

    def appointment_count(self) -> int:
        """How often trustees were appointed since the case was opened; the number of the last appointment."""
        return int(self.view("appointmentCount")[0])

    def is_sealed(self, poll_number: int) -> bool:
        """Whether a poll is sealed."""
        return bool(self.view("isSealed", poll_number)[0])

    def poll_count(self) -> int:
        """How many polls were announced; the number the next one gets."""
        return int(self.view("pollCount")[0])

    def poll(self, poll_number: int) -> str:
        """The address of a poll's contract. Raises: TransactionReverted (Poll_NotAnnounced)."""
        return str(self.view("poll", poll_number)[0]).lower()

    def generation(self) -> int:
        """The number of the generation in office. Only a case since protocol 5 has generations, here and below."""
        return int(self.view("generation")[0])

    def people(self, generation: int) -> People | None:
        """Who a generation is, in office or not; None where no succession of that number was announced."""
        encoded = bytes(self.view("people", generation)[0])
        return read_people(encoded) if encoded else None

    def successions(self) -> SuccessionsOnChain:
        """How many successions were announced, and what waits."""
        return SuccessionsOnChain(*map(int, self.view("successions")))

    def generation_of_poll(self, poll_number: int) -> int:
        """Who decides on a poll: the number of the generation that announced it."""
        return int(self.view("generationOfPoll", poll_number)[0])

    def freeze_register(
        self,
        root: bytes,
        leaf_count: int,
        classes: Sequence[ClassTotals],
        class_names_hash: bytes,
        range_proofs_hash: bytes,
        signers: Sequence[bytes],
        signatures: Sequence[bytes],
    ) -> ContractCall:
        """k officials freeze a register; signed over `register_freeze`."""
        totals = [astuple(each) for each in classes]
        hashes = class_names_hash, range_proofs_hash
        return self.call("freezeRegister", root, leaf_count, totals, *hashes, list(signers), list(signatures))

    def freeze_register_1(
        self, root: bytes, leaf_count: int, classes: Sequence[ClassTotals], signers: Sequence[bytes], signatures: Sequence[bytes]
    ) -> ContractCall:
        """The same on a case of protocol 1; signed over `register_freeze_1`."""
        totals = [astuple(each) for each in classes]
        return ContractCall(self.address, former.freeze_register((root, leaf_count, totals, list(signers), list(signatures))))

    def note(self, subject: bytes, data: bytes) -> ContractCall:
        """Leave a note under the sender's name (protocol §8.3). Only a case since protocol 2 takes notes."""
        return self.call("note", subject, data)

    def checkpoint(self, block_numbers: Sequence[int]) -> ContractCall:
        """Write down hashes of earlier blocks (protocol §8.3). Only a case since protocol 2 does."""
        return self.call("checkpoint", list(block_numbers))

    def submit_plan(self, plan_hash: bytes, signature: bytes) -> ContractCall:
        """The institution submits a plan; signed over `plan_submission`."""
        return self.call("submitPlan", plan_hash, signature)

    def admit_plan(self, plan_number: int, signers: Sequence[bytes], signatures: Sequence[bytes]) -> ContractCall:
        """k officials admit a plan; signed over `plan_admission`."""
        return self.call("admitPlan", plan_number, list(signers), list(signatures))

    def announce_poll(self, parameters: PollParameters, signers: Sequence[bytes], signatures: Sequence[bytes]) -> ContractCall:
        """k officials announce a poll; signed over `poll_announcement`, or `poll_announcement_2` before protocol 3.

        The event PollAnnounced names its contract.
        """
        return self.call("announcePoll", parameters.as_abi(), list(signers), list(signatures))

    def appoint_trustees(self, trustees: Sequence[bytes], signers: Sequence[bytes], signatures: Sequence[bytes]) -> ContractCall:
        """k officials appoint trustees; signed over `trustee_appointment`."""
        return self.call("appointTrustees", list(trustees), list(signers), list(signatures))

    def announce_sealed_poll(
        self,
        protocol: int,
        parameters: SealedParameters,
        key: SealKey,
        confirmations: Sequence[tuple[bytes, bytes]],
        signers: Sequence[bytes],
        signatures: Sequence[bytes],
    ) -> ContractCall:
        """k officials announce a sealed poll, every seat confirms its key (by share, by identity); signed over `sealed_poll_announcement`.

        The call carries the poll's creation code, which is that of the case's protocol. The event SealedPollAnnounced names its contract.
        Raises: ContractsNotBuilt.
        """
        code = artifacts.sealed_poll_code(protocol)
        seats = [tuple(each) for each in confirmations]
        return self.call("announceSealedPoll", code, parameters.as_abi(), key.as_abi(), seats, list(signers), list(signatures))

    def abandon_poll(self, poll_number: int, reason_hash: bytes, signers: Sequence[bytes], signatures: Sequence[bytes]) -> ContractCall:
        """k officials give a sealed poll up; signed over `poll_abandonment`."""
        return self.call("abandonPoll", poll_number, reason_hash, list(signers), list(signatures))

    def announce_succession(
        self, people: People, notice_seconds: int, reason_hash: bytes, signers: Sequence[bytes], signatures: Sequence[bytes]
    ) -> ContractCall:
        """k officials in office name who comes after them; signed over `successions.succession`."""
        return self.call("announceSuccession", people.as_abi(), notice_seconds, reason_hash, list(signers), list(signatures))

    def withdraw_succession(self, signers: Sequence[bytes], signatures: Sequence[bytes]) -> ContractCall:
        """k officials in office take the succession that waits back; signed over `successions.succession_withdrawal`."""
        return self.call("withdrawSuccession", list(signers), list(signatures))

    def complete_succession(self) -> ContractCall:
        """Once its notice is over, anybody brings the succession that waits into office."""
        return self.call("completeSuccession")


def creation(officials: Sequence[bytes], threshold: int, institution: bytes, *, rehearsal: bool) -> ContractCall:
    """The call that opens a case, without trustees; the votes of a rehearsal have no effect. Raises: ContractsNotBuilt."""
    sealed_code_hash = keccak(artifacts.load("SealedPoll").bytecode)
    values: tuple[object, ...] = list(officials), threshold, institution, rehearsal, [], sealed_code_hash
    return ContractCall(None, artifacts.load("Case").encode_creation(values))
