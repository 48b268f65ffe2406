"""What the contracts take and give, as values, and the hashes over them that people sign (protocol §4, §7 to §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from enum import IntEnum, StrEnum

from backend.ground.chain.codec import encode
from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.voting import Choice, Condition, SealedChoices

CONDITION_TYPE = "(uint8,uint8,uint8,uint32,uint32,bool)"
CLASS_TOTALS_TYPE = "(uint256,uint256,uint256)"
CLASS_TALLY_TYPE = "(uint256,uint256,uint256,uint256,uint256,uint256)"
#: What is in the place of range proofs while a register has none (protocol §4.2).
NO_RANGE_PROOFS = bytes(32)
PARAMETERS_TYPE = f"(uint256,uint256,{CONDITION_TYPE}[],uint64,uint64,uint64,address[],address)"


class Rejection(IntEnum):
    """Why one ballot of a batch was rejected (protocol §8.2)."""

    NONE = 0
    CHOICE_NOT_ALLOWED = 1
    SEQUENCE_NOT_NEWER = 2
    BALLOT_NOT_SIGNED_BY_KEY = 3


class Stage(IntEnum):
    """Where a poll of either kind stands, by the chain's own clock; the numbers are ours, in the order in which a poll goes on.

    Only sealed polls are unsealed, counted or abandoned. An abandoned one is closed and has no result, so it stands before TALLIED.
    """

    ANNOUNCED = 0
    OPEN = 1
    CLOSED = 2
    UNSEALED = 3
    """The secret is public; ballots are left in the box."""
    COUNTED = 4
    """The box is empty."""
    ABANDONED = 5
    TALLIED = 6
    APPROVED = 7
    REFUSED = 8


#: What the contracts' own numbers stand for.
OPEN_STAGES = (Stage.ANNOUNCED, Stage.OPEN, Stage.CLOSED, Stage.TALLIED, Stage.APPROVED, Stage.REFUSED)
SEALED_STAGES = (
    *(Stage.ANNOUNCED, Stage.OPEN, Stage.CLOSED, Stage.UNSEALED, Stage.COUNTED),
    *(Stage.TALLIED, Stage.APPROVED, Stage.REFUSED, Stage.ABANDONED),
)


@dataclass(frozen=True)
class ClassTotals:
    """What a voting class of a frozen register adds up to; blind modulo n."""

    heads: int
    amount_fen: int
    blind: int


@dataclass(frozen=True)
class Register:
    """A frozen register as the case holds it."""

    root: bytes
    leaf_count: int
    depth: int
    classes: tuple[ClassTotals, ...]


@dataclass(frozen=True)
class PlanOnChain:
    """A submitted plan as the case holds it."""

    plan_hash: bytes
    submitter: bytes
    admitted: bool


@dataclass(frozen=True)
class PollParameters:
    """All that a poll is held to (protocol §8.1); times in seconds since 1970, addresses 0x lower case."""

    register_number: int
    plan_number: int
    conditions: tuple[Condition, ...]
    opens_at: int
    closes_at: int
    challenge_seconds: int
    verifiers: tuple[str, ...]
    receipt_signer: str

    def as_abi(self) -> tuple[object, ...]:
        """The tuple in the order of the contract's struct."""
        return (
            self.register_number,
            self.plan_number,
            [astuple(condition) for condition in self.conditions],
            self.opens_at,
            self.closes_at,
            self.challenge_seconds,
            [address_bytes(verifier) for verifier in self.verifiers],
            address_bytes(self.receipt_signer),
        )


@dataclass(frozen=True)
class SealedParameters:
    """All that a sealed poll is held to (protocol §21.3)."""

    poll: PollParameters
    motions: int
    abandon_after_seconds: int

    def as_abi(self) -> tuple[object, ...]:
        """The tuple in the order of the contract's struct."""
        return self.poll.as_abi(), self.motions, self.abandon_after_seconds


