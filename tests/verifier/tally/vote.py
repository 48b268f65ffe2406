"""A small real vote on a real chain, from the register to the decision, and its published files.

Written with the contract tests' own signer and web3: nothing of the recount tool takes part in making what it recounts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, Register, Vote, address_of, make_register, opening, secret, sign
from tests.contracts.chain import Chain
from tests.contracts.ranged import context_of, proofs_file
from tests.contracts.typed import TYPES, Domain
from tests.contracts.world import OpenPoll, Terms, World

RECEIPT_TYPE = (
    "bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt,bytes32 book,uint64 number,bytes32 previous"
)
NOTE_ABI = ["address", "uint64", "bytes32", "bool", "(bytes32,uint64,bytes32)[]"]
RECEIPTS = b"receipts".ljust(32, b"\0")
MEASURES, NUMERATORS = ("heads", "amount"), ("for", "taking_part")
DENOMINATORS = ("admitted", "taking_part", "for_against")
VECTORS = Path(__file__).parents[2] / "vectors"
PDF = b"%PDF-1.7\nplan\n%%EOF\n"
TALLIED = 3
RELAY = secret("relay")


def hex_of(value: bytes | str) -> str:
    return value.lower() if isinstance(value, str) else "0x" + value.hex()


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def preset(name: str) -> list[tuple[int, int, int, int, int, bool]]:
    """The conditions of a rule by its name."""
    conditions = json.loads((VECTORS / "rules.json").read_bytes())["presets"][name]["tuples"]
    return [tuple(one) for one in conditions]


@dataclass
class Book:
    """One book of the relay's receipts (protocol §11)."""

    domain: Domain
    received_at: int
    name: bytes
    key: bytes = RELAY
    number: int = 0
    head: bytes = bytes(32)

    def sign(self, digest: bytes, ballot_key: str, index: int, sequence: int) -> dict[str, Any]:
        """The next receipt, as a line of receipts.jsonl."""
        TYPES.setdefault("BallotReceipt", RECEIPT_TYPE)
        self.number += 1
        previous = self.head
        place = self.name, self.number, previous
        self.head = self.domain.digest("BallotReceipt", digest, ballot_key, index, sequence, self.received_at, *place)
        return {
            "ballot_digest": hex_of(digest),
            "ballot_key": hex_of(ballot_key),
            "book": hex_of(self.name),
            "index": index,
            "number": self.number,
            "previous": hex_of(previous),
            "received_at": self.received_at,
            "sequence": sequence,
            "signature": hex_of(sign(self.key, self.head)),
        }


def plan_of(case: str, changes: dict[str, Any]) -> bytes:
    """plan.json of a case."""
    plan = {
        "case": case,
        "ladder": [{"months": 12, "ratio_bps": 3000}, {"months": 36, "ratio_bps": 7000}],
        "parts": {
            "settlement": "先本金后收益，三年付清。",
            "liquidation_period": "六个月",
            "existing_business": "存量到期不续。",
            "dispute_resolution": "先调解，后仲裁。",
        },
        "pdf": {"bytes": len(PDF), "keccak": hex_of(keccak(PDF))},
        "title": "退出方案",
        "version": 1,
    }
    return canonical(plan | changes)


