"""The protocol once more, slow and plain: the independent reference behind the vectors.

Everything here is whole-number arithmetic on Python integers and one imported hash. It shares no code with the contracts, the backend
or the recount tool, so that an error in one of them does not repeat itself here. Not for production: nothing runs in constant time.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from Crypto.Hash import keccak as _keccak

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
Point = tuple[int, int]
INFINITY: Point = (0, 0)
G: Point = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def keccak(data: bytes) -> bytes:
    """Keccak-256 as in Ethereum."""
    return _keccak.new(digest_bits=256, data=data).digest()


def word(value: int) -> bytes:
    """A 32-byte big-endian whole number."""
    return value.to_bytes(32, "big")


# --- the curve (protocol §1 to §3) ---------------------------------------------------------------------------------------------------


def add(a: Point, b: Point) -> Point:
    """The sum of two points in affine coordinates; infinity is (0, 0)."""
    if a == INFINITY:
        return b
    if b == INFINITY:
        return a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return INFINITY
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def negate(a: Point) -> Point:
    """The inverse point."""
    return a if a == INFINITY else (a[0], P - a[1])


@lru_cache(maxsize=16)
def powers(a: Point) -> list[Point]:
    """The point doubled 0 to 255 times; kept, as most questions are about G and H."""
    found = [a]
    while len(found) < 256:
        found.append(add(found[-1], found[-1]))
    return found


@lru_cache(maxsize=4096)
def multiply(k: int, a: Point) -> Point:
    """k times a point, bit by bit."""
    result = INFINITY
    for place, power in enumerate(powers(a)):
        if (k % N) >> place & 1:
            result = add(result, power)
    return result


def second_generator() -> tuple[int, Point]:
    """The counter and the point H (protocol §2)."""
    counter = 0
    while True:
        x = int.from_bytes(keccak(b"LenderVote/1/H" + counter.to_bytes(4, "big")), "big")
        square = (pow(x, 3, P) + 7) % P
        y = pow(square, (P + 1) // 4, P)
        if 0 < x < N and y * y % P == square:
            return counter, (x, y if y % 2 == 0 else P - y)
        counter += 1


H_COUNTER, H = second_generator()


def commit(amount_fen: int, blind: int) -> Point:
    """The commitment amount*G + blind*H (protocol §3)."""
    return add(multiply(amount_fen, G), multiply(blind, H))


def address_of(point: Point) -> bytes:
    """The 20-byte address of a public key."""
    return keccak(word(point[0]) + word(point[1]))[12:]


# --- signatures (protocol §5) --------------------------------------------------------------------------------------------------------


def rfc6979_nonce(key: int, digest: bytes) -> int:
    """The deterministic nonce of RFC 6979 with HMAC-SHA256."""

    def mac(k: bytes, data: bytes) -> bytes:
        return hmac.new(k, data, hashlib.sha256).digest()

    seed = word(key) + word(int.from_bytes(digest, "big") % N)
    v, k = b"\x01" * 32, b"\x00" * 32
    for separator in (b"\x00", b"\x01"):
        k = mac(k, v + separator + seed)
        v = mac(k, v)
    while True:
        v = mac(k, v)
        nonce = int.from_bytes(v, "big")
        if 0 < nonce < N:
            return nonce
        k = mac(k, v + b"\x00")
        v = mac(k, v)


def sign(key: int, digest: bytes) -> tuple[int, int, int]:
    """A signature (r, s, v) with low s; v is 27 or 28."""
    nonce = rfc6979_nonce(key, digest)
    point = multiply(nonce, G)
    r = point[0] % N
    s = pow(nonce, -1, N) * (int.from_bytes(digest, "big") + r * key) % N
    parity = point[1] % 2
    if s > N // 2:
        s, parity = N - s, 1 - parity
    return r, s, 27 + parity


def signature_65(key: int, digest: bytes) -> bytes:
    """The signature as 65 bytes r ‖ s ‖ v."""
    r, s, v = sign(key, digest)
    return word(r) + word(s) + bytes([v])


def signature_64(key: int, digest: bytes) -> bytes:
    """The signature as 64 bytes r ‖ vs after EIP-2098."""
    r, s, v = sign(key, digest)
    return word(r) + word(s | (v - 27) << 255)


def ecrecover(e: int, v: int, r: int, s: int) -> bytes:
    """What Ethereum's precompile gives: the recovered address; empty bytes when it refuses the input."""
    if v not in (27, 28) or not 0 < r < N or not 0 < s < N:
        return b""
    square = (pow(r, 3, P) + 7) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        return b""
    if y % 2 != v - 27:
        y = P - y
    inverse = pow(r, -1, N)
    point = add(multiply(s * inverse, (r, y)), multiply(-e * inverse, G))
    return b"" if point == INFINITY else address_of(point)


