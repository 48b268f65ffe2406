"""The contract of a sealed poll: box, shares, counting after the close (protocol §21, contracts/interfaces/ISealedPoll.sol)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from backend.ground.chain.calls import ContractCall, ContractEvent
from backend.ground.chain.poll import AnyPoll, packed_signature, stage_of, two_words
from backend.ground.chain.typed_data import address_bytes
from backend.ground.chain.values import SEALED_STAGES, BatchBallot, Heads, Leaf, RecordedBallot, SignedBallot, Stage
from backend.ground.common.seals import choices_of
from backend.ground.common.voting import Choice, SealedChoices

_SHORT, _LONG = 5, 9


class NotSealed(ValueError):
    """A ballot for a sealed poll that has no seal."""


@dataclass(frozen=True)
class CountedBallot:
    """A lender's newest ballot as the contract opened it: a choice for each motion, all NONE when it is invalid."""

    index: int
    sequence: int
    choices: tuple[Choice, ...]

    @property
    def is_valid(self) -> bool:
        """Whether it counts."""
        return any(self.choices)


class SealedPollContract(AnyPoll):
    """Views raise NodeNotAnswering and TransactionReverted."""

    artifact_name = "SealedPoll"

    def stage(self) -> Stage:
        """Where the poll stands by the latest block's time."""
        return stage_of(SEALED_STAGES, self.view("stage")[0])

    def ballot_of(self, index: int, block: int | str = "latest") -> RecordedBallot:
        """The sequence of a lender's newest ballot. Raises: TransactionReverted (Poll_IndexOutOfRange)."""
        return RecordedBallot(Choice.NONE, int(self.view("sequenceOf", index, block=block)[0]))

    def motions(self) -> int:
        """How many motions are voted on."""
        return int(self.view("motions")[0])

    def abandon_after_seconds(self) -> int:
        """How long after the close a poll that is not tallied may be abandoned."""
        return int(self.view("abandonAfterSeconds")[0])

    def seal_key_hash(self) -> bytes:
        """hashStruct of the key to which choices are sealed."""
        return bytes(self.view("sealKeyHash")[0])

    def seal_key(self) -> str:
        """addr(X), 0x lower case."""
        return str(self.view("sealKey")[0]).lower()

    def share_keys(self) -> tuple[str, ...]:
        """Addresses of the share keys by seat, 0x lower case."""
        return tuple(key.lower() for key in self.view("shareKeys")[0])

    def shares_published(self) -> frozenset[int]:
        """The seats whose share is public."""
        bits = int(self.view("sharesPublished")[0])
        return frozenset(seat for seat in range(bits.bit_length()) if bits >> seat & 1)

    def secret(self) -> int:
        """x; 0 until it is public."""
        return int(self.view("secret")[0])

    def seal_broken_at(self) -> int:
        """When a breach was reported, in seconds since 1970; 0 if none was."""
        return int(self.view("sealBrokenAt")[0])

    def abandoned_for(self) -> bytes:
        """Hash of the reason for which the officials gave the poll up; zero if they did not."""
        return bytes(self.view("abandonedFor")[0])

    def box(self) -> bytes:
        """The number of the box; zero when it is empty."""
        return bytes(self.view("box")[0])

    def choice_under(self, index: int, sequence: int, sealed: SealedChoices) -> tuple[Choice, ...]:
        """What one ballot holds, all NONE if it is invalid. Raises: TransactionReverted (Seal_StillSealed)."""
        seal, choice = int.from_bytes(sealed.seal, "big"), int.from_bytes(sealed.sealed_choice, "big")
        [plain] = self.view("choiceUnder", index, sequence, seal, choice)
        return _choices(plain, self.motions())

    def heads(self, motion: int, voting_class: int) -> Heads:
        """Heads of a motion and class so far; 0 until ballots are counted."""
        return Heads(*self.view("heads", motion, voting_class))

    def invalid(self, voting_class: int) -> int:
        """Lenders of a class whose newest ballot turned out to be invalid so far."""
        return int(self.view("invalid", voting_class)[0])

    def passed(self) -> int:
        """The motions that passed, one bit each. Raises: TransactionReverted (Poll_NotTallied)."""
        return int(self.view("passed")[0])

    def cast(self, ballot: SignedBallot, leaf: Leaf, proof: Sequence[bytes]) -> ContractCall:
        """Record one ballot; `proof` are the `depth` siblings of protocol §4. Raises: SignatureNotReadable, NotSealed."""
        if ballot.sealed is None:
            raise NotSealed
        signed = (
            ballot.index,
            ballot.sequence,
            int.from_bytes(ballot.sealed.seal, "big"),
            int.from_bytes(ballot.sealed.sealed_choice, "big"),
            address_bytes(ballot.ballot_key),
            two_words(ballot.ballot_signature),
            ballot.credential_expires_at,
            two_words(ballot.credential_signature),
        )
        return self.call("cast", signed, astuple(leaf), list(proof))

    def publish_share(self, seat: int, share: int) -> ContractCall:
        """Publish a trustee's share after the close; it proves itself."""
        return self.call("publishShare", seat, share)

    def unseal(self, secret: int) -> ContractCall:
        """Make the secret public after the close; it proves itself."""
        return self.call("unseal", secret)

    def count(self, before: bytes, records: Sequence[bytes]) -> ContractCall:
        """Take records of 110 bytes out of the end of the box and count them; `before` is the box's number without them.

        Those of the last that somebody else counts in the meantime are passed over.
        """
        return self.call("count", before, b"".join(records))

    def report_breach(self, signature: bytes) -> ContractCall:
        """Say before the close, by a signature of x over `seal_breach`, that the secret is known. Raises: SignatureNotReadable."""
        return self.call("reportBreach", *two_words(signature))

    def exclude_counted_leaf(
        self, index: int, leaf: Leaf, proof: Sequence[bytes], amount: int, blind: int, before: bytes, records: Sequence[bytes]
    ) -> ContractCall:
        """Take out a leaf whose amount is out of range; `records` begin with the lender's newest ballot and end where a counting began."""
        return self.call("excludeLeaf", index, astuple(leaf), list(proof), amount, blind, before, b"".join(records))

    @staticmethod
    def _packed_ballot(ballot: BatchBallot) -> bytes:
        if ballot.sealed is None:
            raise NotSealed
        return bytes([ballot.sequence]) + ballot.sealed.packed + packed_signature(ballot.signature)


def counted_ballots(event: ContractEvent, motions: int) -> list[CountedBallot]:
    """What a BallotsCounted event names, in order (protocol §21.5)."""
    packed: bytes = event.args["counted"]
    size = _SHORT if motions == 1 else _LONG
    return [_counted(packed[at : at + size], motions) for at in range(0, len(packed), size)]


def _counted(piece: bytes, motions: int) -> CountedBallot:
    plain = piece[4] & 3 if motions == 1 else int.from_bytes(piece[5:], "big")
    return CountedBallot(int.from_bytes(piece[:4], "big"), piece[4] >> 2, _choices(plain, motions))


def _choices(plain: int, motions: int) -> tuple[Choice, ...]:
    return tuple(map(Choice, choices_of(plain, motions)))
