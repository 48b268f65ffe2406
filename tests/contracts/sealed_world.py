"""Sealed polls for the contract tests: keys and trustees, ballots sealed, recorded, opened; a second writing of protocol §21."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from coincurve import PublicKey
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from web3.contract import Contract
from web3.logs import DISCARD

from tests.contracts.ballot_box import (
    PARAMETERS_ABI,
    Batch,
    Lender,
    N,
    Papers,
    Point,
    Register,
    address_of,
    commit,
    compact,
    secret,
    sign,
    signer_of,
    two_words,
)
from tests.contracts.chain import Chain
from tests.contracts.typed import Domain, struct_hash
from tests.contracts.world import PLAN_HASH, Terms, World

WORD = keccak(b"LenderVote/1/seal")
SEALED_ABI = f"({PARAMETERS_ABI},uint8,uint32)"
RECORD_BYTES = 110
EMPTY_BOX = bytes(32)
REASON = keccak(b"three trustees lost their files")


def scalar(*words: object) -> int:
    """A private number that is the same in every run."""
    return int.from_bytes(secret(*words), "big")


def multiply(point: Point, factor: int) -> Point:
    raw = PublicKey(b"\x04" + b"".join(one.to_bytes(32, "big") for one in point)).multiply((factor % N).to_bytes(32, "big"))
    found = raw.format(compressed=False)
    return int.from_bytes(found[1:33], "big"), int.from_bytes(found[33:], "big")


def address_at(point: Point) -> bytes:
    return keccak(b"".join(one.to_bytes(32, "big") for one in point))[12:]


@dataclass(frozen=True)
class SealKeys:
    """A key whose secret is the value at 0 of a polynomial, and each seat's share of it."""

    name: object = 0
    seats: int = 3
    threshold: int = 2

    @cached_property
    def coefficients(self) -> list[int]:
        return [scalar("coefficient", self.name, i) for i in range(self.threshold)]

    @property
    def secret(self) -> int:
        return self.coefficients[0]

    @cached_property
    def shares(self) -> list[int]:
        return [sum(one * pow(i + 1, power, N) for power, one in enumerate(self.coefficients)) % N for i in range(self.seats)]

    @cached_property
    def point(self) -> Point:
        return commit(self.secret, 0)

    @cached_property
    def share_keys(self) -> list[str]:
        return [address_of(share.to_bytes(32, "big")) for share in self.shares]

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """SealKey."""
        return (*self.point, self.threshold, self.share_keys, keccak(repr(("roll", self.name)).encode()), keccak(b"transcript"))

    @cached_property
    def hash(self) -> bytes:
        return struct_hash("SealKey", *self.values)


def trustee_keys(count: int = 3) -> list[bytes]:
    """What the seats' own signers sign with."""
    return [secret("trustee", i) for i in range(count)]


def interpolated(shares: dict[int, int]) -> int:
    """The secret from the shares of some seats."""
    total = 0
    for i, share in shares.items():
        factor = 1
        for j in shares.keys() - {i}:
            factor = factor * (j + 1) * pow(j - i, -1, N) % N
        total += share * factor
    return total % N


def seal_of(drawn: int) -> tuple[int, int]:
    """The seal of a drawn k, and the k that is used."""
    x, y = commit(drawn, 0)
    return (x, drawn) if y % 2 == 0 else (x, N - drawn)


def plain_of(choices: Iterable[int]) -> int:
    return sum(choice << 2 * motion for motion, choice in enumerate(choices))


@dataclass(frozen=True)
class SealedVote:
    """What one lender hands in: a plain value of two bits a motion, or fields that nobody sealed."""

    lender: Lender
    plain: int
    sequence: int = 1
    key: bytes | None = None
    fields: tuple[int, int] | None = None  # seal and sealed choice, instead of honest ones
    salt: object = 0

    @property
    def recorded(self) -> bytes:
        return self.lender.index.to_bytes(4, "big") + bytes([self.sequence << 2 & 255])


