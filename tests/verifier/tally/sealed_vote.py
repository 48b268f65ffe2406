"""A small real sealed vote on a real chain, from the ceremony to the decision, and its published files.

The key comes from the trustees' own tool, all else from the contract tests' own signer: nothing of the recounts takes part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, Register, address_of, make_register, secret, sign, two_words
from tests.contracts.chain import Chain
from tests.contracts.ranged import context_of, proofs_file
from tests.contracts.sealed_world import SealedPapers, SealedPoll, SealedTerms, SealedVote, SealedWorld, plain_of
from tests.contracts.typed import Domain
from tests.contracts.world import Terms
from tests.verifier.tally.ceremony import DealtKeys
from tests.verifier.tally.vote import RELAY, Book, HeldVote, hex_of, plan_of, preset

SEALED_TALLIED = 5  # stages of a sealed poll: tallied, approved, refused, abandoned
DECISIONS = {6: "approved", 7: "refused"}
NONSENSE = 1 << 40 | 5
REASON = "三名保管人遗失文件"


@dataclass
class SealedHeldVote(HeldVote):
    """A sealed vote that was held; `chosen` has what each lender's newest ballot holds, nothing for an invalid one."""

    poll: SealedPoll  # type: ignore[assignment]
    chosen: dict[int, Sequence[int]] = field(default_factory=dict)
    reason: str = ""

    @classmethod
    def announce_sealed(
        cls,
        chain: Chain,
        register: Register | None = None,
        world: SealedWorld | None = None,
        rule_name: str = "CN_EBL64",
        motions: int = 1,
        window_seconds: int = 10_000,
    ) -> SealedHeldVote:
        """Case, register, plan, ceremony and poll, up to the announcement."""
        world, register = world or SealedWorld(chain), register or make_register(12)
        titles = {"motions": [f"事项{number}" for number in range(1, motions + 1)]} if motions > 1 else {}
        plan = plan_of(world.case.address.lower(), {"title": "清偿方案"} | titles)
        number = world.case.functions.registerCount().call()
        proofs = proofs_file(context_of(chain.chain_id, world.case.address, number, register), register.lenders)
        register_number, plan_number = world.freeze(register, proofs_hash=keccak(proofs)), world.submit(keccak(plan))
        world.admit(plan_number, keccak(plan))
        terms = world.terms(register_number, plan_number)
        closes_at = terms.opens_at + window_seconds
        terms = replace(terms, conditions=preset(rule_name), closes_at=closes_at, receipt_signer=address_of(RELAY))
        number = world.case.functions.pollCount().call()
        case = bytes.fromhex(world.case.address[2:])
        keys = DealtKeys(("held", world.case.address, number), len(world.trustees), 2, case, chain.chain_id)
        sealed_terms = SealedTerms(terms, motions)
        contract = world.announce_sealed(sealed_terms, keys)
        domain = Domain(chain.chain_id, contract.address)
        papers = SealedPapers(domain, register, keccak(plan), world.verifier_key, closes_at, keys)
        return cls(world, register, plan, SealedPoll(world, register, sealed_terms, contract, papers), rule_name, range_proofs=proofs)

    def sealed(self, index: int, choice: int, sequence: int = 1, *, receipted: bool = True, **rest: Any) -> SealedVote:
        """A lender's ballot with the relay's receipt: a choice in the first motion and other ones in the others; 0 holds nothing."""
        choices = self.choices(choice)
        vote = SealedVote(self.register.lenders[index], plain_of(choices) if choice else NONSENSE, sequence, **rest)
        if receipted:
            self.receipts.append(self.receipt_for(vote))
        return vote

    def choices(self, choice: int) -> tuple[int, ...]:
        return tuple((choice + motion - 1) % 3 + 1 for motion in range(self.poll.motions)) if choice else ()

    def receipt_for(self, vote: SealedVote, book: int = 0) -> dict[str, Any]:
        seal, sealed_choice = self.poll.papers.sealed(vote)
        fields = (vote.lender.index, vote.sequence, seal, sealed_choice, keccak(self.plan), self.poll.keys.hash)
        digest = self.poll.papers.domain.digest("SealedBallot", *fields)
        row = self.book(book).sign(digest, address_of(vote.lender.ballot_key), vote.lender.index, vote.sequence)
        return row | {"seal": f"0x{seal:064x}", "sealed_choice": f"0x{sealed_choice:016x}"}

    def book(self, number: int = 0) -> Book:
        while len(self.books) <= number:
            name = keccak(b"book" + self.poll.papers.domain.separator + bytes([len(self.books)]))
            self.books.append(Book(self.poll.papers.domain, self.poll.terms.poll.opens_at + 5, name))
        return self.books[number]

    def chose(self, votes: Iterable[SealedVote]) -> None:
        """What these ballots hold is what counts for their lenders."""
        for vote in votes:
            found = tuple(vote.plain >> 2 * motion & 3 for motion in range(self.poll.motions))
            whole = vote.fields is None and vote.plain >> 2 * self.poll.motions == 0 and all(found)
            self.chosen[vote.lender.index] = found if whole else ()

    def hold(self) -> None:
        """Ballots by both ways, replaced ones, rejected ones, one overtaken, and some that hold nothing."""
        poll, chain = self.poll, self.poll.chain
        chain.warp(poll.terms.poll.opens_at)
        first = self.sealed(0, FOR)
        poll.cast(first)
        batch = [self.sealed(1, FOR), self.sealed(3, 0), self.sealed(4, AGAINST), self.sealed(6, ABSTAIN), self.sealed(7, FOR)]
        stranger = self.sealed(2, AGAINST, key=secret("stranger"), receipted=False)
        poll.cast_batch([batch[0], stranger, *batch[1:]])
        again = [self.sealed(1, AGAINST, 2), self.sealed(8, FOR), self.sealed(9, FOR, 63), self.sealed(10, FOR)]
        poll.cast_batch([self.sealed(0, AGAINST, 1, receipted=False), *again])
        self.sealed(5, AGAINST, 1)  # received, never sent: the lender's next ballot overtook it
        copied = SealedVote(self.register.lenders[4], 0, 2, fields=poll.papers.sealed(first))  # another lender's seal, taken over
        self.receipts.append(self.receipt_for(copied))
        last = [self.sealed(5, FOR, 2), self.sealed(1, FOR, 3), copied]
        for vote in last:
            poll.cast(vote)
        self.chose([first, *batch, *again, *last])
        self.note()

    def breach(self) -> None:
        """Somebody shows that shares were put together."""
        by = self.poll.keys.secret.to_bytes(32, "big")
        signature = sign(by, self.poll.papers.domain.digest("SealBreach"))
        self.poll.chain.send(self.poll.calls.reportBreach(*two_words(signature)))

    def unseal(self, openers: Sequence[int] = (0, 2)) -> None:
        """The close, the shares of some seats, the secret."""
        poll = self.poll
        poll.close()
        self.note(closed=True)
        for seat in openers:
            poll.chain.send(poll.calls.publishShare(seat, poll.keys.shares[seat]))
        poll.unseal()

    def close(self, before_opening: Callable[[HeldVote], None] = lambda _: None, *, sizes: Sequence[int] = (4, 5)) -> None:
        """Unseal, count in pieces, open the sums, let the challenge period pass, let two officials approve."""
        self.unseal()
        for size in sizes:
            self.poll.count(size)
        self.poll.count_all()
        self.decide(before_opening)

    def decide(self, before_opening: Callable[[HeldVote], None] = lambda _: None) -> None:
        """What follows once the box is empty."""
        poll, chain = self.poll, self.poll.chain
        before_opening(self)
        poll.open_sums(self.chosen)
        chain.warp(poll.calls.challengeEndsAt().call())
        for key in self.world.official_keys[:2]:
            poll.attest(key, bool(poll.calls.passed().call()))

    def abandon(self) -> None:
        """Officials give the poll up when it is overdue."""
        self.reason = REASON
        terms = self.poll.terms
        self.poll.chain.warp(terms.poll.closes_at + terms.abandon_after_seconds)
        number = self.poll.calls.pollNumber().call()
        self.poll.world.abandon(number, keccak(self.reason.encode()))

    def publish(self, folder: Path) -> None:
        """Write the files of protocol §12."""
        super().publish(folder)
        (folder / "seal.json").write_bytes(self.poll.keys.seal_json)  # type: ignore[attr-defined]

    @property
    def terms(self) -> Terms:
        return self.poll.terms.poll

    @property
    def has_result(self) -> bool:
        return self.poll.stage() >= SEALED_TALLIED

    def poll_file(self) -> dict[str, Any]:
        terms = self.poll.terms
        return super().poll_file() | {"kind": "sealed", "motions": terms.motions, "abandon_after_seconds": terms.abandon_after_seconds}

    def result(self) -> dict[str, Any]:
        if self.reason:
            return {"abandoned": self.reason, "reason_hash": hex_of(keccak(self.reason.encode()))}
        calls = self.poll.calls
        passed = calls.passed().call()
        more = {
            "passed": [bool(passed >> motion & 1) for motion in range(calls.motions().call())],
            "invalid": [calls.invalid(number).call() for number in range(self.register.class_count)],
            "decision": DECISIONS.get(calls.stage().call()),
        }
        return super().result() | more
