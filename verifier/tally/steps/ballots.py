"""Step 6: every ballot that the chain recorded or rejected, judged again from the transactions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from verifier.tally import ballots as sent_ballots
from verifier.tally.ballots import BYTES_OF_RECORD, Rejected, Sending, Sent
from verifier.tally.chain.things import Transaction
from verifier.tally.contracts import Event
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import SIGNATURES_FROM, in_order
from verifier.tally.recount import Ballots, Recount, Register, Scene, Terms, Used, need
from verifier.tally.steps import box


def check(recount: Recount, log: StepLog) -> None:
    """Establishes what was recorded and rejected, in the order of the chain."""
    scene, terms, register = need(recount.scene, 1), need(recount.terms, 2), need(recount.register, 3)
    groups = list(_by_transaction(scene.of_poll("BallotsRecorded", "BallotRejected")))
    judged_by = sent_ballots.Terms(
        protocol=scene.protocol,
        separator=scene.poll_separator,
        plan_hash=need(recount.plan_hash, 4),
        verifiers=frozenset(terms.verifiers),
        leaf_count=register.leaf_count,
        depth=register.depth,
        root=register.root,
        key_hash=terms.sealing.struct_hash if terms.sealing else b"",
    )
    ballots = sum(group.ballots for group in groups)
    replay = Replay(terms, register, log, keeps_credentials=bool(recount.options.issuer_logs))
    with recount.progress.of("ballots", ballots) as ticked:
        for group, transaction, sending in _judged(recount, groups, scene, judged_by, log, much=ballots >= SIGNATURES_FROM):
            if isinstance(sending, Wrong):
                log.take(sending)
            else:
                replay.take(group, transaction, sending)
            ticked(group.ballots)
    recount.ballots = Ballots(replay.recorded, replay.rejected, replay.credentials)
    if terms.sealing:
        box.fold(recount.ballots, scene, log)
    log.note(f"{len(replay.recorded)} ballots recorded and {len(replay.rejected)} rejected in {len(groups)} transactions")


@dataclass(frozen=True)
class Group:
    """The ballot events of one transaction."""

    transaction: bytes
    block_number: int
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
            group = Group(event.log.transaction_hash, event.log.block_number)
        group.events.append(event)
    if group is not None:
        yield group


def _judged(
    recount: Recount, groups: Sequence[Group], scene: Scene, terms: sent_ballots.Terms, log: StepLog, *, much: bool
) -> Iterator[tuple[Group, Transaction, Sending | Wrong]]:
    """Every group with its transaction and what is in it; fetched while other processes check what came before."""
    fetched: list[list[Transaction]] = []

    def fetch() -> Iterator[list[Transaction]]:
        for part in need(recount.sight, 1).many([(group.block_number, group.transaction) for group in groups], log):
            fetched.append(part)
            yield part

    place = 0
    for sendings in in_order(partial(sent_ballots.judge_all, poll=scene.poll, terms=terms), fetch(), much=much):
        transactions = fetched.pop(0)
        yield from zip(groups[place : place + len(transactions)], transactions, sendings, strict=True)
        place += len(transactions)


@dataclass
class Replay:
    """Takes transactions one after another and accepts their ballots by the rules of protocol §8.2, as the contract had to."""

    terms: Terms
    register: Register
    log: StepLog
    keeps_credentials: bool = False
    recorded: list[Sent] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    sequences: dict[int, int] = field(default_factory=dict)
    credentials: dict[Used, int] = field(default_factory=dict)

    def take(self, group: Group, transaction: Transaction, sending: Sending) -> None:
        """Judge a transaction's ballots and compare with its events."""
        at = transaction.block.timestamp
        self._check_whole(group, at, sending)
        accepted, refused = [], []
        for sent in sending.ballots:
            self._check_leaf(group, sent)
            reason = self._reason(sent)
            if reason == 0:
                self.sequences[sent.index] = sent.sequence
                accepted.append(sent)
            elif sending.single:
                what = "a ballot was recorded that had to be refused"
                self.log.wrong("ballots.recorded", group.place, what, f"refusal for reason {reason}", sent)
            else:
                refused.append(Rejected(sent.index, sent.ballot_key, sent.sequence, reason))
            if self.keeps_credentials and reason == 0:
                self.credentials.setdefault(Used(sent.index, sent.ballot_key, sending.verifier, sending.single), at)
        said = [event.values[0] for event in group.events if event.name == "BallotsRecorded"]
        expected = b"".join(one.index.to_bytes(32, "big")[-4:] + bytes([(one.sequence << 2 | one.choice) & 255]) for one in accepted)
        what = "BallotsRecorded is not what its ballots give"
        self.log.equal("ballots.recorded", group.place, what, [expected] if accepted else [], said)
        spoken = [Rejected(*event.values) for event in group.events if event.name == "BallotRejected"]
        self.log.equal("ballots.rejected", group.place, "BallotRejected is not what its ballots give", refused, spoken)
        self.recorded += accepted
        self.rejected += refused

    def _reason(self, sent: Sent) -> int:
        """Rules 3, 4 and 7, in this order; 0 when the ballot is accepted."""
        if self.terms.sealing is None and sent.choice not in (sent_ballots.FOR, sent_ballots.AGAINST, sent_ballots.ABSTAIN):
            return sent_ballots.CHOICE_NOT_ALLOWED
        if not self.sequences.get(sent.index, 0) < sent.sequence <= sent_ballots.HIGHEST_SEQUENCE:
            return sent_ballots.SEQUENCE_NOT_NEWER
        return 0 if sent.signed else sent_ballots.NOT_SIGNED_BY_KEY

    def _check_whole(self, group: Group, at: int, sending: Sending) -> None:
        """Rules 1 and 6, and what makes a whole batch revert."""
        opens_at, closes_at = self.terms.opens_at, self.terms.closes_at
        is_open = opens_at <= at < closes_at
        self.log.holds("ballots.window", group.place, "the poll was not open", is_open, f"{opens_at} to {closes_at - 1}", at)
        in_time = at <= sending.expires_at
        self.log.holds("ballots.expired", group.place, "credential had expired", in_time, f"at most {sending.expires_at}", at)
        for name, what, expected, found in sending.faults:
            self.log.wrong(name, group.place, what, expected, found)
        self.log.holds("ballots.proof", group.place, "the proof does not lead to the register's root", sending.proved, self.register.root)

    def _check_leaf(self, group: Group, sent: Sent) -> None:
        """Rules 2 and 5, by the published leaf."""
        place, leaves = f"{group.place}, index {sent.index}", self.register.leaves
        if sent.index >= self.register.leaf_count:
            self.log.wrong("ballots.leaf", place, "index does not exist", f"below {self.register.leaf_count}", sent.index)
        elif leaves is not None and sent.index < len(leaves):
            published, cast = (leaves.classes[sent.index], leaves.point(sent.index)), (sent.voting_class, sent.point)
            self.log.equal("ballots.leaf", place, "leaf is not the published one", published, cast)