@dataclass(frozen=True)
class SealedPapers(Papers):
    """All that is needed to fill in sealed ballots for one poll."""

    keys: SealKeys = field(default_factory=SealKeys)

    def word(self, index: int, sequence: int, seal: int, shared: Point) -> int:
        numbers = b"".join(one.to_bytes(32, "big") for one in (index, sequence, seal))
        return int.from_bytes(keccak(WORD + self.domain.separator + numbers + bytes(12) + address_at(shared))[:8], "big")

    def sealed(self, vote: SealedVote) -> tuple[int, int]:
        """Seal and sealed choice."""
        if vote.fields is not None:
            return vote.fields
        index = vote.lender.index
        seal, k = seal_of(scalar("k", index, vote.sequence, vote.plain, vote.salt))
        return seal, vote.plain ^ self.word(index, vote.sequence, seal, multiply(self.keys.point, k))

    def record(self, vote: SealedVote) -> bytes:
        """As the box has it."""
        lender, (seal, sealed_choice) = vote.lender, self.sealed(vote)
        head = lender.index.to_bytes(4, "big") + bytes([lender.voting_class]) + b"".join(one.to_bytes(32, "big") for one in lender.point)
        return head + bytes([vote.sequence]) + seal.to_bytes(32, "big") + sealed_choice.to_bytes(8, "big")

    def sealed_signature(self, vote: SealedVote) -> bytes:
        fields = (vote.lender.index, vote.sequence, *self.sealed(vote), self.plan_hash, self.keys.hash)
        return sign(vote.key or vote.lender.ballot_key, self.domain.digest("SealedBallot", *fields))

    def sealed_ballot(self, vote: SealedVote, **changes: Any) -> tuple[tuple[Any, ...], tuple[int, int, int], list[bytes]]:
        """Arguments of cast(); `changes` overwrites fields after signing."""
        lender, (seal, sealed_choice) = vote.lender, self.sealed(vote)
        key_address = address_of(lender.ballot_key)
        fields: dict[str, Any] = {
            "index": lender.index,
            "sequence": vote.sequence,
            "seal": seal,
            "sealedChoice": sealed_choice,
            "ballotKey": key_address,
            "ballotSignature": self.sealed_signature(vote),
            "credentialExpiresAt": self.expires_at,
            "credentialSignature": self.credential(lender.index, key_address),
        }
        assert changes.keys() <= fields.keys(), changes
        fields |= changes
        for name in ("ballotSignature", "credentialSignature"):
            fields[name] = two_words(fields[name])
        return tuple(fields.values()), lender.leaf, self.register.proof(lender.index)

    def sealed_batch(self, votes: Sequence[SealedVote]) -> Batch:
        entries = b"".join(v.lender.index.to_bytes(4, "big") + signer_of(v.lender.ballot_key) for v in votes)
        return Batch(
            entries=entries,
            expires_at=self.expires_at,
            list_signature=self.list_signature(entries),
            ballots=b"".join(self._packed(vote) for vote in votes),
            leaves=b"".join(bytes([v.lender.voting_class]) + b"".join(c.to_bytes(32, "big") for c in v.lender.point) for v in votes),
            siblings=self.register.siblings(v.lender.index for v in votes),
        )

    def _packed(self, vote: SealedVote) -> bytes:
        seal, sealed_choice = self.sealed(vote)
        head = bytes([vote.sequence]) + seal.to_bytes(32, "big") + sealed_choice.to_bytes(8, "big")
        return head + compact(self.sealed_signature(vote))


def folded(box: bytes, records: Iterable[bytes]) -> bytes:
    for record in records:
        box = keccak(box + record)
    return box


@dataclass(frozen=True)
class SealedTerms:
    """Parameters of a sealed poll (protocol §21.3)."""

    poll: Terms
    motions: int = 1
    abandon_after_seconds: int = 86_400

    @property
    def values(self) -> tuple[Any, ...]:
        return self.poll.values, self.motions, self.abandon_after_seconds

    @property
    def hash(self) -> bytes:
        return keccak(encode([SEALED_ABI], [self.values]))


