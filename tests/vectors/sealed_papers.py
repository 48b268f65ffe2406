"""sealed_typed_data.json: what is signed about sealed polls and their trustees (protocol §5, §22.2)."""

from __future__ import annotations

from typing import Any

from tests.vectors import reference as ref
from tests.vectors.seeds import CASE, CHAIN_ID, POLL, address_of_key, hex_of, hex_word, key_of

CASE_TYPES = (
    "TrusteeAppointment(uint256 appointmentNumber,bytes32 trusteesHash)",
    "RollEntry(bytes32 ceremony,uint8 seat,address key,bytes transport)",
    "SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)",
    "SealedPollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bytes32 sealKeyHash,bool rehearsal)",
    "PollAbandonment(uint256 pollNumber,bytes32 reasonHash)",
)
POLL_TYPES = (
    "SealedBallot(uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash)",
    "SealBreach()",
)
TYPES = {text.split("(")[0]: text for text in CASE_TYPES + POLL_TYPES}


def hash_struct(text: str, message: dict[str, Any]) -> bytes:
    """hashStruct with what sealed polls need besides: no fields at all, and a list of addresses."""
    if text.endswith("()"):
        return ref.keccak(ref.keccak(text.encode()))
    encoded = ref.keccak(text.encode())
    for kind, name in ref.fields_of(text):
        value = message[name]
        if kind == "address[]":
            encoded += ref.keccak(b"".join(bytes(12) + one for one in value))
        else:
            encoded += ref.keccak(value) if kind == "bytes" else ref.encode_one(kind, value)
    return ref.keccak(encoded)


def messages() -> list[tuple[str, str, dict[str, Any]]]:
    """Type, signer's name and message."""
    x, y = ref.multiply(7, ref.G)
    transport = bytes([2 + y % 2]) + ref.word(x)
    hashes = {"rollHash": ref.keccak(b"roll"), "transcriptHash": ref.keccak(b"transcript")}
    share_keys = [address_of_key(f"share {seat}") for seat in range(3)]
    key = {"x": x, "y": y, "threshold": 2, "shareKeys": share_keys, **hashes}
    ballot = {"seal": x, "sealedChoice": 2**64 - 2, "planHash": ref.keccak(b"plan"), "sealKeyHash": ref.keccak(b"seal key")}
    announced = {"pollNumber": 1, "parametersHash": ref.keccak(b"parameters"), "sealKeyHash": ref.keccak(b"seal key")}
    entry = {"ceremony": ref.keccak(b"ceremony"), "seat": 31, "key": address_of_key("sign"), "transport": transport}
    return [
        ("TrusteeAppointment", "official 1", {"appointmentNumber": 1, "trusteesHash": ref.keccak(b"trustees")}),
        ("RollEntry", "trustee 0", entry),
        ("SealKey", "trustee 0", key),
        ("SealKey", "trustee 1", {**key, "shareKeys": share_keys[::-1]}),
        ("SealedPollAnnouncement", "official 1", {**announced, "rehearsal": False}),
        ("SealedPollAnnouncement", "official 2", {**announced, "rehearsal": True}),
        ("PollAbandonment", "official 3", {"pollNumber": 1, "reasonHash": ref.keccak(b"reason")}),
        ("SealedBallot", "ballot", {"index": 5, "sequence": 1, **ballot}),
        ("SealedBallot", "ballot", {"index": 2**24 - 1, "sequence": 63, **ballot, "sealedChoice": 0}),
        ("SealBreach", "secret", {}),
    ]


def written(value: Any) -> Any:
    """A field as JSON has it: what a double cannot hold exactly as 0x and 64 digits."""
    if isinstance(value, list):
        return [written(one) for one in value]
    if isinstance(value, bytes):
        return hex_of(value)
    return hex_word(value) if not isinstance(value, bool) and value >= 2**53 else value


def one_item(name: str, signer: str, message: dict[str, Any]) -> dict[str, Any]:
    """One message with everything that follows from it."""
    text = TYPES[name]
    contract = "case" if text in CASE_TYPES else "poll"
    struct_hash = hash_struct(text, message)
    separator = ref.domain_separator(CHAIN_ID, CASE if contract == "case" else POLL)
    digest = ref.keccak(b"\x19\x01" + separator + struct_hash)
    return {
        "type": name,
        "type_text": text,
        "contract": contract,
        "message": {field: written(value) for field, value in message.items()},
        "struct_hash": hex_of(struct_hash),
        "digest": hex_of(digest),
        "signer": signer,
        "signature": hex_of(ref.signature_65(key_of(signer), digest)),
        "compact_signature": hex_of(ref.signature_64(key_of(signer), digest)),
    }


def sealed_typed_data_file() -> dict[str, Any]:
    items = [one_item(*each) for each in messages()]
    separators = {"case": hex_of(ref.domain_separator(CHAIN_ID, CASE)), "poll": hex_of(ref.domain_separator(CHAIN_ID, POLL))}
    named = sorted({item["signer"] for item in items})
    return {
        "chain_id": CHAIN_ID,
        "case": hex_of(CASE),
        "poll": hex_of(POLL),
        "domain_separators": separators,
        "keys": {name: {"private_key": hex_word(key_of(name)), "address": hex_of(address_of_key(name))} for name in named},
        "items": items,
    }