@dataclass
class HeldVote:
    """A vote that was held, with all that is needed to publish it."""

    world: World
    register: Register
    plan: bytes
    poll: OpenPoll
    rule_name: str = "CN_EBL64"
    receipts: list[dict[str, Any]] = field(default_factory=list)
    newest: dict[int, int] = field(default_factory=dict)
    books: list[Book] = field(default_factory=list)
    notes: list[bytes] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    range_proofs: bytes = b""

    @classmethod
    def announce(
        cls,
        chain: Chain,
        register: Register | None = None,
        world: World | None = None,
        rule_name: str = "CN_EBL64",
        window_seconds: int = 10_000,
    ) -> HeldVote:
        """Case, register, plan and poll, up to the announcement."""
        world, register = world or World(chain), register or make_register(12)
        plan = plan_of(world.case.address.lower(), {"title": "清偿方案"})
        number = world.case.functions.registerCount().call()
        proofs = proofs_file(context_of(chain.chain_id, world.case.address, number, register), register.lenders)
        register_number, plan_number = world.freeze(register, proofs_hash=keccak(proofs)), world.submit(keccak(plan))
        world.admit(plan_number, keccak(plan))
        terms = world.terms(register_number, plan_number)
        closes_at = terms.opens_at + window_seconds
        terms = replace(terms, conditions=preset(rule_name), closes_at=closes_at, receipt_signer=address_of(RELAY))
        poll = OpenPoll.announce(world, register, terms, keccak(plan))
        return cls(world, register, plan, poll, rule_name, range_proofs=proofs)

    def vote(self, index: int, choice: int, sequence: int = 1, *, key: bytes | None = None, receipted: bool = True) -> Vote:
        """A lender's ballot, with the relay's receipt for it."""
        vote = self.poll.vote(index, choice, sequence, key)
        if receipted:
            self.receipts.append(self.receipt(vote))
        return vote

    def receipt(self, vote: Vote, book: int = 0) -> dict[str, Any]:
        """The relay's next receipt of one of its books, for a ballot."""
        domain, plan_hash = self.poll.papers.domain, keccak(self.plan)
        digest = domain.digest("Ballot", vote.lender.index, vote.choice, vote.sequence, plan_hash)
        return self.book(book).sign(digest, address_of(vote.lender.ballot_key), vote.lender.index, vote.sequence)

    def book(self, number: int = 0) -> Book:
        """One of the relay's books, begun when it is first asked for."""
        while len(self.books) <= number:
            name = keccak(b"book" + self.poll.papers.domain.separator + bytes([len(self.books)]))
            self.books.append(Book(self.poll.papers.domain, self.poll.terms.opens_at + 5, name))
        return self.books[number]

    def note(self, *, closed: bool = False, **changes: Any) -> None:
        """The relay notes the heads of its books on the chain."""
        heads = sorted((book.name, book.number, book.head) for book in self.books)
        previous = keccak(self.notes[-1]) if self.notes else bytes(32)
        values = {"poll": self.poll.contract.address, "note": len(self.notes) + 1, "previous": previous, "closed": closed, "heads": heads}
        data = encode(NOTE_ABI, list((values | changes).values()))
        self.notes.append(data)
        self.poll.chain.send_as(RELAY, self.world.case.functions.note(RECEIPTS, data))

    def count(self, votes: Iterable[Vote]) -> None:
        for vote in votes:
            self.newest[vote.lender.index] = vote.choice

    def hold(self) -> None:
        """Ballots by both ways, replaced ones, rejected ones, one that a later one overtook."""
        poll, chain = self.poll, self.poll.chain
        chain.warp(poll.terms.opens_at)
        first = self.vote(0, FOR)
        poll.cast(first)
        batch = [self.vote(1, FOR), self.vote(2, AGAINST, key=secret("stranger"), receipted=False)]
        batch += [self.vote(4, AGAINST), self.vote(6, ABSTAIN), self.vote(7, FOR)]
        poll.cast_batch([*batch[:2], self.vote(3, 0, receipted=False), *batch[2:]])
        again = [self.vote(1, AGAINST, 2), self.vote(8, FOR), self.vote(9, FOR, 63), self.vote(10, FOR)]
        poll.cast_batch([self.vote(0, AGAINST, 1, receipted=False), *again])
        self.vote(5, AGAINST, 1)  # received, never sent: the lender's next ballot overtook it
        last = [self.vote(5, FOR, 2), self.vote(1, FOR, 3)]
        for vote in last:
            poll.cast(vote)
        self.count([first, batch[0], *batch[2:], *again, *last])
        self.note()

    def close(self, before_opening: Callable[[HeldVote], None] = lambda _: None) -> None:
        """Open the sums, let the challenge period pass, let two officials approve."""
        poll, chain = self.poll, self.poll.chain
        chain.warp(poll.terms.closes_at)
        self.note(closed=True)
        before_opening(self)
        chain.send(poll.calls.openSums(opening(self.register, self.newest)))
        chain.warp(poll.calls.challengeEndsAt().call())
        for key in self.world.official_keys[:2]:
            poll.attest(key, True)

    @property
    def terms(self) -> Terms:
        return self.poll.terms

    @property
    def has_result(self) -> bool:
        return int(self.poll.calls.stage().call()) >= TALLIED

    def poll_file(self) -> dict[str, Any]:
        """poll.json."""
        terms, chain = self.terms, self.poll.chain
        opened = self.world.case.events.CaseOpened().get_logs(from_block=0)
        conditions = [
            {"measure": MEASURES[m], "numerator": NUMERATORS[n], "denominator": DENOMINATORS[d], "num": num, "den": den, "strict": strict}
            for m, n, d, num, den, strict in terms.conditions
        ]
        parameters = {
            "register_number": terms.register_number,
            "plan_number": terms.plan_number,
            "conditions": conditions,
            "opens_at": terms.opens_at,
            "closes_at": terms.closes_at,
            "challenge_seconds": terms.challenge_seconds,
            "verifiers": [hex_of(key) for key in terms.verifiers],
            "receipt_signer": hex_of(terms.receipt_signer),
        }
        return {
            "protocol": 5,
            "rehearsal": self.world.rehearsal,
            "case": hex_of(self.world.case.address),
            "chain_id": chain.chain_id,
            "poll": hex_of(self.poll.contract.address),
            "poll_number": self.poll.calls.pollNumber().call(),
            "from_block": opened[0]["blockNumber"],
            "parameters": parameters,
            "rule_name": self.rule_name,
            "tree_depth": self.register.depth,
        }

    def publish(self, folder: Path) -> None:
        """Write the files of protocol §12."""
        terms = self.terms
        classes = [
            {"name": name, "heads": heads, "amount_fen": fen, "blind": hex_of(blind.to_bytes(32, "big"))}
            for name, (heads, fen, blind) in zip(self.register.class_names, self.register.classes, strict=True)
        ]
        register = {
            "register_number": terms.register_number,
            "root": hex_of(self.register.root),
            "leaf_count": len(self.register.lenders),
            "classes": classes,
            "range_proofs_hash": hex_of(keccak(self.range_proofs)),
        }
        leaves = [f"{one.index},{one.voting_class},{one.point[0]:064x},{one.point[1]:064x}" for one in self.register.lenders]
        (folder / "poll.json").write_bytes(canonical(self.poll_file()))
        (folder / "register.json").write_bytes(canonical(register))
        (folder / "leaves.csv").write_text("\n".join(["index,voting_class,x,y", *leaves]) + "\n")
        (folder / "range_proofs.bin").write_bytes(self.range_proofs)
        (folder / "plan.json").write_bytes(self.plan)
        (folder / "plan.pdf").write_bytes(PDF)
        (folder / "receipts.jsonl").write_bytes(b"".join(canonical(receipt) + b"\n" for receipt in self.listed()))
        if self.has_result:
            (folder / "result.json").write_bytes(canonical(self.result()))

    def listed(self) -> list[dict[str, Any]]:
        """The receipts in the order in which they are published."""
        return sorted(self.receipts, key=lambda one: (one["book"], one["number"]))

    def result(self) -> dict[str, Any]:
        calls = self.poll.calls
        names = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")
        stage = calls.stage().call()
        return {
            "tallies": [dict(zip(names, tally, strict=True)) for tally in calls.tallies().call()],
            "passed": calls.passed().call(),
            "result_hash": hex_of(bytes(calls.resultHash().call())),
            "challenge_ends_at": calls.challengeEndsAt().call(),
            "decision": {4: "approved", 5: "refused"}.get(stage),
            "excluded": sorted(self.excluded),
        }
