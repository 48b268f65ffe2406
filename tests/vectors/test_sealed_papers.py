"""A stranger's typed data hash and sign what sealed polls sign as the reference does."""

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

DATA: Any = json.loads((Path(__file__).parent / "sealed_typed_data.json").read_text(encoding="utf-8"))
DOMAIN = [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address")]


def plain(value: Any) -> Any:
    """Bytes for hex, but addresses as they stand."""
    if isinstance(value, str) and len(value) != 42:
        return bytes.fromhex(value[2:])
    return value


def number_or(kind: str, value: Any) -> Any:
    return int(value, 16) if kind.startswith("uint") and isinstance(value, str) else plain(value)


@pytest.mark.parametrize("item", DATA["items"], ids=lambda item: item["type"])
def test_sealed_typed_data__strangers_hash_and_sign_the_same(item: dict[str, Any]) -> None:
    inside = item["type_text"][len(item["type"]) + 1 : -1]
    fields = [dict(zip(("type", "name"), part.split(" "), strict=True)) for part in inside.split(",") if part]
    message = encode_typed_data(
        full_message={
            "types": {"EIP712Domain": [{"name": name, "type": kind} for name, kind in DOMAIN], item["type"]: fields},
            "primaryType": item["type"],
            "domain": {"name": "LenderVote", "version": "1", "chainId": DATA["chain_id"], "verifyingContract": DATA[item["contract"]]},
            "message": {field["name"]: number_or(field["type"], item["message"][field["name"]]) for field in fields},
        }
    )
    key = DATA["keys"][item["signer"]]
    assert Account.from_key(key["private_key"]).address.lower() == key["address"]
    assert message.body.hex() == item["struct_hash"][2:]
    signed = Account.sign_message(message, key["private_key"])
    assert signed.message_hash.hex() == item["digest"][2:]
    assert signed.signature.hex() == item["signature"][2:]
