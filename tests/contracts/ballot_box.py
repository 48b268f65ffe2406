"""Signs and encodes what a lender, a verifier and officials hand in: an independent second writing of protocol §3 to §8."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

import rlp
from coincurve import PrivateKey, PublicKey
from eth_abi.abi import encode
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.contracts.typed import Domain

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
P = 2**256 - 2**32 - 977
H = (
    0xF4366A3C6473141C275324609D67835B71D60A31776D863DA711C4689B5FE05A,
    0x735001746EEF2706263E2D89C2D7B5DA7F5E7D7BA087D78FCA55F6303832960E,
)
FOR, AGAINST, ABSTAIN = 1, 2, 3
#: What a register without a file of range proofs is frozen with (protocol §4.2).
NO_RANGE_PROOFS = bytes(32)

PARAMETERS_ABI = "(uint256,uint256,(uint8,uint8,uint8,uint32,uint32,bool)[],uint64,uint64,uint64,address[],address)"
CLASSES_ABI = "(uint256,uint256,uint256)[]"

Point = tuple[int, int]


def secret(*words: object) -> bytes:
    """A private key that is the same in every run."""
    number = int.from_bytes(hashlib.sha256(repr(words).encode()).digest(), "big")
    return (number % (N - 1) + 1).to_bytes(32, "big")


@cache
def address_of(key: bytes) -> str:
    public = PublicKey.from_valid_secret(key).format(compressed=False)[1:]
    return to_checksum_address(keccak(public)[-20:])


def signer_of(key: bytes) -> bytes:
    """A plain key as a signer: the 20 bytes of its address."""
    return bytes.fromhex(address_of(key)[2:])


def created_by(creator: str, nonce: int) -> ChecksumAddress:
    """Address of the contract that an account creates with its nonce."""
    return to_checksum_address(keccak(rlp.encode([bytes.fromhex(creator[2:]), nonce]))[12:])


@lru_cache(maxsize=4096)
def sign(key: bytes, digest: bytes) -> bytes:
    """65 bytes r, s, v."""
    signature = PrivateKey(key).sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([27 + signature[64]])


def compact(signature: bytes) -> bytes:
    """64 bytes r, vs (EIP-2098); of a signature that has an s above 2^255 or no v, something that nobody signed."""
    s = int.from_bytes(signature[32:64], "big") | (signature[64] == 28) << 255
    return signature[:32] + s.to_bytes(32, "big")


def two_words(signature: bytes) -> tuple[bytes, bytes]:
    """r and vs, as calls of the poll take them."""
    short = compact(signature)
    return short[:32], short[32:]


def high_s(signature: bytes) -> bytes:
    """The other signature that ecrecover takes for the same digest and key."""
    s = N - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


def key_with_s(digest: bytes, s: int) -> tuple[bytes, bytes]:
    """A key and its signature over the digest with that very s: from s = (e + r d) / k follows d = (s k - e) / r."""
    k = secret("nonce")
    r, y = _point(PublicKey.from_valid_secret(k))
    d = (s * int.from_bytes(k, "big") - int.from_bytes(digest, "big")) * pow(r, -1, N) % N
    return d.to_bytes(32, "big"), r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([27 + (y & 1)])


def _public(point: Point) -> PublicKey:
    return PublicKey(b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big"))


def _point(public: PublicKey) -> Point:
    raw = public.format(compressed=False)
    return int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")


@lru_cache(maxsize=4096)
def commit(amount_fen: int, blind: int) -> Point:
    """amount * G + blind * H; the two numbers may be sums modulo the group's order.

    A register can hold an amount of any size, or a negative one as its complement to the order; so do the sums here.
    """
    parts = []
    if amount_fen % N:
        parts.append(PublicKey.from_valid_secret((amount_fen % N).to_bytes(32, "big")))
    if blind % N:
        parts.append(_public(H).multiply((blind % N).to_bytes(32, "big")))
    return _point(PublicKey.combine_keys(parts)) if parts else (0, 0)


@dataclass(frozen=True)
class Lender:
    index: int
    voting_class: int
    amount_fen: int
    blind: int

    @cached_property
    def point(self) -> Point:
        return commit(self.amount_fen, self.blind)

    @cached_property
    def ballot_key(self) -> bytes:
        return secret("ballot key", self.index)

    @classmethod
    def at(cls, index: int, point: Point, voting_class: int = 0) -> Lender:
        """One whose commitment nobody made: the point is given, and may be none of the curve."""
        lender = cls(index, voting_class, 0, 0)
        lender.__dict__["point"] = point
        return lender

    @property
    def leaf(self) -> tuple[int, int, int]:
        return (self.voting_class, *self.point)

    @cached_property
    def leaf_hash(self) -> bytes:
        words = (self.index, self.voting_class, *self.point)
        return keccak(keccak(b"".join(word.to_bytes(32, "big") for word in words)))


def classes_hash(classes: Sequence[tuple[int, int, int]]) -> bytes:
    return keccak(encode([CLASSES_ABI], [classes]))


def class_names_hash(names: Sequence[str]) -> bytes:
    """keccak of the canonical JSON of the names, in the order of the classes' numbers."""
    return keccak(json.dumps(list(names), ensure_ascii=False, separators=(",", ":")).encode())


