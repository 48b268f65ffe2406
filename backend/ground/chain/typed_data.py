"""What people and the relay sign: the typed data of protocol §5, their digests, and the JSON a browser signs.

Constructors take the chain's id and the contract's address first, then the values in the order of the protocol.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.ground.chain.sealed_fields import TYPES_OF_SEALS, Fields
from backend.ground.common.hashing import keccak

NAME = "LenderVote"
VERSION = "1"
DOMAIN_FIELDS = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))

Value = int | bool | bytes | str | tuple[str, ...]

_RECEIPT: Fields = (
    ("ballotDigest", "bytes32"),
    ("ballotKey", "address"),
    ("index", "uint256"),
    ("sequence", "uint8"),
    ("receivedAt", "uint64"),
)
_ANNOUNCEMENT: Fields = (("pollNumber", "uint256"), ("parametersHash", "bytes32"))
_FREEZE: Fields = (("registerNumber", "uint256"), ("root", "bytes32"), ("leafCount", "uint256"), ("classesHash", "bytes32"))

#: Name and type of every field of every signed type, in the order of the protocol.
TYPES: dict[str, Fields] = {
    "RegisterFreeze": (*_FREEZE, ("classNamesHash", "bytes32"), ("rangeProofsHash", "bytes32")),
    "PlanSubmission": (("planNumber", "uint256"), ("planHash", "bytes32")),
    "PlanAdmission": (("planNumber", "uint256"), ("planHash", "bytes32")),
    "PollAnnouncement": (*_ANNOUNCEMENT, ("rehearsal", "bool")),
    "IdentityFile": (("registerNumber", "uint256"), ("fileHash", "bytes32")),
    "Credential": (("index", "uint256"), ("ballotKey", "address"), ("expiresAt", "uint64")),
    "CredentialList": (("entries", "bytes"), ("expiresAt", "uint64")),
    "Ballot": (("index", "uint256"), ("choice", "uint8"), ("sequence", "uint8"), ("planHash", "bytes32")),
    "BallotReceipt": (*_RECEIPT, ("book", "bytes32"), ("number", "uint64"), ("previous", "bytes32")),
    "PhoneTicket": (("index", "uint256"), ("ballotKey", "address"), ("expiresAt", "uint64")),
    "Voucher": (("index", "uint256"), ("ballotKey", "address"), ("method", "uint8"), ("vouchedAt", "uint64")),
    "Attestation": (("resultHash", "bytes32"), ("approve", "bool")),
    "CredentialListRequest": (("entries", "bytes"), ("requestedAt", "uint64")),
    "LogRequest": (("after", "uint64"), ("requestedAt", "uint64")),
    "Stamp": (("subject", "bytes32"), ("blockNumber", "uint64"), ("blockHash", "bytes32"), ("value", "bytes32")),
}

#: What cases of protocols 1 and 2 sign otherwise (protocol §17).
TYPES_OF_PROTOCOL_2: dict[str, Fields] = {"PollAnnouncement": _ANNOUNCEMENT}
#: What cases of protocol 1 alone do.
TYPES_OF_PROTOCOL_1: dict[str, Fields] = {"RegisterFreeze": _FREEZE, "BallotReceipt": _RECEIPT}


@dataclass(frozen=True)
class TypedData:
    """One thing to sign under one contract's domain (EIP-712, protocol §5).

    `contract` is 0x and 40 lower-case digits; `fields` are (name, type) in order; `message` has bytes for bytes and bytes32,
    0x-text for addresses, int and bool for the rest.
    """

    chain_id: int
    contract: str
    primary_type: str
    fields: Fields
    message: Mapping[str, Value]

    @property
    def domain(self) -> dict[str, Value]:
        """The EIP-712 domain: the contract that will check the signature."""
        return {"name": NAME, "version": VERSION, "chainId": self.chain_id, "verifyingContract": self.contract}

    def struct_hash(self) -> bytes:
        """EIP-712 hashStruct of the message, 32 bytes."""
        encoded = [_type_hash(self.primary_type, self.fields)]
        encoded += [_word(kind, self.message[name]) for name, kind in self.fields]
        return keccak(b"".join(encoded))

    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        return keccak(b"\x19\x01" + domain_separator(self.chain_id, self.contract) + self.struct_hash())

    def as_json(self) -> dict[str, Any]:
        """The shape of eth_signTypedData_v4, ready for JSON; whole numbers above 2^53 as decimal text."""
        return {
            "types": {
                "EIP712Domain": [{"name": name, "type": kind} for name, kind in DOMAIN_FIELDS],
                self.primary_type: [{"name": name, "type": kind} for name, kind in self.fields],
            },
            "primaryType": self.primary_type,
            "domain": self.domain,
            "message": {name: _plain(self.message[name]) for name, _ in self.fields},
        }


def from_json(document: Mapping[str, Any]) -> TypedData:
    """The typed data that `as_json` wrote, of any protocol. Raises: ValueError when it is not one of the protocol's types."""
    name, domain, message = document["primaryType"], document["domain"], document["message"]
    for types in (TYPES, TYPES_OF_SEALS, TYPES_OF_PROTOCOL_2, TYPES_OF_PROTOCOL_1):
        if name in types and set(message) == {field for field, _ in types[name]}:
            values = {field: _read(kind, message[field]) for field, kind in types[name]}
            return typed(name, int(domain["chainId"]), str(domain["verifyingContract"]), values, types)
    raise ValueError("not typed data of the protocol")


