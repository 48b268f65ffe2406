"""All that a recount sees of the chain, by whatever way it is shown (protocol §13)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verifier.tally.case import Release
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.chain.views import State
from verifier.tally.contracts import CHECKPOINT, NOTED
from verifier.tally.findings import StepLog
from verifier.tally.progress import Progress


@dataclass(frozen=True)
class Place:
    """Where to look, as poll.json says."""

    chain_id: int
    case: bytes
    poll: bytes
    from_block: int
    receipt_signer: bytes
    poll_contract: str = "Poll"  # by its name in a release

    def matters(self, topics: Sequence[bytes]) -> bool:
        """Whether a log of case or poll says something: checkpoints, and notes of others than the relay, may be left by anybody."""
        first, sender = tuple(topics[:1]), tuple(topics[1:2])
        return first != (CHECKPOINT,) and (first != (NOTED,) or sender == (bytes(12) + self.receipt_signer,))


@dataclass(frozen=True)
class Shown:
    """What the chain has under a block's number; the time where its header was shown, not only named."""

    hash: bytes
    time: int | None


class Sight(ABC):
    """The events of one case and one poll up to the head, and the transactions that made them."""

    head: Block
    #: Whether a recount by this sight can end with "agrees": what was shown is tied to a block, or to a node that was asked itself.
    believable = True
    #: Whether every block up to the newest can be asked for: one that is not there is beyond the chain's end.
    is_whole = False
    #: A sentence on what the verdict rests on.
    rests_on: str

    @abstractmethod
    def logs(self, log: StepLog, progress: Progress) -> list[Log]:
        """Every log of case and poll in the order of the chain. Raises Wrong."""

    @abstractmethod
    def block(self, number: int) -> Block:
        """A block in which one of the logs stands, or which created the case. Raises Wrong."""

    @abstractmethod
    def transaction(self, block_number: int, transaction_hash: bytes) -> Transaction:
        """A transaction that made one of the logs. Raises Wrong."""

    @abstractmethod
    def creation(self, block_number: int, case: bytes) -> Transaction:
        """The transaction in that block which created the case. Raises Wrong when there is none."""

    @abstractmethod
    def many(self, wanted: Sequence[tuple[int, bytes]], log: StepLog) -> Iterator[list[Transaction]]:
        """Transactions by block number and hash, in order, some at a time, so that never all of them are in memory."""

    def shown(self, numbers: Sequence[int]) -> dict[int, Shown]:
        """What the chain has under these numbers, as far as it is shown. Raises Wrong."""
        del numbers
        return {}

    def check_code(self, release: Release, signers: Sequence[bytes], log: StepLog) -> None:  # noqa: B027
        """Findings where other code than the release's stands at case, poll and passkey verifiers; nothing to ask where it follows."""

    def check_verifiers(self, release: Release, name: str, signers: Sequence[bytes], log: StepLog) -> None:  # noqa: B027
        """Findings of that name where other code than the release's judges a passkey among these signers; likewise."""

    def states(self, case: bytes, poll: bytes, protocol: int) -> Sequence[State]:
        """Whoever can tell the contracts' state at the head."""
        del case, poll, protocol
        return ()

    def check_unchanged(self, log: StepLog) -> None:  # noqa: B027 - nothing can change under a bundle
        """A finding where the chain is not the one any more that was read."""


class Source(ABC):
    """Where a sight comes from: a node, or a bundle."""

    @abstractmethod
    def open(self, place: Place, log: StepLog) -> Sight:
        """Look there. Raises Wrong."""
