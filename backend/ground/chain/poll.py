"""Poll contracts: ballots, sums, attestations (protocol §8.2 to §10, contracts/interfaces/IPoll.sol and IOpenPoll.sol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from backend.ground.chain.calls import ContractCall, ContractEvent
from backend.ground.chain.contracts import Contract, one_of
from backend.ground.chain.entries import pack_entries
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.signatures import compact
from backend.ground.chain.typed_data import address_bytes
from backend.ground.chain.values import (
    OPEN_STAGES,
    BatchBallot,
    ClassTally,
    ClassTotals,
    Heads,
    Leaf,
    Opening,
    PollParameters,
    RecordedBallot,
    SignedBallot,
    Stage,
)
from backend.ground.common.voting import Choice, Condition, Denominator, Measure, Numerator


class AnyPoll(Contract):
    """What open and sealed polls have in common. Views raise NodeNotAnswering and TransactionReverted."""

    def stage(self) -> Stage:
        """Where the poll stands by the latest block's time."""
        raise NotImplementedError

    def ballot_of(self, index: int, block: int | str = "latest") -> RecordedBallot:
        """A lender's newest ballot. Raises: TransactionReverted (Poll_IndexOutOfRange)."""
        raise NotImplementedError

    def cast(self, ballot: SignedBallot, leaf: Leaf, proof: Sequence[bytes]) -> ContractCall:
        """Record one ballot; `proof` are the `depth` siblings of protocol §4. Raises: SignatureNotReadable."""
        raise NotImplementedError

    def case_address(self) -> str:
        """The case contract that announced it."""
        return str(self.view("caseContract")[0]).lower()

    def poll_number(self) -> int:
        """The number under which the case announced it."""
        return int(self.view("pollNumber")[0])

    def parameters(self) -> PollParameters:
        """All that the poll is held to."""
        register, plan, conditions, opens_at, closes_at, challenge, verifiers, receipt_signer = self.view("parameters")[0]
        return PollParameters(
            register_number=register,
            plan_number=plan,
            conditions=tuple(_condition(*values) for values in conditions),
            opens_at=opens_at,
            closes_at=closes_at,
            challenge_seconds=challenge,
            verifiers=tuple(verifier.lower() for verifier in verifiers),
            receipt_signer=receipt_signer.lower(),
        )

    def parameters_hash(self) -> bytes:
        """The hash that the officials signed."""
        return bytes(self.view("parametersHash")[0])

    def register_root(self) -> bytes:
        """The root of the register that votes."""
        return bytes(self.view("registerRoot")[0])

    def leaf_count(self) -> int:
        """How many lenders may vote."""
        return int(self.view("leafCount")[0])

    def depth(self) -> int:
        """The register tree's depth."""
        return int(self.view("depth")[0])

    def classes(self) -> tuple[ClassTotals, ...]:
        """The admitted totals by voting class."""
        return tuple(ClassTotals(*totals) for totals in self.view("classes")[0])

    def plan_hash(self) -> bytes:
        """The plan that is voted on."""
        return bytes(self.view("planHash")[0])

    def plan_submitter(self) -> bytes:
        """Whoever submitted the plan and hence may not decide on it."""
        return bytes(self.view("planSubmitter")[0])

    def admitted(self, voting_class: int) -> tuple[int, int]:
        """Heads and fen admitted in a class, less the leaves taken out; fen modulo n. Only a poll of protocol 2 has it."""
        heads, fen = self.view("admitted", voting_class)
        return int(heads), int(fen)

    def tallies(self) -> tuple[ClassTally, ...]:
        """The result by class. Raises: TransactionReverted (Poll_NotTallied)."""
        return tuple(ClassTally(*tally) for tally in self.view("tallies")[0])

    def result_hash(self) -> bytes:
        """What the officials attest to; 32 zero bytes before the sums are opened."""
        return bytes(self.view("resultHash")[0])

    def challenge_ends_at(self) -> int:
        """From when the officials may attest, in seconds since 1970; 0 before the sums are opened."""
        return int(self.view("challengeEndsAt")[0])

    def approvals(self) -> int:
        """How many officials approved."""
        return int(self.view("approvals")[0])

    def refusals(self) -> int:
        """How many officials refused."""
        return int(self.view("refusals")[0])

    def has_attested(self, signer: bytes) -> bool:
        """Whether the official attested already."""
        return bool(self.view("hasAttested", signer)[0])

    def open_sums(self, openings: Sequence[Opening]) -> ContractCall:
        """Open the sums after the close, one opening a class."""
        return self.call("openSums", [astuple(opening) for opening in openings])

    def attest(self, signer: bytes, signature: bytes, *, approve: bool) -> ContractCall:
        """One official approves or refuses; signed over `attestation`."""
        return self.call("attest", signer, approve, signature)

    def cast_batch(
        self,
        ballots: Sequence[BatchBallot],
        expires_at: int,
        list_signature: bytes,
        siblings: Sequence[bytes],
        gas_limit: int | None = None,
    ) -> ContractCall:
        """Record many ballots under one credential list; `siblings` are the multiproof of protocol §4.1.

        Raises: ValueError unless strictly ascending by index; SignatureNotReadable.
        """
        entries = pack_entries([(ballot.index, ballot.ballot_key) for ballot in ballots])
        packed = b"".join(map(self._packed_ballot, ballots))
        leaves = b"".join(_packed_leaf(ballot.leaf) for ballot in ballots)
        credentials = (entries, expires_at, two_words(list_signature))
        return self.call("castBatch", credentials, packed, leaves, list(siblings), gas_limit=gas_limit)

    @staticmethod
    def _packed_ballot(ballot: BatchBallot) -> bytes:
        """One ballot of a batch: 65 bytes in an open poll, 105 in a sealed one."""
        raise NotImplementedError


