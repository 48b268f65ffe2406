"""A small case on a real chain: three officials, an institution, a verifier, seven lenders in two classes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.ground.chain import typed_data
from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.calls import ConfirmedTransaction, ContractCall
from backend.ground.chain.case import CaseContract, creation
from backend.ground.chain.creations import created
from backend.ground.chain.entries import pack_entries
from backend.ground.chain.node import Node
from backend.ground.chain.poll import PollContract
from backend.ground.chain.service import Chain
from backend.ground.chain.signatures import address_of, sign
from backend.ground.chain.typed_data import TypedData, address_bytes
from backend.ground.chain.values import (
    NO_RANGE_PROOFS,
    BatchBallot,
    ClassTotals,
    Leaf,
    Opening,
    PollParameters,
    SignedBallot,
    class_names_hash,
    classes_hash,
    parameters_hash,
)
from backend.ground.common.hashing import keccak
from backend.ground.common.voting import Condition, Denominator, Measure, Numerator
from backend.ground.db.base import Base
from backend.ground.db.sessions import Sessions, open_engine, open_sessions
from tests.databases import url_for
from tests.vectors import reference as ref

RELAY_KEY = keccak(b"test relay")
PLAN_HASH = keccak(b"test plan")
HALF = Condition(Measure.HEADS, Numerator.FOR, Denominator.TAKING_PART, 1, 2, strict=True)


def key_of(name: str) -> bytes:
    return keccak(b"test " + name.encode())


def signer_of(name: str) -> bytes:
    return address_bytes(address_of(key_of(name)))


def whole_answer(node: Node, method: str, *params: object) -> Any:
    """What a node says, fields that the product does not use among it."""
    return node._ask_once(method, *params)


def open_database(path: Path) -> Sessions:
    engine = open_engine(url_for(path))
    Base.metadata.create_all(engine)
    return open_sessions(engine)


def open_test_chain(folder: Path, *, pump: bool = True, at_once: bool = True, keep_history: bool = False) -> Chain:
    anvil = EmbeddedAnvil(folder / "state.json", at_once=at_once, keep_history=keep_history)
    chain = Chain(anvil.url, open_database(folder / "db.sqlite3"), RELAY_KEY, embedded=anvil)
    chain.start(pump=pump)
    return chain


def officials(count: int = 3) -> list[bytes]:
    return [signer_of(f"official {number}") for number in range(count)]


def case_creation() -> ContractCall:
    return creation(officials(), 2, signer_of("institution"), rehearsal=True)


def until(condition: Callable[[], object], *first: Callable[[], object], seconds: float = 15) -> None:
    """Wait until the condition holds, each time after what is to be done `first`; the test fails when it does not in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        for act in first:
            act()
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError("the condition did not come to hold")