@dataclass(frozen=True)
class Leaf:
    """A lender's place in the register: voting class and commitment (x, y)."""

    voting_class: int
    x: int
    y: int


@dataclass(frozen=True)
class SignedBallot:
    """One ballot with its credential, as anyone may send it; signatures of 65 bytes."""

    index: int
    choice: int
    sequence: int
    ballot_key: str
    ballot_signature: bytes
    credential_expires_at: int
    credential_signature: bytes
    sealed: SealedChoices | None = None
    """In a sealed poll, where `choice` is 0."""


@dataclass(frozen=True)
class BatchBallot:
    """One ballot of a batch with its leaf; a signature of 64 or 65 bytes."""

    index: int
    choice: int
    sequence: int
    ballot_key: str
    signature: bytes
    leaf: Leaf
    sealed: SealedChoices | None = None
    """In a sealed poll, where `choice` is 0."""


@dataclass(frozen=True)
class RecordedBallot:
    """A lender's newest ballot on chain: sequence 0 and NONE if there is none; in a sealed poll always NONE."""

    choice: Choice
    sequence: int


@dataclass(frozen=True)
class Heads:
    """Lenders of a class by choice."""

    heads_for: int
    heads_against: int
    heads_abstain: int


@dataclass(frozen=True)
class Opening:
    """Amounts in fen and blinds that open a class's three sums (protocol §9)."""

    fen_for: int
    blind_for: int
    fen_against: int
    blind_against: int
    fen_abstain: int
    blind_abstain: int


@dataclass(frozen=True)
class ClassTally:
    """One class's result in heads and in fen."""

    heads_for: int
    heads_against: int
    heads_abstain: int
    fen_for: int
    fen_against: int
    fen_abstain: int


def classes_hash(classes: Sequence[ClassTotals]) -> bytes:
    """The hash of a register's class totals that officials sign (protocol §4)."""
    return keccak(encode([f"{CLASS_TOTALS_TYPE}[]"], [[astuple(totals) for totals in classes]]))


def class_names_hash(names: Sequence[str]) -> bytes:
    """The hash of the names of a register's classes, in the order of their numbers, that officials sign (protocol §4)."""
    return keccak(canonical_json(list(names)))


def rule_hash(conditions: Sequence[Condition]) -> bytes:
    """The hash of a counting rule (protocol §7)."""
    return keccak(encode([f"{CONDITION_TYPE}[]"], [[astuple(condition) for condition in conditions]]))


def parameters_hash(parameters: PollParameters) -> bytes:
    """The hash of a poll's parameters that officials sign (protocol §8.1)."""
    return keccak(encode([PARAMETERS_TYPE], [parameters.as_abi()]))


def sealed_parameters_hash(parameters: SealedParameters) -> bytes:
    """The hash of a sealed poll's parameters that officials sign (protocol §21.3)."""
    return keccak(encode([f"({PARAMETERS_TYPE},uint8,uint32)"], [parameters.as_abi()]))


def motions_result_hash(poll: str, tallies: Sequence[ClassTally], passed: int) -> bytes:
    """The hash of a sealed poll's result; bit i of `passed` is motion i (protocol §21.5)."""
    types = ["address", f"{CLASS_TALLY_TYPE}[]", "uint256"]
    return keccak(encode(types, [address_bytes(poll), [astuple(tally) for tally in tallies], passed]))


def result_hash(poll: str, tallies: Sequence[ClassTally], *, passed: bool) -> bytes:
    """The hash of a result that officials attest to (protocol §9)."""
    types = ["address", f"{CLASS_TALLY_TYPE}[]", "bool"]
    return keccak(encode(types, [address_bytes(poll), [astuple(tally) for tally in tallies], passed]))


class TransactionStatus(StrEnum):
    """Where a stored transaction stands."""

    QUEUED = "queued"
    """Signed and stored; not handed to a node yet."""
    SENT = "sent"
    CONFIRMED = "confirmed"
    REVERTED = "reverted"
    DROPPED = "dropped"
    """No node knows it any longer."""