def register_freeze(
    chain_id: int,
    case: str,
    register_number: int,
    root: bytes,
    leaf_count: int,
    classes_hash: bytes,
    class_names_hash: bytes,
    range_proofs_hash: bytes,
) -> TypedData:
    """k officials freeze a register; signed under the case. The last hash is zero while a register has no range proofs (protocol §4.2)."""
    values = _freeze(register_number, root, leaf_count, classes_hash)
    return typed("RegisterFreeze", chain_id, case, {**values, "classNamesHash": class_names_hash, "rangeProofsHash": range_proofs_hash})


def register_freeze_1(chain_id: int, case: str, register_number: int, root: bytes, leaf_count: int, classes_hash: bytes) -> TypedData:
    """The same for a case of protocol 1, which binds no names."""
    values = _freeze(register_number, root, leaf_count, classes_hash)
    return typed("RegisterFreeze", chain_id, case, values, TYPES_OF_PROTOCOL_1)


def _freeze(register_number: int, root: bytes, leaf_count: int, classes_hash: bytes) -> dict[str, Value]:
    return {"registerNumber": register_number, "root": root, "leafCount": leaf_count, "classesHash": classes_hash}


def plan_submission(chain_id: int, case: str, plan_number: int, plan_hash: bytes) -> TypedData:
    """The institution submits a plan; signed under the case."""
    return typed("PlanSubmission", chain_id, case, {"planNumber": plan_number, "planHash": plan_hash})


def plan_admission(chain_id: int, case: str, plan_number: int, plan_hash: bytes) -> TypedData:
    """k officials admit a plan to the vote; signed under the case."""
    return typed("PlanAdmission", chain_id, case, {"planNumber": plan_number, "planHash": plan_hash})


def poll_announcement(chain_id: int, case: str, poll_number: int, parameters_hash: bytes, *, rehearsal: bool) -> TypedData:
    """k officials announce a poll; signed under the case, whose own mark `rehearsal` is."""
    values: dict[str, Value] = {"pollNumber": poll_number, "parametersHash": parameters_hash, "rehearsal": rehearsal}
    return typed("PollAnnouncement", chain_id, case, values)


def poll_announcement_2(chain_id: int, case: str, poll_number: int, parameters_hash: bytes) -> TypedData:
    """The same for a case of protocol 1 or 2, which has no mark."""
    values: dict[str, Value] = {"pollNumber": poll_number, "parametersHash": parameters_hash}
    return typed("PollAnnouncement", chain_id, case, values, TYPES_OF_PROTOCOL_2)


def identity_file(chain_id: int, case: str, register_number: int, file_hash: bytes) -> TypedData:
    """k officials bind faces and numbers to the indexes of a register; signed under the case (protocol §15.1)."""
    return typed("IdentityFile", chain_id, case, {"registerNumber": register_number, "fileHash": file_hash})


