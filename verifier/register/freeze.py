"""What is signed: the fields of RegisterFreeze, their digest and the check code (protocol §4, §5, §19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.register.hashes import canonical_json, keccak, word

TYPE = "RegisterFreeze"
FIELDS = (
    ("registerNumber", "uint256"),
    ("root", "bytes32"),
    ("leafCount", "uint256"),
    ("classesHash", "bytes32"),
    ("classNamesHash", "bytes32"),
    ("rangeProofsHash", "bytes32"),
)
#: Cases of the first release sign the first four (protocol §17).
FIELDS_OF = {1: FIELDS[:4]} | dict.fromkeys(range(2, 6), FIELDS)
DOMAIN_FIELDS = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))
#: Of the domain of every generation of officials but the first (protocol §24.1).
SALT_FIELD = ("salt", "bytes32")
DOMAIN_NAME, DOMAIN_VERSION = "LenderVote", "1"
NO_RANGE_PROOFS = bytes(32)


@dataclass(frozen=True)
class Place:
    """Where it is signed for: the case's contract, 20 bytes, the chain, the register's number there, and the case's protocol; `generation`
    is the hash of the officials in office, 32 bytes, empty while those who opened the case are."""

    case: bytes
    chain_id: int
    register_number: int
    protocol: int = 3
    generation: bytes = b""

    @property
    def domain_fields(self) -> Sequence[tuple[str, str]]:
        """Name and type of every field of the domain, in their order."""
        return (*DOMAIN_FIELDS, SALT_FIELD) if self.generation else DOMAIN_FIELDS


@dataclass(frozen=True)
class ClassTotal:
    """One voting class of the register: its name, and what its leaves add up to; `blind` modulo n."""

    name: str
    heads: int
    amount_fen: int
    blind: int


@dataclass(frozen=True)
class Freeze:
    """A register as an official signs it."""

    place: Place
    root: bytes
    leaf_count: int
    classes: Sequence[ClassTotal]
    range_proofs_hash: bytes = NO_RANGE_PROOFS

    @property
    def fields(self) -> dict[str, int | bytes]:
        """The signed message, by the names of its fields."""
        values: dict[str, int | bytes] = {
            "registerNumber": self.place.register_number,
            "root": self.root,
            "leafCount": self.leaf_count,
            "classesHash": classes_hash(self.classes),
            "classNamesHash": keccak(canonical_json([each.name for each in self.classes])),
            "rangeProofsHash": self.range_proofs_hash,
        }
        return {name: values[name] for name, _ in self.kinds}

    @property
    def kinds(self) -> Sequence[tuple[str, str]]:
        """Name and type of every signed field, in their order."""
        return FIELDS_OF[self.place.protocol]

    @property
    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        kinds = ",".join(f"{kind} {name}" for name, kind in self.kinds)
        message = keccak(f"{TYPE}({kinds})".encode()) + b"".join(_word_of(value) for value in self.fields.values())
        return keccak(b"\x19\x01" + _domain(self.place) + keccak(message))


def check_code(digest: bytes) -> str:
    """The first 16 bytes of a digest, as eight groups of four hex digits."""
    digits = digest[:16].hex()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def classes_hash(classes: Sequence[ClassTotal]) -> bytes:
    """The keccak of abi.encode of one dynamic list of triples: where it begins, how long it is, the triples."""
    words = (value for each in classes for value in (each.heads, each.amount_fen, each.blind))
    return keccak(word(32) + word(len(classes)) + b"".join(word(value) for value in words))


def _domain(place: Place) -> bytes:
    kinds = ",".join(f"{kind} {name}" for name, kind in place.domain_fields)
    names = keccak(DOMAIN_NAME.encode()) + keccak(DOMAIN_VERSION.encode())
    return keccak(keccak(f"EIP712Domain({kinds})".encode()) + names + word(place.chain_id) + bytes(12) + place.case + place.generation)


def _word_of(value: int | bytes) -> bytes:
    return word(value) if isinstance(value, int) else value
