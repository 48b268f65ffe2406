"""A case with officials, institution, register, plan and polls on a test chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from web3.contract import Contract
from web3.logs import DISCARD

from tests.contracts.ballot_box import (
    NO_RANGE_PROOFS,
    PARAMETERS_ABI,
    N,
    Papers,
    Register,
    Vote,
    address_of,
    classes_hash,
    secret,
    sign,
    signer_of,
)
from tests.contracts.chain import Chain
from tests.contracts.typed import Domain

PLAN_HASH = keccak(b"the plan")
#: Heads: more than half of those taking part; amount: at least two thirds of for and against.
RULE = [(0, 0, 1, 1, 2, True), (1, 0, 2, 2, 3, False)]


@dataclass(frozen=True)
class Terms:
    """Parameters of a poll, in the order of protocol §8.1."""

    register_number: int
    plan_number: int
    conditions: Sequence[tuple[int, int, int, int, int, bool]]
    opens_at: int
    closes_at: int
    challenge_seconds: int
    verifiers: Sequence[str]
    receipt_signer: str

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(self.__dict__.values())

    @property
    def encoded(self) -> bytes:
        return encode([PARAMETERS_ABI], [self.values])

    @property
    def hash(self) -> bytes:
        return keccak(self.encoded)


@dataclass
class World:
    """Officials' keys and the case they opened; what they sign goes to the chain with `threshold` signatures."""

    chain: Chain
    official_keys: list[bytes] = field(default_factory=lambda: [secret("official", i) for i in range(3)])
    threshold: int = 2
    institution_key: bytes = field(default_factory=lambda: secret("institution"))
    verifier_key: bytes = field(default_factory=lambda: secret("verifier"))
    rehearsal: bool = True

    def __post_init__(self) -> None:
        signers = [signer_of(key) for key in self.official_keys]
        self.case = self.chain.open_case(signers, self.threshold, signer_of(self.institution_key), self.rehearsal)
        self.domain = Domain(self.chain.chain_id, self.case.address)

    def signed(self, name: str, *values: object, keys: Sequence[bytes] | None = None) -> tuple[list[bytes], list[bytes]]:
        """Signers and signatures of the officials over the case's typed data."""
        chosen = self.official_keys[: self.threshold] if keys is None else keys
        digest = self.domain.digest(name, *values)
        return [signer_of(key) for key in chosen], [sign(key, digest) for key in chosen]

    def freeze(
        self, register: Register, classes: Sequence[tuple[int, int, int]] | None = None, proofs_hash: bytes = NO_RANGE_PROOFS
    ) -> int:
        """Freeze the register; `classes` are other totals than its leaves have."""
        number = self.case.functions.registerCount().call()
        totals = register.classes if classes is None else list(classes)
        (root, count), hashes = (register.root, len(register.lenders)), (register.class_names_hash, proofs_hash)
        proofs = self.signed("RegisterFreeze", number, root, count, classes_hash(totals), *hashes)
        self.chain.send(self.case.functions.freezeRegister(root, count, totals, *hashes, *proofs))
        return int(number)

    def submit(self, plan_hash: bytes = PLAN_HASH) -> int:
        number = self.case.functions.planCount().call()
        signature = sign(self.institution_key, self.domain.digest("PlanSubmission", number, plan_hash))
        self.chain.send(self.case.functions.submitPlan(plan_hash, signature))
        return int(number)

    def admit(self, number: int, plan_hash: bytes = PLAN_HASH) -> None:
        self.chain.send(self.case.functions.admitPlan(number, *self.signed("PlanAdmission", number, plan_hash)))

    def terms(self, register_number: int = 0, plan_number: int = 0) -> Terms:
        opens_at = self.chain.now + 1_000
        return Terms(
            register_number,
            plan_number,
            RULE,
            opens_at,
            opens_at + 10_000,
            3_600,
            [address_of(self.verifier_key)],
            address_of(secret("relay")),
        )

    def announce(self, terms: Terms, at: int | None = None) -> Contract:
        number = self.case.functions.pollCount().call()
        proofs = self.signed("PollAnnouncement", number, terms.hash, self.rehearsal)
        self.chain.send(self.case.functions.announcePoll(terms.values, *proofs), at=at)
        return self.chain.contract("Poll", self.case.functions.poll(number).call())


