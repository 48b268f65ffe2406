"""The inputs of the transactions that say what a poll is: who announced it with which parameters, who froze its register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from verifier.call_data import ArgumentsNotReadable, read_arguments

_PARAMETERS = "(uint256,uint256,(uint8,uint8,uint8,uint32,uint32,bool)[],uint64,uint64,uint64,address[],address)"
_CLASSES = "(uint256,uint256,uint256)[]"
_ANNOUNCE = [_PARAMETERS, "bytes[]", "bytes[]"]
#: Protocol §21.3: the code of the poll, its parameters, its key, confirmations by seat, signers and signatures.
_SEALED_PARAMETERS = f"({_PARAMETERS},uint8,uint32)"
_SEAL_KEY = "(uint256,uint256,uint8,address[],bytes32,bytes32)"
_ANNOUNCE_SEALED = ["bytes", _SEALED_PARAMETERS, _SEAL_KEY, "(bytes,bytes)[]", "bytes[]", "bytes[]"]
_SEAL_KEY_TYPE = "SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)"
#: Protocol §8.1, and before it §17.
_FREEZE: Mapping[int, list[str]] = {
    2: ["bytes32", "uint256", _CLASSES, "bytes32", "bytes32", "bytes[]", "bytes[]"],
    1: ["bytes32", "uint256", _CLASSES, "bytes[]", "bytes[]"],
}


class CallNotReadable(Exception):
    """The input is no such call."""


def selector(name: str, kinds: list[str]) -> bytes:
    """The first four bytes of a function's hash."""
    return keccak(f"{name}({','.join(kinds)})".encode())[:4]


def topic(event: str) -> str:
    """The hash of an event's signature, as logs have it first."""
    return "0x" + keccak(event.encode()).hex()


POLL_ANNOUNCED = (topic("PollAnnounced(uint256,address,bytes32)"), topic("SealedPollAnnounced(uint256,address,bytes32,bytes32)"))
REGISTER_FROZEN = (
    topic(f"RegisterFrozen(uint256,bytes32,uint256,{_CLASSES},bytes32,bytes32)"),
    topic(f"RegisterFrozen(uint256,bytes32,uint256,{_CLASSES})"),
)


_PEOPLE = "(bytes[],uint256,bytes)"
_SUCCEED = [_PEOPLE, "uint32", "bytes32", "bytes[]", "bytes[]"]
SUCCESSION_ANNOUNCED = topic("SuccessionAnnounced(uint256,bytes32,uint64,bytes32)")
SUCCESSION_COMPLETED = topic("SuccessionCompleted(uint256,bytes32)")
#: What a generation is the hash of: the hash of the one before, and its people.
GENERATION = ["bytes32", _PEOPLE]


@dataclass(frozen=True)
class Signatures:
    """Signers and their signatures, as the call hands them in."""

    signers: tuple[bytes, ...]
    signatures: tuple[bytes, ...]


@dataclass(frozen=True)
class Announcement:
    """A call of announcePoll or announceSealedPoll: what the issuer needs of its parameters, addresses 0x lower case, and their hash.

    `seal_key_hash` is that of the key to which choices are sealed, None in an open poll.
    """

    register_number: int
    closes_at: int
    verifiers: tuple[str, ...]
    receipt_signer: str
    parameters_hash: bytes
    signed: Signatures
    seal_key_hash: bytes | None = None


@dataclass(frozen=True)
class Freeze:
    """A call of freezeRegister; `fields` are those of RegisterFreeze after the register's number, by the protocol's version."""

    protocol: int
    leaf_count: int
    fields: tuple[Any, ...]
    signed: Signatures


def read_announcement(data: bytes) -> Announcement:
    """Of either kind. Raises: CallNotReadable."""
    if data[:4] == selector("announceSealedPoll", _ANNOUNCE_SEALED):
        _, sealed, key, _, signers, signatures = _decoded(data, "announceSealedPoll", _ANNOUNCE_SEALED)
        hashed = keccak(encode([_SEALED_PARAMETERS], [sealed]))
        return _announcement(sealed[0], hashed, signers, signatures, _seal_key_hash(key))
    parameters, signers, signatures = _decoded(data, "announcePoll", _ANNOUNCE)
    return _announcement(parameters, keccak(encode([_PARAMETERS], [parameters])), signers, signatures, None)


def _seal_key_hash(key: tuple[Any, ...]) -> bytes:
    """hashStruct of a SealKey."""
    x, y, threshold, share_keys, *hashes = key
    listed = keccak(b"".join(bytes(12) + bytes.fromhex(each[2:]) for each in share_keys))
    kinds = ["bytes32", "uint256", "uint256", "uint256", "bytes32", "bytes32", "bytes32"]
    return keccak(encode(kinds, [keccak(_SEAL_KEY_TYPE.encode()), x, y, threshold, listed, *hashes]))


def _announcement(
    parameters: tuple[Any, ...], hashed: bytes, signers: list[bytes], signatures: list[bytes], seal_key_hash: bytes | None
) -> Announcement:
    return Announcement(
        register_number=parameters[0],
        closes_at=parameters[4],
        verifiers=tuple(verifier.lower() for verifier in parameters[6]),
        receipt_signer=parameters[7].lower(),
        parameters_hash=hashed,
        signed=Signatures(tuple(signers), tuple(signatures)),
        seal_key_hash=seal_key_hash,
    )


@dataclass(frozen=True)
class Succession:
    """A call of announceSuccession; `people` are officials, threshold and institution."""

    people: tuple[tuple[bytes, ...], int, bytes]
    notice_seconds: int
    reason_hash: bytes
    signed: Signatures


def read_succession(data: bytes) -> Succession:
    """Raises: CallNotReadable."""
    (officials, threshold, institution), notice, reason, signers, signatures = _decoded(data, "announceSuccession", _SUCCEED)
    return Succession((tuple(officials), threshold, institution), notice, reason, Signatures(tuple(signers), tuple(signatures)))


def generation_hash(before: bytes, people: tuple[tuple[bytes, ...], int, bytes]) -> bytes:
    """Of officials, threshold and institution, and of the hash of those before them, 32 zero bytes for the first (protocol §24)."""
    return keccak(encode(["bytes32", _PEOPLE], [before, people]))


def read_freeze(data: bytes) -> Freeze:
    """Of either protocol. Raises: CallNotReadable."""
    for protocol, kinds in _FREEZE.items():
        if data[:4] == selector("freezeRegister", kinds):
            root, leaf_count, classes, *hashes, signers, signatures = _decoded(data, "freezeRegister", kinds)
            fields = (root, leaf_count, keccak(encode([_CLASSES], [classes])), *hashes)
            return Freeze(protocol, leaf_count, fields, Signatures(tuple(signers), tuple(signatures)))
    raise CallNotReadable("this freezes no register")


def _decoded(data: bytes, name: str, kinds: list[str]) -> tuple[Any, ...]:
    if data[:4] != selector(name, kinds):
        raise CallNotReadable(f"this is no call of {name}")
    try:
        return read_arguments(kinds, data[4:])
    except ArgumentsNotReadable as error:
        raise CallNotReadable(f"a call of {name} that cannot be read") from error