# --- the Solidity ABI, as far as it is used --------------------------------------------------------------------------------------------


def split(types: str) -> list[str]:
    """The members of a comma-separated type list, minding parentheses."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(types):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(types[start:place])
            start = place + 1
    return [*parts, types[start:]] if types else []


def is_dynamic(kind: str) -> bool:
    """Whether values of the type have no fixed length."""
    if kind.endswith("[]") or kind == "bytes" or kind == "string":
        return True
    return kind.startswith("(") and any(is_dynamic(part) for part in split(kind[1:-1]))


def encode_one(kind: str, value: Any) -> bytes:
    """The ABI encoding of one value, without the offset a dynamic value gets from its container."""
    if kind.endswith("[]"):
        items = list(value)
        return word(len(items)) + encode([kind[:-2]] * len(items), items)
    if kind.startswith("("):
        return encode(split(kind[1:-1]), value)
    if kind in ("bytes", "string"):
        data: bytes = value.encode() if kind == "string" else value
        return word(len(data)) + data + bytes(-len(data) % 32)
    if kind == "address":
        return bytes(12) + bytes(value)
    if kind == "bytes32":
        assert len(value) == 32
        return bytes(value)
    return word(int(value))


def encode(kinds: Sequence[str], values: Sequence[Any]) -> bytes:
    """abi.encode of the values, in the given types."""
    pieces = [encode_one(kind, value) for kind, value in zip(kinds, values, strict=True)]
    head_length = sum(32 if is_dynamic(kind) else len(piece) for kind, piece in zip(kinds, pieces, strict=True))
    head, tail = b"", b""
    for kind, piece in zip(kinds, pieces, strict=True):
        if is_dynamic(kind):
            head += word(head_length + len(tail))
            tail += piece
        else:
            head += piece
    return head + tail


# --- typed data (protocol §5) ----------------------------------------------------------------------------------------------------------

DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
CASE_TYPES = (
    "RegisterFreeze(uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash,"
    "bytes32 classNamesHash,bytes32 rangeProofsHash)",
    "RegisterSample(uint256 registerNumber,bytes32 root,bytes32 sampleHash)",
    "PlanSubmission(uint256 planNumber,bytes32 planHash)",
    "PlanAdmission(uint256 planNumber,bytes32 planHash)",
    "PollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bool rehearsal)",
    "IdentityFile(uint256 registerNumber,bytes32 fileHash)",
)
POLL_TYPES = (
    "Credential(uint256 index,address ballotKey,uint64 expiresAt)",
    "CredentialList(bytes entries,uint64 expiresAt)",
    "Ballot(uint256 index,uint8 choice,uint8 sequence,bytes32 planHash)",
    "BallotReceipt(bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt,"
    "bytes32 book,uint64 number,bytes32 previous)",
    "PhoneTicket(uint256 index,address ballotKey,uint64 expiresAt)",
    "Voucher(uint256 index,address ballotKey,uint8 method,uint64 vouchedAt)",
    "Attestation(bytes32 resultHash,bool approve)",
    "CredentialListRequest(bytes entries,uint64 requestedAt)",
    "LogRequest(uint64 after,uint64 requestedAt)",
    "FaceConsent(uint256 index,bytes32 textHash,bool agreed,uint64 saidAt)",
)
TYPES = {text.split("(")[0]: text for text in CASE_TYPES + POLL_TYPES}


#: What protocols 1 and 2 signed otherwise (protocol §17).
TYPES_OF_PROTOCOL_2 = {"PollAnnouncement": "PollAnnouncement(uint256 pollNumber,bytes32 parametersHash)"}
#: What protocol 1 alone did.
TYPES_OF_PROTOCOL_1 = {
    "RegisterFreeze": "RegisterFreeze(uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash)",
    "BallotReceipt": "BallotReceipt(bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt)",
}


def fields_of(type_text: str) -> list[tuple[str, str]]:
    """The (type, name) pairs of a struct's type text."""
    inside = type_text[type_text.index("(") + 1 : -1]
    return [(part.split(" ")[0], part.split(" ")[1]) for part in inside.split(",")]