@dataclass
class OpenPoll:
    """A poll that can be voted in, with the papers to do so."""

    world: World
    register: Register
    terms: Terms
    contract: Contract
    papers: Papers

    @classmethod
    def announce(cls, world: World, register: Register, terms: Terms, plan_hash: bytes = PLAN_HASH) -> OpenPoll:
        contract = world.announce(terms)
        domain = Domain(world.chain.chain_id, contract.address)
        papers = Papers(domain, register, plan_hash, world.verifier_key, terms.closes_at)
        return cls(world, register, terms, contract, papers)

    @classmethod
    def of(cls, world: World, register: Register, classes: Sequence[tuple[int, int, int]] | None = None, **changes: Any) -> OpenPoll:
        """A poll on that register, open; `changes` replaces terms."""
        terms = replace(world.terms(world.freeze(register, classes)), **changes)
        poll = cls.announce(world, register, terms)
        world.chain.warp(terms.opens_at)
        return poll

    @property
    def chain(self) -> Chain:
        return self.world.chain

    @property
    def calls(self) -> Any:
        return self.contract.functions

    def ask(self, name: str, *values: Any) -> Any:
        """What a view of the contract answers."""
        return self.chain.view(self.contract.address, name, *values)

    def vote(self, index: int, choice: int, sequence: int = 1, key: bytes | None = None) -> Vote:
        return Vote(self.register.lenders[index], choice, sequence, key)

    def cast(self, vote: Vote, at: int | None = None, **changes: object) -> Any:
        return self.chain.send(self.calls.cast(*self.papers.ballot(vote, **changes)), at=at)

    def cast_batch(self, votes: Sequence[Vote], at: int | None = None, **changes: Any) -> Any:
        batch = replace(self.papers.batch(votes), **changes) if changes else self.papers.batch(votes)
        return self.chain.send(self.calls.castBatch(*batch.arguments), at=at)

    def exclude(self, index: int, at: int | None = None, sender: str | None = None, as_index: int | None = None, **changes: Any) -> Any:
        """Take a leaf out by its opening; `changes` and `as_index` replace arguments of excludeLeaf()."""
        lender = self.register.lenders[index]
        given = {
            "index": index if as_index is None else as_index,
            "leaf": lender.leaf,
            "proof": self.register.proof(index),
            "amount": lender.amount_fen % N,
            "blind": lender.blind,
        }
        assert changes.keys() <= given.keys(), changes
        return self.chain.send(self.calls.excludeLeaf(*(given | changes).values()), at=at, sender=sender)

    def attest(self, key: bytes, approve: bool, at: int | None = None, signature: bytes | None = None) -> Any:
        digest = self.papers.domain.digest("Attestation", self.calls.resultHash().call(), approve)
        return self.chain.send(self.calls.attest(signer_of(key), approve, signature or sign(key, digest)), at=at)

    def recorded(self, receipt: Any) -> bytes:
        """The bytes of the BallotsRecorded events of a transaction."""
        return b"".join(log["args"]["recorded"] for log in self.contract.events.BallotsRecorded().process_receipt(receipt, DISCARD))

    def rejected(self, receipt: Any) -> list[tuple[int, str, int, int]]:
        """Index, ballot key, sequence, reason of the BallotRejected events of a transaction."""
        logs = self.contract.events.BallotRejected().process_receipt(receipt, DISCARD)
        return [(a["index"], a["ballotKey"], a["sequence"], a["reason"]) for a in (log["args"] for log in logs)]

    def ballot_of(self, index: int) -> tuple[int, int]:
        return tuple(self.ask("ballotOf", index))

    def heads(self, voting_class: int) -> list[int]:
        return list(self.ask("heads", voting_class))

    def admitted(self, voting_class: int) -> tuple[int, int]:
        return tuple(self.ask("admitted", voting_class))

    def sums(self, voting_class: int) -> list[tuple[int, int]]:
        return [tuple(self.ask("sumOf", voting_class, choice)) for choice in (1, 2, 3)]