def credential(chain_id: int, poll: str, index: int, ballot_key: str, expires_at: int) -> TypedData:
    """A verifier met the lender at this index, who holds this ballot key."""
    return typed("Credential", chain_id, poll, {"index": index, "ballotKey": ballot_key, "expiresAt": expires_at})


def credential_list(chain_id: int, poll: str, entries: bytes, expires_at: int) -> TypedData:
    """A verifier's one signature over many credentials; `entries` are pieces of 24 bytes (see `pack_entries`)."""
    return typed("CredentialList", chain_id, poll, {"entries": entries, "expiresAt": expires_at})


def ballot(chain_id: int, poll: str, index: int, choice: int, sequence: int, plan_hash: bytes) -> TypedData:
    """A lender's choice on the poll's plan, signed by the ballot key."""
    return typed("Ballot", chain_id, poll, {"index": index, "choice": choice, "sequence": sequence, "planHash": plan_hash})


def ballot_receipt(
    chain_id: int,
    poll: str,
    ballot_digest: bytes,
    ballot_key: str,
    index: int,
    sequence: int,
    received_at: int,
    book: bytes,
    number: int,
    previous: bytes,
) -> TypedData:
    """The relay received this ballot at this time and owes its recording; it stands under this number of a book (protocol §11)."""
    values = _receipt(ballot_digest, ballot_key, index, sequence, received_at)
    return typed("BallotReceipt", chain_id, poll, {**values, "book": book, "number": number, "previous": previous})


def ballot_receipt_1(
    chain_id: int, poll: str, ballot_digest: bytes, ballot_key: str, index: int, sequence: int, received_at: int
) -> TypedData:
    """The same for a poll of protocol 1, whose receipts are in no book."""
    values = _receipt(ballot_digest, ballot_key, index, sequence, received_at)
    return typed("BallotReceipt", chain_id, poll, values, TYPES_OF_PROTOCOL_1)


def _receipt(ballot_digest: bytes, ballot_key: str, index: int, sequence: int, received_at: int) -> dict[str, Value]:
    return {
        "ballotDigest": ballot_digest,
        "ballotKey": ballot_key,
        "index": index,
        "sequence": sequence,
        "receivedAt": received_at,
    }


def phone_ticket(chain_id: int, poll: str, index: int, ballot_key: str, expires_at: int) -> TypedData:
    """The relay saw the lender enter the code sent to the phone in the register."""
    return typed("PhoneTicket", chain_id, poll, {"index": index, "ballotKey": ballot_key, "expiresAt": expires_at})


def voucher(chain_id: int, poll: str, index: int, ballot_key: str, method: int, vouched_at: int) -> TypedData:
    """An official saw the lender: method 1 on a video call, 2 at the counter."""
    values: dict[str, Value] = {"index": index, "ballotKey": ballot_key, "method": method, "vouchedAt": vouched_at}
    return typed("Voucher", chain_id, poll, values)


def attestation(chain_id: int, poll: str, result_hash: bytes, *, approve: bool) -> TypedData:
    """One official approves or refuses the result."""
    return typed("Attestation", chain_id, poll, {"resultHash": result_hash, "approve": approve})


def credential_list_request(chain_id: int, poll: str, entries: bytes, requested_at: int) -> TypedData:
    """The relay asks the verifier to sign a list over these entries (protocol §15.1)."""
    return typed("CredentialListRequest", chain_id, poll, {"entries": entries, "requestedAt": requested_at})


def log_request(chain_id: int, poll: str, after: int, requested_at: int) -> TypedData:
    """The relay asks the verifier for its log about the poll, from behind an entry on (protocol §15.1)."""
    return typed("LogRequest", chain_id, poll, {"after": after, "requestedAt": requested_at})


def stamp(chain_id: int, contract: str, subject: bytes, block_number: int, block_hash: bytes, value: bytes) -> TypedData:
    """What the relay has stamped by outsiders, under the case or the poll (protocol §26)."""
    return typed("Stamp", chain_id, contract, {"subject": subject, "blockNumber": block_number, "blockHash": block_hash, "value": value})