def hash_struct(type_text: str, message: dict[str, Any]) -> bytes:
    """EIP-712 hashStruct for flat structs: strings and bytes by their hash."""
    encoded = keccak(type_text.encode())
    for kind, name in fields_of(type_text):
        value = message[name]
        if kind in ("string", "bytes"):
            encoded += keccak(value.encode() if kind == "string" else value)
        else:
            encoded += encode_one(kind, value)
    return keccak(encoded)


def domain_separator(chain_id: int, contract: bytes) -> bytes:
    """The domain separator of a case or poll contract."""
    domain = {"name": "LenderVote", "version": "1", "chainId": chain_id, "verifyingContract": contract}
    return hash_struct(DOMAIN_TYPE, domain)


def typed_digest(name: str, message: dict[str, Any], separator: bytes, types: Mapping[str, str] = TYPES) -> bytes:
    """The digest that is signed for the named type under the domain."""
    return keccak(b"\x19\x01" + separator + hash_struct(types[name], message))


# --- RLP, as far as addresses need it (protocol §8.1) ------------------------------------------------------------------------------------


def created_address(creator: bytes, nonce: int) -> bytes:
    """The address of the contract that an account creates with its nonce, below 56 bytes of RLP."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    written = number if len(number) == 1 and number[0] < 0x80 else bytes([0x80 + len(number)]) + number
    inside = bytes([0x80 + len(creator)]) + creator + written
    return keccak(bytes([0xC0 + len(inside)]) + inside)[12:]


# --- the register (protocol §4) ----------------------------------------------------------------------------------------------------------


def leaf_hash(index: int, voting_class: int, point: Point) -> bytes:
    """The leaf: a double hash of index, class and commitment."""
    return keccak(keccak(word(index) + word(voting_class) + word(point[0]) + word(point[1])))


def depth_of(leaf_count: int) -> int:
    """The tree's depth: at least 8."""
    depth = 8
    while 2**depth < leaf_count:
        depth += 1
    return depth


def node(a: bytes, b: bytes) -> bytes:
    """The parent of two nodes: the hash of the smaller one followed by the larger."""
    return keccak(min(a, b) + max(a, b))


def tree(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """All levels of the tree, leaves first, empty places as zeros."""
    level = list(leaves) + [bytes(32)] * (2 ** depth_of(len(leaves)) - len(leaves))
    levels = [level]
    while len(level) > 1:
        level = [node(level[i], level[i + 1]) for i in range(0, len(level), 2)]
        levels.append(level)
    return levels


def proof(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The siblings of a leaf from the bottom to the top."""
    return [level[(index >> height) ^ 1] for height, level in enumerate(levels[:-1])]


def multiproof(levels: Sequence[Sequence[bytes]], indexes: Sequence[int]) -> list[bytes]:
    """The siblings that prove all the indexes at once, in the order of protocol §4.1."""
    siblings: list[bytes] = []
    positions = list(indexes)
    for level in levels[:-1]:
        known = set(positions)
        siblings += [level[position ^ 1] for position in positions if position ^ 1 not in known]
        positions = sorted({position >> 1 for position in positions})
    return siblings
