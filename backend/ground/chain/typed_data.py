"""What people and the relay sign: the typed data of protocol §5, their digests, and the JSON a browser signs.

Constructors take the chain's id and the contract's address first, then the values in the order of the protocol.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.ground.chain.sealed_fields import TYPES_OF_SEALS, TYPES_OF_SUCCESSIONS, Fields
from backend.ground.chain.typed_fields import TYPES, TYPES_OF_PROTOCOL_1, TYPES_OF_PROTOCOL_2
from backend.ground.common.hashing import keccak

NAME = "LenderVote"
VERSION = "1"
DOMAIN_FIELDS = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))
#: Of the case's domain of a later generation (protocol §24.1).
SALT_FIELD = ("salt", "bytes32")

Value = int | bool | bytes | str | tuple[str, ...]


@dataclass(frozen=True)
class TypedData:
    """One thing to sign under one contract's domain (EIP-712, protocol §5).

    `contract` is 0x and 40 lower-case digits; `fields` are (name, type) in order; `message` has bytes for bytes and bytes32,
    0x-text for addresses, int and bool for the rest. `salt` is empty, or the hash of the later generation that signs (protocol §24.1).
    """

    chain_id: int
    contract: str
    primary_type: str
    fields: Fields
    message: Mapping[str, Value]
    salt: bytes = b""

    @property
    def domain(self) -> dict[str, Value]:
        """The EIP-712 domain: the contract that will check the signature, and the generation for which it does."""
        named: dict[str, Value] = {"name": NAME, "version": VERSION, "chainId": self.chain_id, "verifyingContract": self.contract}
        return named | ({"salt": "0x" + self.salt.hex()} if self.salt else {})

    def under(self, salt: bytes) -> TypedData:
        """The same, to be signed by the generation with that salt; by the first one with an empty salt."""
        return replace(self, salt=salt)

    def struct_hash(self) -> bytes:
        """EIP-712 hashStruct of the message, 32 bytes."""
        encoded = [_type_hash(self.primary_type, self.fields)]
        encoded += [_word(kind, self.message[name]) for name, kind in self.fields]
        return keccak(b"".join(encoded))

    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        return keccak(b"\x19\x01" + domain_separator(self.chain_id, self.contract, self.salt) + self.struct_hash())

    def as_json(self) -> dict[str, Any]:
        """The shape of eth_signTypedData_v4, ready for JSON; whole numbers above 2^53 as decimal text."""
        return {
            "types": {
                "EIP712Domain": [{"name": name, "type": kind} for name, kind in _domain_fields(self.salt)],
                self.primary_type: [{"name": name, "type": kind} for name, kind in self.fields],
            },
            "primaryType": self.primary_type,
            "domain": self.domain,
            "message": {name: _plain(self.message[name]) for name, _ in self.fields},
        }


def from_json(document: Mapping[str, Any]) -> TypedData:
    """The typed data that `as_json` wrote, of any protocol. Raises: ValueError when it is not one of the protocol's types."""
    name, domain, message = document["primaryType"], document["domain"], document["message"]
    for types in (TYPES, TYPES_OF_SEALS, TYPES_OF_SUCCESSIONS, TYPES_OF_PROTOCOL_2, TYPES_OF_PROTOCOL_1):
        if name in types and set(message) == {field for field, _ in types[name]}:
            values = {field: _read(kind, message[field]) for field, kind in types[name]}
            found = typed(name, int(domain["chainId"]), str(domain["verifyingContract"]), values, types)
            return found.under(bytes.fromhex(str(domain.get("salt", "0x"))[2:]))
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
    """A verifier's one signature over many credentials; `entries` are pieces of 24 bytes (see `entries.pack_entries`)."""
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


def address_bytes(address: str) -> bytes:
    """The 20 bytes of an address. Raises: ValueError."""
    raw = bytes.fromhex(address.removeprefix("0x"))
    if len(raw) != 20:
        raise ValueError("an address has 20 bytes")
    return raw


@functools.lru_cache(maxsize=1024)
def domain_separator(chain_id: int, contract: str, salt: bytes = b"") -> bytes:
    """The EIP-712 domain separator of a case or poll contract, 32 bytes; of a case also that of a later generation."""
    words = keccak(NAME.encode()), keccak(VERSION.encode()), _word("uint256", chain_id), _word("address", contract)
    return keccak(_type_hash("EIP712Domain", _domain_fields(salt)) + b"".join(words) + (_word("bytes32", salt) if salt else b""))


def _domain_fields(salt: bytes) -> Fields:
    return (*DOMAIN_FIELDS, SALT_FIELD) if salt else DOMAIN_FIELDS


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
