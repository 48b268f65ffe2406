"""Writes and serves the files with which anyone can recount (protocol §12)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from backend.case.plans.service import PlanService
from backend.case.register.samples import Sample
from backend.case.register.service import RegisterService
from backend.ground.chain.service import Chain
from backend.ground.chain.turns import turns_to_the_end
from backend.ground.chain.values import NO_RANGE_PROOFS, Stage
from backend.ground.common.at_once import AtOnce
from backend.ground.common.clock import to_unix
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.settings import Settings
from backend.ground.common.voting import PollKind
from backend.public.publication import rules
from backend.public.publication.errors import FileUnknown, ReceiptsNotPublishedYet, ResultNotPublishedYet, TransactionsNotPublishedYet
from backend.public.publication.files import pack, state_of, write
from backend.public.publication.rules import PublishedClass, PublishedLeaf, PublishedReceipt, SampleSaid
from backend.public.publication.transactions import EVENTS_A_LOOK, PublicTransaction, as_csv, transactions_of
from backend.vote.ballots.errors import BooksNotClosedYet
from backend.vote.ballots.receipts import Receipt
from backend.vote.ballots.service import BallotService
from backend.vote.polls.errors import PollNotSealed
from backend.vote.polls.sealed import SealedPollService
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView, parameters_json
from backend.vote.stamps.rules import stamps_jsonl
from backend.vote.stamps.service import StampService
from backend.vote.tally.conditions import ConditionService
from backend.vote.tally.errors import RecordsNotReadYet
from backend.vote.tally.service import TallyService

#: Files that others of their name may replace: the result gains its decision, a sample becomes larger, stamps are added.
_REPLACED = (rules.AFTER_TALLY, rules.OF_SAMPLED_REGISTERS, rules.SAMPLE_PROOFS, rules.OF_CONDITIONS, rules.WHERE_STAMPED)
LISTS_AT_ONCE, WAIT_SECONDS = 2, 15.0


class PublicationService:
    """One folder a poll under `data_dir/published`; a file appears when it may be known, and not before."""

    def __init__(
        self,
        chain: Chain,
        register: RegisterService,
        plans: PlanService,
        polls: PollService,
        ballots: BallotService,
        tally: TallyService,
        settings: Settings,
        sealed_polls: SealedPollService | None = None,
        conditions: ConditionService | None = None,
        stamps: StampService | None = None,
    ) -> None:
        self._chain = chain
        self._register = register
        self._plans = plans
        self._polls = polls
        self._ballots = ballots
        self._tally = tally
        self._sealed_polls = sealed_polls
        self._conditions = conditions
        self._stamps = stamps
        self._folder = settings.data_dir / "published"
        self._writing = threading.Lock()
        self._whole_lists: set[str] = set()
        self._packing = AtOnce(1, WAIT_SECONDS)
        self._listing = AtOnce(LISTS_AT_ONCE, WAIT_SECONDS)

    def publish(self, poll_id: str) -> list[Path]:
        """Write every file that may be published now; called after announcement, close, tally and decision, and safe at any time.

        Raises: PollUnknown, Unavailable.
        """
        return [self.file(poll_id, name) for name in self.available(poll_id)]

    def available(self, poll_id: str) -> tuple[str, ...]:
        """The names of the files that may be published now. Raises: PollUnknown, NodeNotAnswering."""
        stage = self._polls.stage(poll_id)
        names: tuple[str, ...] = rules.AT_ANNOUNCEMENT
        poll = self._polls.get_poll(poll_id)
        names += self._more(poll)
        if stage >= Stage.CLOSED and self._books_are_closed(poll, stage):
            names += (rules.AFTER_CLOSE,)
        if stage >= Stage.TALLIED or (stage is Stage.ABANDONED and self._reason(poll) is not None):
            names += (rules.AFTER_TALLY,)
        return names

    def file(self, poll_id: str, name: str) -> Path:
        """The path of a published file, written if it is not there yet.

        Raises: PollUnknown, FileUnknown, ReceiptsNotPublishedYet, BooksNotClosedYet, ResultNotPublishedYet, Unavailable.
        """
        poll = self._polls.get_poll(poll_id)
        known = (*rules.FILES, *self._more(poll))
        if name not in known:
            raise FileUnknown(name=name[:40], known=", ".join(known))
        path = self._folder / poll.id / name
        stage = self._polls.stage(poll_id)
        if name == rules.AFTER_CLOSE:
            if stage < Stage.CLOSED:
                raise ReceiptsNotPublishedYet
            if not self._books_are_closed(poll, stage):
                raise BooksNotClosedYet
        if name == rules.AFTER_TALLY and stage < Stage.TALLIED and (stage is not Stage.ABANDONED or self._reason(poll) is None):
            raise ResultNotPublishedYet
        if not path.exists() or not self._is_final(poll, name):
            with self._writing:
                write(path, self._content(name)(poll))
        return path

    def proves_ranges(self, poll_id: str) -> bool:
        """Whether `range_proofs.bin` is among a poll's files. Raises: PollUnknown."""
        return rules.OF_PROVED_REGISTERS in self._more(self._polls.get_poll(poll_id))

    def sample_said(self, poll_id: str) -> SampleSaid | None:
        """What the sample of the poll's register says, where there is one. Raises: PollUnknown."""
        poll = self._polls.get_poll(poll_id)
        found = self._register.samples.of(poll.case_id, poll.register_number)
        return None if found is None else rules.sample_said(found.paper)

    def _more(self, poll: PollView) -> tuple[str, ...]:
        """What polls of some kinds, and over some registers, publish besides."""
        names: tuple[str, ...] = ()
        if self._register.frozen(poll.case_id, poll.register_number).range_proofs_hash is not None:
            names += (rules.OF_PROVED_REGISTERS,)
        sample = self._register.samples.of(poll.case_id, poll.register_number)
        if sample is not None:
            names += (rules.OF_SAMPLED_REGISTERS, *([rules.SAMPLE_PROOFS] if sample.proofs else []))
        if self._conditions is not None and self._conditions.of(poll.id) is not None:
            names += (rules.OF_CONDITIONS,)
        if self._stamps is not None and self._stamps.lines(poll):
            names += (rules.WHERE_STAMPED,)
        if poll.sealing is not None and poll.sealing.escrow is not None:
            names += (rules.OF_ESCROWS,)
        return (*names, rules.OF_SEALED_POLLS) if poll.kind is PollKind.SEALED else names

    def _is_final(self, poll: PollView, name: str) -> bool:
        """Whether a file that was written never changes: the result gains its decision, lost receipts may come back from the journal."""
        if name in _REPLACED:
            return False
        if name != rules.AFTER_CLOSE or poll.protocol == 1 or poll.id in self._whole_lists:
            return True
        if not self._ballots.anchors.is_short(poll):
            self._whole_lists.add(poll.id)  # written once more by this process, which knows it to be whole now
        return False

    def zip(self, poll_id: str) -> Path:
        """All files that may be published now, in one archive; the same files give the same bytes, and are packed once.

        Raises: PollUnknown, Unavailable, Busy.
        """
        paths = self.publish(poll_id)
        # The result gains its decision, stamps are added, a list of receipts that was short may come back; the others never change.
        changing = [state_of(path) for path in paths if path.name in {*_REPLACED, rules.AFTER_CLOSE}]
        state = hashlib.sha256(b"\0".join([*(path.name.encode() for path in paths), *changing])).hexdigest()[:16]
        packed = self._folder / paths[0].parent.name / f".published-{state}.zip"
        with self._packing.place():
            if not packed.exists():
                pack(packed, paths)
        return packed

    def transactions(self, poll_id: str, after_id: int = 0) -> list[PublicTransaction]:
        """The next transactions of a poll in final blocks, oldest first; none when that is all. After the close, like the receipts.

        Raises: PollUnknown, TransactionsNotPublishedYet.
        """
        address = self._polls.get_poll(poll_id).address
        if self._polls.stage(poll_id) < Stage.CLOSED:
            raise TransactionsNotPublishedYet
        return transactions_of(self._chain.events(address, None, after_id, limit=EVENTS_A_LOOK))

    def all_transactions(self, poll_id: str) -> bytes:
        """All of them as CSV. Raises: as `transactions`, Busy."""
        with self._listing.place():
            return as_csv(self._all_transactions(poll_id))

    def _all_transactions(self, poll_id: str) -> Iterator[PublicTransaction]:
        after_id = 0
        while found := self.transactions(poll_id, after_id):
            yield from found
            after_id = found[-1].last_id

    def _books_are_closed(self, poll: PollView, stage: Stage) -> bool:
        """Whether the relay has said on the chain that there are no more receipts; where the sums were opened without, nobody waits."""
        return poll.protocol == 1 or stage >= Stage.TALLIED or self._ballots.anchors.is_closed(poll)

    def _content(self, name: str) -> Callable[[PollView], bytes]:
        return {
            "poll.json": self._poll_json,
            "leaves.csv": self._leaves_csv,
            "register.json": self._register_json,
            "plan.json": lambda poll: self._plans.plan_bytes(poll.plan_id),
            "plan.pdf": lambda poll: self._plans.pdf_bytes(poll.plan_id),
            "receipts.jsonl": self._receipts_jsonl,
            "result.json": self._result_json,
            "seal.json": self._seal_json,
            rules.OF_ESCROWS: lambda poll: canonical_json(poll.sealing.escrow if poll.sealing else None),
            rules.OF_PROVED_REGISTERS: self._range_proofs,
            rules.OF_SAMPLED_REGISTERS: lambda poll: self._sample(poll).paper,
            rules.OF_CONDITIONS: self._conditions_json,
            rules.SAMPLE_PROOFS: lambda poll: self._sample(poll).proofs,
            rules.WHERE_STAMPED: self._stamps_jsonl,
        }[name]

    def _poll_json(self, poll: PollView) -> bytes:
        head: dict[str, object] = {
            "case": poll.case_address.lower(),
            "chain_id": self._chain.chain_id,
            "poll": poll.address.lower(),
            "poll_number": poll.number,
            "from_block": self._creation_block(poll.case_address),
            "rule_name": poll.rule,
            "tree_depth": poll.tree_depth,
        }
        if poll.protocol > 1:
            head["protocol"] = poll.protocol
        if poll.protocol > 2:
            head["rehearsal"] = poll.rehearsal
        if poll.sealing is not None:
            sealing = poll.sealing
            head |= {"kind": poll.kind.value, "motions": poll.motions, "abandon_after_seconds": sealing.abandon_after_seconds}
        return rules.poll_json(head, parameters_json(poll.parameters))

    def _seal_json(self, poll: PollView) -> bytes:
        if self._sealed_polls is None:
            raise PollNotSealed(number=poll.number)
        return self._sealed_polls.transcript(poll)

    def _creation_block(self, address: str) -> int:
        for _ in turns_to_the_end(self._chain, address):
            opened = self._chain.events(address, "CaseOpened", confirmed=False)
            if opened:
                return opened[0].block
        raise RecordsNotReadYet

    def _leaves_csv(self, poll: PollView) -> bytes:
        frozen = self._register.frozen(poll.case_id, poll.register_number)
        return rules.leaves_csv(PublishedLeaf(leaf.index, leaf.voting_class, leaf.x, leaf.y) for leaf in frozen.leaves)

    def _register_json(self, poll: PollView) -> bytes:
        classes = [PublishedClass(c.name, c.heads, c.amount_fen, c.blind) for c in poll.classes]
        proofs = None
        if poll.protocol > 1:
            proofs = self._register.frozen(poll.case_id, poll.register_number).range_proofs_hash or NO_RANGE_PROOFS
        return rules.register_json(poll.register_number, poll.register_root, poll.leaf_count, classes, proofs)

    def _range_proofs(self, poll: PollView) -> bytes:
        return b"".join(self._register.range_proofs(poll.case_id, poll.register_number))

    def _sample(self, poll: PollView) -> Sample:
        found = self._register.samples.of(poll.case_id, poll.register_number)
        assert found is not None, "its files are among those of a poll only where there is one"
        return found

    def _conditions_json(self, poll: PollView) -> bytes:
        found = None if self._conditions is None else self._conditions.of(poll.id)
        assert found is not None, "it is among a poll's files only where there is one"
        return found

    def _receipts_jsonl(self, poll: PollView) -> bytes:
        return rules.receipts_jsonl(_published(receipt) for receipt in self._ballots.receipts_of(poll.id))

    def _stamps_jsonl(self, poll: PollView) -> bytes:
        return stamps_jsonl(() if self._stamps is None else self._stamps.lines(poll))

    def _reason(self, poll: PollView) -> str | None:
        """Why a poll was abandoned; None where officials did it past us and kept the text."""
        return None if self._sealed_polls is None else self._sealed_polls.abandonment_reason(poll)

    def _result_json(self, poll: PollView) -> bytes:
        if self._polls.stage(poll.id) is Stage.ABANDONED and (reason := self._reason(poll)) is not None:
            return rules.abandoned_json(reason, keccak(reason.encode()))
        result = self._tally.result(poll.id)
        return rules.result_json(
            [asdict(tally) for tally in result.tallies],
            passed=result.passed if poll.kind is PollKind.OPEN else [motion.passed for motion in result.motions],
            result_hash=result.result_hash,
            challenge_ends_at=to_unix(result.challenge_ends_at),
            decision=result.decision,
            excluded=[leaf.index for leaf in result.excluded] if poll.protocol > 1 else None,
            invalid=None if result.sealed is None else result.sealed.invalid_by_class,
        )


def _published(receipt: Receipt) -> PublishedReceipt:
    place = receipt.place
    return PublishedReceipt(
        ballot_digest=receipt.ballot_digest,
        ballot_key=receipt.ballot_key,
        index=receipt.index,
        sequence=receipt.sequence,
        received_at=to_unix(receipt.received_at),
        signature=bytes.fromhex(receipt.signature[2:]),
        place=None if place is None else (place.book, place.number, place.previous),
        sealed=None if receipt.sealed is None else (receipt.sealed.seal, receipt.sealed.sealed_choice),
    )