@dataclass
class World:
    """The case's people, register and poll; every step is one transaction."""

    chain: Chain
    name: str = "world"
    points: list[ref.Point] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.claims = [(i % 2, 100_00 * (i + 1), 1000 + i) for i in range(7)]
        self.points = [ref.commit(amount, blind) for _, amount, blind in self.claims]
        self.levels = ref.tree([ref.leaf_hash(i, claim[0], self.points[i]) for i, claim in enumerate(self.claims)])

    def transact(self, call: ContractCall, key: str) -> ConfirmedTransaction:
        return self.chain.transact(call, f"{self.name}:{key}")

    def open_case(self) -> CaseContract:
        self.case = self.chain.case(created(self.transact(case_creation(), "case")))
        return self.case

    def by_officials(self, typed: TypedData, who: tuple[int, ...] = (0, 2)) -> tuple[list[bytes], list[bytes]]:
        digest = typed.digest()
        return [signer_of(f"official {i}") for i in who], [sign(key_of(f"official {i}"), digest) for i in who]

    def classes(self) -> list[ClassTotals]:
        chosen = [[claim for claim in self.claims if claim[0] == number] for number in (0, 1)]
        return [ClassTotals(len(some), sum(one[1] for one in some), sum(one[2] for one in some)) for some in chosen]

    def freeze(self) -> ConfirmedTransaction:
        root = self.levels[-1][0]
        hashes = class_names_hash(["普通组", "小额组"]), NO_RANGE_PROOFS
        typed = typed_data.register_freeze(self.chain.chain_id, self.case.address, 0, root, 7, classes_hash(self.classes()), *hashes)
        return self.transact(self.case.freeze_register(root, 7, self.classes(), *hashes, *self.by_officials(typed)), "freeze")

    def plan(self) -> None:
        typed = typed_data.plan_submission(self.chain.chain_id, self.case.address, 0, PLAN_HASH)
        self.transact(self.case.submit_plan(PLAN_HASH, sign(key_of("institution"), typed.digest())), "submit")
        typed = typed_data.plan_admission(self.chain.chain_id, self.case.address, 0, PLAN_HASH)
        self.transact(self.case.admit_plan(0, *self.by_officials(typed)), "admit")

    def parameters(self) -> PollParameters:
        opens_at = self.chain.chain_time() + 3600
        return PollParameters(0, 0, (HALF,), opens_at, opens_at + 7200, 600, (address_of(key_of("verifier")),), self.chain.relay_address)

    def announce(self) -> PollContract:
        self.terms = self.parameters()
        typed = typed_data.poll_announcement(self.chain.chain_id, self.case.address, 0, parameters_hash(self.terms), rehearsal=True)
        confirmed = self.transact(self.case.announce_poll(self.terms, *self.by_officials(typed)), "announce")
        self.poll = self.chain.poll(confirmed.event("PollAnnounced").args["poll"])
        return self.poll

    def to_announced(self) -> PollContract:
        self.open_case()
        self.freeze()
        self.plan()
        return self.announce()

    def to_open(self) -> PollContract:
        poll = self.to_announced()
        self.chain.move_time(self.terms.opens_at)
        return poll

    def leaf(self, index: int) -> Leaf:
        return Leaf(self.claims[index][0], *self.points[index])

    def ballot_signature(self, index: int, choice: int, sequence: int) -> bytes:
        typed = typed_data.ballot(self.chain.chain_id, self.poll.address, index, choice, sequence, PLAN_HASH)
        return sign(key_of(f"lender {index}"), typed.digest())

    def cast(self, index: int, choice: int, sequence: int = 1) -> ContractCall:
        ballot_key = address_of(key_of(f"lender {index}"))
        typed = typed_data.credential(self.chain.chain_id, self.poll.address, index, ballot_key, self.terms.closes_at)
        signed = SignedBallot(
            index,
            choice,
            sequence,
            ballot_key,
            self.ballot_signature(index, choice, sequence),
            self.terms.closes_at,
            sign(key_of("verifier"), typed.digest()),
        )
        return self.poll.cast(signed, self.leaf(index), ref.proof(self.levels, index))

    def cast_batch(self, rows: list[tuple[int, int, int]], gas_limit: int | None = None) -> ContractCall:
        ballots = [
            BatchBallot(i, choice, sequence, address_of(key_of(f"lender {i}")), self.ballot_signature(i, choice, sequence), self.leaf(i))
            for i, choice, sequence in rows
        ]
        entries = pack_entries([(one.index, one.ballot_key) for one in ballots])
        typed = typed_data.credential_list(self.chain.chain_id, self.poll.address, entries, self.terms.closes_at)
        siblings = ref.multiproof(self.levels, [row[0] for row in rows])
        return self.poll.cast_batch(ballots, self.terms.closes_at, sign(key_of("verifier"), typed.digest()), siblings, gas_limit)

    def openings(self, choices: dict[int, int]) -> list[Opening]:
        result = []
        for number in (0, 1):
            sums: list[int] = []
            for choice in (1, 2, 3):
                some = [self.claims[i] for i, chosen in choices.items() if chosen == choice and self.claims[i][0] == number]
                sums += [sum(one[1] for one in some), sum(one[2] for one in some)]
            result.append(Opening(*sums))
        return result

    def attest(self, official: int, *, approve: bool) -> ConfirmedTransaction:
        typed = typed_data.attestation(self.chain.chain_id, self.poll.address, self.poll.result_hash(), approve=approve)
        name = f"official {official}"
        call = self.poll.attest(signer_of(name), sign(key_of(name), typed.digest()), approve=approve)
        return self.transact(call, f"attest {official}")