def ballot_digests(chain_id: int, poll: str, plan_hash: bytes) -> Callable[[int, int, int], bytes]:
    """The fast way to many ballots' digests: a function of (index, choice, sequence) that agrees with `ballot(...).digest()`."""
    prefix = b"\x19\x01" + domain_separator(chain_id, poll)
    type_hash = _type_hash("Ballot", TYPES["Ballot"])

    def digest(index: int, choice: int, sequence: int) -> bytes:
        words = index.to_bytes(32, "big") + choice.to_bytes(32, "big") + sequence.to_bytes(32, "big")
        return keccak(prefix + keccak(type_hash + words + plan_hash))

    return digest


def pack_entries(entries: list[tuple[int, str]]) -> bytes:
    """The (index, ballot key) pairs of a credential list as 24 bytes each. Raises: ValueError unless strictly ascending by index."""
    indexes = [index for index, _ in entries]
    if any(later <= earlier for earlier, later in itertools.pairwise(indexes)):
        raise ValueError("entries are not strictly ascending by index")
    return b"".join(index.to_bytes(4, "big") + address_bytes(ballot_key) for index, ballot_key in entries)


def address_bytes(address: str) -> bytes:
    """The 20 bytes of an address. Raises: ValueError."""
    raw = bytes.fromhex(address.removeprefix("0x"))
    if len(raw) != 20:
        raise ValueError("an address has 20 bytes")
    return raw


@functools.lru_cache(maxsize=1024)
def domain_separator(chain_id: int, contract: str) -> bytes:
    """The EIP-712 domain separator of a case or poll contract, 32 bytes."""
    words = keccak(NAME.encode()), keccak(VERSION.encode()), _word("uint256", chain_id), _word("address", contract)
    return keccak(_type_hash("EIP712Domain", DOMAIN_FIELDS) + b"".join(words))


@functools.lru_cache(maxsize=64)
def _type_hash(name: str, fields: Fields) -> bytes:
    return keccak(f"{name}({','.join(f'{kind} {field}' for field, kind in fields)})".encode())


def typed(name: str, chain_id: int, contract: str, values: dict[str, Value], types: Mapping[str, Fields] = TYPES) -> TypedData:
    """Typed data of that name with these values. Raises: ValueError when one does not fit its type."""
    for field, kind in types[name]:
        _word(kind, values[field])  # a value that does not fit its type is refused here, not when somebody has signed it
        if kind == "address":
            values[field] = "0x" + address_bytes(str(values[field])).hex()
    return TypedData(chain_id, "0x" + address_bytes(contract).hex(), name, types[name], values)


def _word(kind: str, value: Value) -> bytes:
    """One value as the 32 bytes that enter the struct hash. Raises: ValueError when it does not fit its type."""
    if kind == "bytes" and isinstance(value, bytes):
        return keccak(value)
    if kind == "bytes32" and isinstance(value, bytes) and len(value) == 32:
        return value
    if kind == "address" and isinstance(value, str):
        return bytes(12) + address_bytes(value)
    if kind == "address[]" and isinstance(value, tuple):
        return keccak(b"".join(_word("address", each) for each in value))
    if kind == "bool" and isinstance(value, bool):
        return int(value).to_bytes(32, "big")
    if kind.startswith("uint") and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << int(kind[4:]):
        return value.to_bytes(32, "big")
    raise ValueError(f"{value!r} is no {kind}")


def _plain(value: Value) -> int | bool | str | list[str]:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int) and value > 2**53:
        return str(value)
    return value


def _read(kind: str, value: object) -> Value:
    if kind.startswith("bytes"):
        return bytes.fromhex(str(value).removeprefix("0x"))
    if kind.startswith("uint") and isinstance(value, str | int) and not isinstance(value, bool):
        return int(value)
    if kind == "address" and isinstance(value, str):
        return value
    if kind == "address[]" and isinstance(value, list):
        return tuple(map(str, value))
    if kind == "bool" and isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} is no {kind}")