@dataclass
class SealedWorld(World):
    """A case with trustees."""

    trustees: list[bytes] = field(default_factory=trustee_keys)

    def __post_init__(self) -> None:
        people = [signer_of(key) for key in self.official_keys], self.threshold, signer_of(self.institution_key), self.rehearsal
        self.case = self.chain.open_case(*people, trustees=[signer_of(key) for key in self.trustees])
        self.domain = Domain(self.chain.chain_id, self.case.address)

    def confirmations(self, keys: SealKeys) -> list[tuple[bytes, bytes]]:
        """Each seat's two signatures over the key."""
        digest = self.domain.digest("SealKey", *keys.values)
        pairs = zip(keys.shares, self.trustees, strict=False)
        return [(sign(share.to_bytes(32, "big"), digest), sign(identity, digest)) for share, identity in pairs]

    def announce_sealed(self, terms: SealedTerms, keys: SealKeys, **changes: Any) -> Contract:
        """Announce a sealed poll; `changes` replaces arguments of announceSealedPoll(), `number` what is signed."""
        number = self.case.functions.pollCount().call()
        given = {
            "code": self.chain.sealed_code,
            "parameters": terms.values,
            "seal_key": keys.values,
            "confirmations": self.confirmations(keys),
            "signed": self.signed("SealedPollAnnouncement", number, terms.hash, keys.hash, self.rehearsal),
        }
        assert changes.keys() <= given.keys(), changes
        *first, signed = (given | changes).values()
        self.chain.send(self.case.functions.announceSealedPoll(*first, *signed))
        return self.chain.contract("SealedPoll", self.case.functions.poll(number).call())

    def abandon(self, number: int, reason: bytes = REASON, at: int | None = None) -> Any:
        signed = self.signed("PollAbandonment", number, reason)
        return self.chain.send(self.case.functions.abandonPoll(number, reason, *signed), at=at)

    def appoint(self, trustees: Sequence[bytes], number: int | None = None) -> Any:
        signers = [signer_of(key) for key in trustees]
        count = self.case.functions.appointmentCount().call() + 1 if number is None else number
        signed = self.signed("TrusteeAppointment", count, keccak(encode(["bytes[]"], [signers])))
        return self.chain.send(self.case.functions.appointTrustees(signers, *signed))