def parent(a: bytes, b: bytes) -> bytes:
    return keccak(min(a, b) + max(a, b))


@dataclass
class Register:
    """Lenders in index order and their tree."""

    lenders: Sequence[Lender]
    levels: list[list[bytes]] = field(init=False)

    def __post_init__(self) -> None:
        self.depth = max(8, math.ceil(math.log2(len(self.lenders))))
        level = [lender.leaf_hash for lender in self.lenders]
        empty = bytes(32)
        self.levels, self.empties = [level], [empty]
        for _ in range(self.depth):
            level = [parent(level[i], level[i + 1] if i + 1 < len(level) else empty) for i in range(0, len(level), 2)]
            empty = parent(empty, empty)
            self.levels.append(level)
            self.empties.append(empty)

    @property
    def root(self) -> bytes:
        return self.levels[self.depth][0]

    def _node(self, level: int, position: int) -> bytes:
        nodes = self.levels[level]
        return nodes[position] if position < len(nodes) else self.empties[level]

    def proof(self, index: int) -> list[bytes]:
        return [self._node(level, index >> level ^ 1) for level in range(self.depth)]

    def siblings(self, indexes: Iterable[int]) -> list[bytes]:
        positions, found = list(indexes), []
        for level in range(self.depth):
            present = set(positions)
            found += [self._node(level, position ^ 1) for position in positions if position ^ 1 not in present]
            positions = sorted({position >> 1 for position in positions})
        return found

    @property
    def class_names(self) -> list[str]:
        return [f"第{number + 1}组" for number in range(self.class_count)]

    @property
    def class_count(self) -> int:
        return 1 + max(lender.voting_class for lender in self.lenders)

    @property
    def classes(self) -> list[tuple[int, int, int]]:
        groups = [[one for one in self.lenders if one.voting_class == k] for k in range(self.class_count)]
        return [(len(g), sum(one.amount_fen for one in g) % N, sum(one.blind for one in g) % N) for g in groups]

    @property
    def classes_hash(self) -> bytes:
        return classes_hash(self.classes)

    @property
    def class_names_hash(self) -> bytes:
        return class_names_hash(self.class_names)