class PollContract(AnyPoll):
    """A poll whose choices everybody reads as they are cast."""

    artifact_name = "Poll"

    def stage(self) -> Stage:
        """Where the poll stands by the latest block's time."""
        return stage_of(OPEN_STAGES, self.view("stage")[0])

    def ballot_of(self, index: int, block: int | str = "latest") -> RecordedBallot:
        """A lender's newest ballot. Raises: TransactionReverted (Poll_IndexOutOfRange)."""
        choice, sequence = self.view("ballotOf", index, block=block)
        return RecordedBallot(one_of(Choice, choice), sequence)

    def heads(self, voting_class: int) -> Heads:
        """Lenders of a class by choice."""
        return Heads(*self.view("heads", voting_class))

    def sum_of(self, voting_class: int, choice: Choice) -> tuple[int, int]:
        """The sum of commitments (x, y); (0, 0) is infinity."""
        x, y = self.view("sumOf", voting_class, int(choice))
        return int(x), int(y)

    def passed(self) -> bool:
        """Whether the plan passed. Raises: TransactionReverted (Poll_NotTallied)."""
        return bool(self.view("passed")[0])

    def cast(self, ballot: SignedBallot, leaf: Leaf, proof: Sequence[bytes]) -> ContractCall:
        """Record one ballot; `proof` are the `depth` siblings of protocol §4. Raises: SignatureNotReadable."""
        signed = (
            ballot.index,
            ballot.choice,
            ballot.sequence,
            address_bytes(ballot.ballot_key),
            two_words(ballot.ballot_signature),
            ballot.credential_expires_at,
            two_words(ballot.credential_signature),
        )
        return self.call("cast", signed, astuple(leaf), list(proof))

    def exclude_leaf(self, index: int, leaf: Leaf, proof: Sequence[bytes], amount: int, blind: int) -> ContractCall:
        """Take out a leaf whose opening shows an amount out of range, between the close and the opening (protocol §9.1); `amount` mod n."""
        return self.call("excludeLeaf", index, astuple(leaf), list(proof), amount, blind)

    @staticmethod
    def _packed_ballot(ballot: BatchBallot) -> bytes:
        return bytes([ballot.sequence << 2 | ballot.choice]) + packed_signature(ballot.signature)


def recorded_ballots(event: ContractEvent) -> list[tuple[int, Choice, int]]:
    """The (index, choice, sequence) of every ballot that a BallotsRecorded event names, in order."""
    packed: bytes = event.args["recorded"]
    return [
        (int.from_bytes(packed[at : at + 4], "big"), Choice(packed[at + 4] & 3), packed[at + 4] >> 2) for at in range(0, len(packed), 5)
    ]


def stage_of(stages: Sequence[Stage], number: int) -> Stage:
    """A contract's number for its stage. Raises: NodeNotAnswering for one that no contract of ours gives."""
    if number >= len(stages):
        raise NodeNotAnswering(reason=f"Stage {number}")
    return stages[number]


def _condition(measure: int, numerator: int, denominator: int, num: int, den: int, strict: bool) -> Condition:
    return Condition(one_of(Measure, measure), one_of(Numerator, numerator), one_of(Denominator, denominator), num, den, strict)


def packed_signature(signature: bytes) -> bytes:
    """64 bytes of a signature of 64 or 65. Raises: SignatureNotReadable."""
    return signature if len(signature) == 64 else compact(signature)


def two_words(signature: bytes) -> tuple[bytes, bytes]:
    """The same as the contract's struct. Raises: SignatureNotReadable."""
    short = packed_signature(signature)
    return short[:32], short[32:]


def _packed_leaf(leaf: Leaf) -> bytes:
    return bytes([leaf.voting_class]) + leaf.x.to_bytes(32, "big") + leaf.y.to_bytes(32, "big")
