"""Step 6: every ballot that the chain recorded or rejected, judged again from the transactions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from verifier.tally import ballots as sent_ballots
from verifier.tally.ballots import BYTES_OF_RECORD, Rejected, Sending, Sent
from verifier.tally.contracts import Event
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import SIGNATURES_FROM, count, in_order
from verifier.tally.recount import Ballots, Recount, Register, Scene, Terms, need
from verifier.tally.rpc import BATCH_SIZE, Transaction
from verifier.tally.steps.acts import check_bound


def check(recount: Recount, log: StepLog) -> None:
    """Establishes what was recorded and rejected, in the order of the chain."""
    scene, terms, register = need(recount.scene, 1), need(recount.terms, 2), recount.register
    groups = list(_by_transaction(scene.of_poll("BallotsRecorded", "BallotRejected")))
    judged_by = sent_ballots.Terms(
        separator=scene.poll_separator,
        plan_hash=terms.plan_hash,
        verifiers=frozenset(terms.verifiers),
        leaf_count=terms.leaf_count,
        depth=terms.depth,
        root=terms.root,
    )
    ballots = sum(group.ballots for group in groups)
    replay = Replay(scene, terms, register, log)
    with recount.progress.of("ballots", ballots) as ticked:
        for group, transaction, sending in _judged(recount, groups, scene.poll.address, judged_by, much=ballots >= SIGNATURES_FROM):
            check_bound(transaction, recount.node.block(group.block_number), log)
            if isinstance(sending, Wrong):
                log.wrong(sending.place, sending.what, sending.expected, sending.found)
            else:
                replay.take(group, sending)
            ticked(group.ballots)
    recount.ballots = Ballots(replay.recorded, replay.rejected)
    log.note(f"{len(replay.recorded)} ballots recorded and {len(replay.rejected)} rejected in {len(groups)} transactions")


@dataclass(frozen=True)
class Group:
    """The ballot events of one transaction."""

    transaction: bytes
    block_number: int
    block_hash: bytes
    events: list[Event] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"transaction 0x{self.transaction.hex()}"

    @property
    def ballots(self) -> int:
        """How many its events speak of."""
        return sum(len(event.values[0]) // BYTES_OF_RECORD if event.name == "BallotsRecorded" else 1 for event in self.events)


def _by_transaction(events: list[Event]) -> Iterator[Group]:
    """The events in the order of the chain, those of one transaction together."""
    group: Group | None = None
    for event in events:
        if group is None or group.transaction != event.log.transaction_hash:
            if group is not None:
                yield group
            group = Group(event.log.transaction_hash, event.log.block_number, event.log.block_hash)
        group.events.append(event)
    if group is not None:
        yield group


def _judged(
    recount: Recount, groups: Sequence[Group], poll: bytes, terms: sent_ballots.Terms, *, much: bool
) -> Iterator[tuple[Group, Transaction, Sending | Wrong]]:
    """Every group with its transaction and what stands in it; fetched while other processes check what came before."""
    size = max(1, min(BATCH_SIZE, len(groups) // (8 * count())))
    parts = [groups[start : start + size] for start in range(0, len(groups), size)]
    fetched: list[list[Transaction]] = []

    def fetch() -> Iterator[list[Transaction]]:
        for part in parts:
            fetched.append(recount.node.transactions([group.transaction for group in part]))
            yield fetched[-1]

    for part, sendings in zip(parts, in_order(partial(sent_ballots.judge_all, poll=poll, terms=terms), fetch(), much=much), strict=True):
        yield from zip(part, fetched.pop(0), sendings, strict=True)


@dataclass
class Replay:
    """Takes transactions one after another and accepts their ballots by the rules of protocol §8.2, as the contract had to."""

    scene: Scene
    terms: Terms
    register: Register | None
    log: StepLog
    recorded: list[Sent] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    sequences: dict[int, int] = field(default_factory=dict)

    def take(self, group: Group, sending: Sending) -> None:
        """Judge a transaction's ballots and compare with its events."""
        self._check_whole(group, sending)
        accepted, refused = [], []
        for sent in sending.ballots:
            self._check_leaf(group, sent)
            reason = self._reason(sent)
            if reason == 0:
                self.sequences[sent.index] = sent.sequence
                accepted.append(sent)
            elif sending.single:
                self.log.wrong(group.place, "a ballot was recorded that had to be refused", f"refusal for reason {reason}", sent)
            else:
                refused.append(Rejected(sent.index, sent.ballot_key, sent.sequence, reason))
        said = b"".join(event.values[0] for event in group.events if event.name == "BallotsRecorded")
        expected = b"".join(one.index.to_bytes(32, "big")[-4:] + bytes([(one.sequence << 2 | one.choice) & 255]) for one in accepted)
        self.log.equal(group.place, "BallotsRecorded is not what its ballots give", expected, said)
        spoken = [Rejected(*event.values) for event in group.events if event.name == "BallotRejected"]
        self.log.equal(group.place, "BallotRejected is not what its ballots give", refused, spoken)
        self.recorded += accepted
        self.rejected += refused

    def _reason(self, sent: Sent) -> int:
        """Rules 3, 4 and 7, in this order; 0 when the ballot is accepted."""
        if sent.choice not in (sent_ballots.FOR, sent_ballots.AGAINST, sent_ballots.ABSTAIN):
            return sent_ballots.CHOICE_NOT_ALLOWED
        if not self.sequences.get(sent.index, 0) < sent.sequence <= sent_ballots.HIGHEST_SEQUENCE:
            return sent_ballots.SEQUENCE_NOT_NEWER
        return 0 if sent.signed else sent_ballots.NOT_SIGNED_BY_KEY

    def _check_whole(self, group: Group, sending: Sending) -> None:
        """Rules 1 and 6, and what makes a whole batch revert."""
        at = self.scene.poll.node.block(group.block_number).timestamp
        opens_at, closes_at = self.terms.opens_at, self.terms.closes_at
        self.log.holds(group.place, "the poll was not open", opens_at <= at < closes_at, f"{opens_at} to {closes_at - 1}", at)
        self.log.holds(group.place, "credential had expired", at <= sending.expires_at, f"at most {sending.expires_at}", at)
        for what, expected, found in sending.faults:
            self.log.wrong(group.place, what, expected, found)
        self.log.holds(group.place, "the proof does not lead to the register's root", sending.proved, self.terms.root)

    def _check_leaf(self, group: Group, sent: Sent) -> None:
        """Rules 2 and 5, by the published leaf."""
        if sent.index >= self.terms.leaf_count:
            self.log.wrong(f"{group.place}, index {sent.index}", "index does not exist", f"below {self.terms.leaf_count}", sent.index)
        elif self.register is not None and sent.index < len(self.register.leaves):
            leaves = self.register.leaves
            published = leaves.classes[sent.index], leaves.point(sent.index)
            if published != (sent.voting_class, sent.point):
                place = f"{group.place}, index {sent.index}"
                self.log.wrong(place, "leaf is not the published one", published, (sent.voting_class, sent.point))