@dataclass
class SealedPoll:
    """A sealed poll with the papers to vote in it, and the test's own book of what was recorded."""

    world: SealedWorld
    register: Register
    terms: SealedTerms
    contract: Contract
    papers: SealedPapers
    records: list[bytes] = field(default_factory=list)

    @classmethod
    def announce(cls, world: SealedWorld, register: Register, terms: SealedTerms, keys: SealKeys) -> SealedPoll:
        contract = world.announce_sealed(terms, keys)
        domain = Domain(world.chain.chain_id, contract.address)
        papers = SealedPapers(domain, register, PLAN_HASH, world.verifier_key, terms.poll.closes_at, keys)
        return cls(world, register, terms, contract, papers)

    @classmethod
    def of(cls, world: SealedWorld, register: Register, motions: int = 1, keys: SealKeys | None = None, **changes: Any) -> SealedPoll:
        """A poll on that register, open; `changes` replaces terms."""
        terms = replace(world.terms(world.freeze(register)), **changes)
        poll = cls.announce(world, register, SealedTerms(terms, motions), keys or SealKeys(scalar("poll", world.case.address, motions)))
        world.chain.warp(terms.opens_at)
        return poll

    @property
    def chain(self) -> Chain:
        return self.world.chain

    @property
    def calls(self) -> Any:
        return self.contract.functions

    @property
    def keys(self) -> SealKeys:
        return self.papers.keys

    @property
    def motions(self) -> int:
        return self.terms.motions

    def vote(self, index: int, *choices: int, sequence: int = 1, **rest: Any) -> SealedVote:
        return SealedVote(self.register.lenders[index], plain_of(choices), sequence, **rest)

    def cast(self, vote: SealedVote, at: int | None = None, **changes: Any) -> Any:
        receipt = self.chain.send(self.calls.cast(*self.papers.sealed_ballot(vote, **changes)), at=at)
        self.records.append(self.papers.record(vote))
        return receipt

    def cast_batch(self, votes: Sequence[SealedVote], **changes: Any) -> Any:
        """Cast a batch; those that it recorded go into the book."""
        batch = replace(self.papers.sealed_batch(votes), **changes)
        receipt = self.chain.send(self.calls.castBatch(*batch.arguments))
        recorded = self.recorded(receipt)
        taken = {recorded[i : i + 5] for i in range(0, len(recorded), 5)}
        self.records += [self.papers.record(vote) for vote in votes if vote.recorded in taken]
        return receipt

    def close(self) -> None:
        self.chain.warp(self.terms.poll.closes_at)

    def unseal(self) -> Any:
        return self.chain.send(self.calls.unseal(self.keys.secret))

    def piece(self, size: int | None = None) -> tuple[bytes, bytes]:
        """What count() takes next: the last `size` records of the book, all without one."""
        start = 0 if size is None else max(0, len(self.records) - size)
        return folded(EMPTY_BOX, self.records[:start]), b"".join(self.records[start:])

    def count(self, size: int | None = None) -> Any:
        before, ballots = self.piece(size)
        receipt = self.chain.send(self.calls.count(before, ballots))
        del self.records[len(self.records) - len(ballots) // RECORD_BYTES :]
        return receipt

    def count_all(self, size: int | None = None) -> bytes:
        """Count the whole book in pieces; the bytes of all BallotsCounted."""
        found = b""
        while self.records:
            found += self.counted(self.count(size))
        return found

    def recorded(self, receipt: Any) -> bytes:
        return b"".join(log["args"]["recorded"] for log in self.contract.events.BallotsRecorded().process_receipt(receipt, DISCARD))

    def counted(self, receipt: Any) -> bytes:
        return b"".join(log["args"]["counted"] for log in self.contract.events.BallotsCounted().process_receipt(receipt, DISCARD))

    def rejected(self, receipt: Any) -> list[tuple[int, int]]:
        """Index and reason of the BallotRejected events of a transaction."""
        logs = self.contract.events.BallotRejected().process_receipt(receipt, DISCARD)
        return [(log["args"]["index"], log["args"]["reason"]) for log in logs]

    def heads(self, motion: int, voting_class: int) -> list[int]:
        return list(self.calls.heads(motion, voting_class).call())

    def sums(self, motion: int, voting_class: int) -> list[Point]:
        return [tuple(self.calls.sumOf(motion, voting_class, choice).call()) for choice in (1, 2, 3)]

    def stage(self) -> int:
        return int(self.calls.stage().call())

    def openings(self, newest: Mapping[int, Sequence[int]]) -> list[tuple[int, ...]]:
        """Openings of what counts for each lender, motion by motion; lenders with no choices took no part."""
        found = []
        for motion in range(self.motions):
            for voting_class in range(self.register.class_count):
                row = []
                for choice in (1, 2, 3):
                    who = [self.register.lenders[i] for i, chosen in newest.items() if chosen and chosen[motion] == choice]
                    who = [one for one in who if one.voting_class == voting_class]
                    row += [sum(one.amount_fen for one in who) % N, sum(one.blind for one in who) % N]
                found.append(tuple(row))
        return found

    def open_sums(self, newest: Mapping[int, Sequence[int]]) -> Any:
        return self.chain.send(self.calls.openSums(self.openings(newest)))

    def attest(self, key: bytes, approve: bool, at: int | None = None) -> Any:
        digest = self.papers.domain.digest("Attestation", self.calls.resultHash().call(), approve)
        return self.chain.send(self.calls.attest(signer_of(key), approve, sign(key, digest)), at=at)


def expected_sum(register: Register, indexes: Iterable[int]) -> Point:
    """The sum of some lenders' commitments."""
    who = [register.lenders[i] for i in indexes]
    return commit(sum(one.amount_fen for one in who), sum(one.blind for one in who)) if who else (0, 0)