def points_that_are_none() -> dict[str, Point]:
    """Commitments that no lender can have, by what is wrong with them; for each some formula of the curve would hold."""
    x, y = commit(100_000, 77)
    # The x that G's multiples by the cube roots of one share a y with: x^3 is the same, so only the bound tells x + P from x.
    small_x = next(x for x in range(1, 1000) if pow(x**3 + 7, (P - 1) // 2, P) == 1)
    small_y = next(y for y in range(1, 1000) if pow(y * y - 7, (P - 1) // 3, P) == 1)
    return {
        "infinity": (0, 0),
        "x is 0": (0, y),
        "y is 0": (x, 0),
        "another y": (x, y ^ 1),
        "another x": (x ^ 1, y),
        "x and y exchanged": (y, x),
        "on the curve y^2 = x^3 + 3": (1, 2),
        "x beyond the prime": (small_x + P, pow(small_x**3 + 7, (P + 1) // 4, P)),
        "y beyond the prime": (_cube_root(small_y * small_y - 7), small_y + P),
        "x is the prime": (P, y),
        "all ones": ((1 << 256) - 1, (1 << 256) - 1),
    }


def _cube_root(number: int) -> int:
    """A cube root modulo P of a number that has one: P = 7 mod 9."""
    root = pow(number % P, (P + 2) // 9, P)
    assert pow(root, 3, P) == number % P
    return root


def make_register(count: int, class_count: int = 2, seed: object = 0) -> Register:
    lenders = [Lender(i, i % class_count, 10_000 + 137 * i, int.from_bytes(secret("blind", seed, i), "big")) for i in range(count)]
    return Register(lenders)


def make_large_register(count: int, first_fen: int = 100_000) -> Register:
    """One class whose amounts rise by a fen: each commitment is the one before plus G, which is quick to compute."""
    one, blind = (1).to_bytes(32, "big"), int.from_bytes(secret("blind"), "big")
    public = _public(commit(first_fen, blind))
    lenders = []
    for i in range(count):
        lender = Lender(i, 0, first_fen + i, blind)
        lender.__dict__["point"] = _point(public)
        lenders.append(lender)
        public = public.add(one)
    return Register(lenders)


@dataclass(frozen=True)
class Vote:
    """What one lender hands in; `key` signs instead of the lender's own key when it is another."""

    lender: Lender
    choice: int
    sequence: int = 1
    key: bytes | None = None

    @property
    def mark(self) -> int:
        return (self.sequence << 2 | self.choice) & 255

    @property
    def record(self) -> bytes:
        return self.lender.index.to_bytes(4, "big") + bytes([self.mark])


@dataclass(frozen=True)
class Papers:
    """All that is needed to fill in ballots for one poll."""

    domain: Domain
    register: Register
    plan_hash: bytes
    verifier_key: bytes
    expires_at: int

    def ballot(self, vote: Vote, **changes: object) -> tuple[tuple[object, ...], tuple[int, int, int], list[bytes]]:
        """Arguments of cast(); `changes` overwrites fields after signing."""
        lender = vote.lender
        key_address = address_of(lender.ballot_key)
        fields: dict[str, object] = {
            "index": lender.index,
            "choice": vote.choice,
            "sequence": vote.sequence,
            "ballotKey": key_address,
            "ballotSignature": self.ballot_signature(vote),
            "credentialExpiresAt": self.expires_at,
            "credentialSignature": self.credential(lender.index, key_address),
        }
        unknown = changes.keys() - fields.keys()
        assert not unknown, unknown
        fields |= changes
        for name in ("ballotSignature", "credentialSignature"):
            fields[name] = two_words(fields[name])  # type: ignore[arg-type]
        return tuple(fields.values()), lender.leaf, self.register.proof(lender.index)

    def credential(self, index: int, ballot_key: str, expires_at: int | None = None, key: bytes | None = None) -> bytes:
        until = self.expires_at if expires_at is None else expires_at
        return sign(key or self.verifier_key, self.domain.digest("Credential", index, ballot_key, until))

    def ballot_signature(self, vote: Vote) -> bytes:
        digest = self.domain.digest("Ballot", vote.lender.index, vote.choice, vote.sequence, self.plan_hash)
        return sign(vote.key or vote.lender.ballot_key, digest)

    def batch(self, votes: Sequence[Vote], expires_at: int | None = None) -> Batch:
        entries = b"".join(v.lender.index.to_bytes(4, "big") + signer_of(v.lender.ballot_key) for v in votes)
        return Batch(
            entries=entries,
            expires_at=self.expires_at if expires_at is None else expires_at,
            list_signature=self.list_signature(entries, expires_at),
            ballots=b"".join(bytes([v.mark]) + compact(self.ballot_signature(v)) for v in votes),
            leaves=b"".join(bytes([v.lender.voting_class]) + b"".join(c.to_bytes(32, "big") for c in v.lender.point) for v in votes),
            siblings=self.register.siblings(v.lender.index for v in votes),
        )

    def list_signature(self, entries: bytes, expires_at: int | None = None, key: bytes | None = None) -> bytes:
        until = self.expires_at if expires_at is None else expires_at
        return sign(key or self.verifier_key, self.domain.digest("CredentialList", entries, until))


@dataclass(frozen=True)
class Batch:
    entries: bytes
    expires_at: int
    list_signature: bytes
    ballots: bytes
    leaves: bytes
    siblings: list[bytes]

    @property
    def arguments(self) -> tuple[object, ...]:
        return (self.entries, self.expires_at, two_words(self.list_signature)), self.ballots, self.leaves, self.siblings


def opening(register: Register, newest: dict[int, int]) -> list[tuple[int, ...]]:
    """Amounts and blinds that open the sums when `newest` maps each voter's index to the choice."""
    openings = []
    for voting_class in range(register.class_count):
        fields: list[int] = []
        for choice in (FOR, AGAINST, ABSTAIN):
            chosen = [one for one in register.lenders if one.voting_class == voting_class and newest.get(one.index) == choice]
            fields += [sum(one.amount_fen for one in chosen) % N, sum(one.blind for one in chosen) % N]
        openings.append(tuple(fields))
    return openings
