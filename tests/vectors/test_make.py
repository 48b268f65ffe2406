"""The committed vectors are what the reference writes, and strangers' code agrees with the reference."""

import json
from pathlib import Path
from typing import Any

import coincurve
import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from tests.vectors import make, reference

FOLDER = Path(__file__).parent


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def test_make__writes_the_committed_files(tmp_path: Path) -> None:
    make.main(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    #: A standard's own figures, what a chain of others' program made, and proofs that take half a minute.
    foreign = {"webauthn.json", "kaia.json", "ranges_67.json"}
    assert names == {path.name for path in FOLDER.glob("*.json")} - foreign
    for name in names:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_points__strangers_curve_agrees() -> None:
    points = load("points.json")

    def key(point: dict[str, str]) -> coincurve.PublicKey:
        return coincurve.PublicKey(b"\x04" + raw(point["x"]) + raw(point["y"]))

    h = key(points["h"])
    assert h.format(compressed=True)[0] == 2, "H has the even root"
    for entry in points["commitments"]:
        amount = int(entry["amount_fen"])
        terms = [h.multiply(raw(entry["blind"]))]
        if amount:
            terms.append(coincurve.PrivateKey.from_int(amount).public_key)
        assert coincurve.PublicKey.combine_keys(terms) == key(entry)
    for entry in points["openings"]:
        asked = entry["ecrecover"]
        if asked and asked["recovered"] != "0x" and int(asked["s"], 16):
            signature = raw(asked["r"]) + raw(asked["s"]) + bytes([asked["v"] - 27])
            recovered = coincurve.PublicKey.from_signature_and_message(signature, raw(asked["hash"]), hasher=None)
            assert keccak(recovered.format(compressed=False)[1:])[12:] == raw(asked["recovered"]), entry["name"]


def strangers_message(data: Any, item: dict[str, Any]) -> dict[str, Any]:
    fields = [{"type": kind, "name": name} for kind, name in reference.fields_of(item["type_text"])]
    domain = [{"type": kind, "name": name} for kind, name in reference.fields_of(data["domain_type"])]
    return {
        "types": {"EIP712Domain": domain, item["type"]: fields},
        "primaryType": item["type"],
        "domain": {"name": "LenderVote", "version": "1", "chainId": data["chain_id"], "verifyingContract": data[item["contract"]]},
        "message": {k: raw(v) if isinstance(v, str) and len(v) != 42 else v for k, v in item["message"].items()},
    }


@pytest.mark.parametrize("item", load("typed_data.json")["items"], ids=lambda item: item["type"])
def test_typed_data__strangers_hash_and_sign_the_same(item: dict[str, Any]) -> None:
    data = load("typed_data.json")
    key = data["keys"][item["signer"]]
    assert Account.from_key(key["private_key"]).address.lower() == key["address"]
    message = encode_typed_data(full_message=strangers_message(data, item))
    signed = Account.sign_message(message, key["private_key"])
    assert message.header == raw(data["domain_separators"][item["contract"]])
    assert message.body == raw(item["struct_hash"])
    assert bytes(signed.message_hash) == raw(item["digest"])
    assert bytes(signed.signature) == raw(item["signature"])
    r, vs = raw(item["compact_signature"])[:32], int.from_bytes(raw(item["compact_signature"])[32:], "big")
    s, v = vs & (2**255 - 1), 27 + (vs >> 255)
    assert r + s.to_bytes(32, "big") + bytes([v]) == raw(item["signature"])


def test_hashes__strangers_encoding_agrees() -> None:
    for preset in load("rules.json")["presets"].values():
        encoded = encode(["(uint8,uint8,uint8,uint32,uint32,bool)[]"], [[tuple(t) for t in preset["tuples"]]])
        assert keccak(encoded) == raw(preset["rule_hash"])
    for register in load("register.json")["registers"]:
        totals = [(c["heads"], int(c["amount_fen"]), int(c["blind"], 16)) for c in register["classes"]]
        assert keccak(encode(["(uint256,uint256,uint256)[]"], [totals])) == raw(register["classes_hash"])
    for entry in load("parameters.json")["results"]:
        names = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")
        tallies = [tuple(int(tally[name]) for name in names) for tally in entry["tallies"]]
        encoded = encode(
            ["address", "(uint256,uint256,uint256,uint256,uint256,uint256)[]", "bool"], [entry["poll"], tallies, entry["passed"]]
        )
        assert encoded == raw(entry["encoded"])
        assert keccak(encoded) == raw(entry["result_hash"])


def test_parameters__strangers_encoding_agrees() -> None:
    presets = load("rules.json")["presets"]
    kind = "(uint256,uint256,(uint8,uint8,uint8,uint32,uint32,bool)[],uint64,uint64,uint64,address[],address)"
    for entry in load("parameters.json")["parameters"]:
        p = entry["parameters"]
        conditions = [tuple(t) for t in presets[entry["rule_name"]]["tuples"]]
        window = (p["opens_at"], p["closes_at"], p["challenge_seconds"])
        value = (p["register_number"], p["plan_number"], conditions, *window, p["verifiers"], p["receipt_signer"])
        assert encode([kind], [value]) == raw(entry["encoded"])
        assert keccak(raw(entry["encoded"])) == raw(entry["parameters_hash"])


def two_words(signature: str) -> tuple[bytes, bytes]:
    """r and vs of a signature r, s, v."""
    r, s, v = raw(signature)[:32], raw(signature)[32:64], raw(signature)[64]
    return r, bytes([s[0] | (v - 27) << 7]) + s[1:]


def test_batch__strangers_encoding_agrees() -> None:
    data = load("batch.json")
    for batch in data["batches"]:
        credentials = (raw(batch["entries"]), data["expires_at"], two_words(batch["list_signature"]))
        siblings = [raw(s) for s in batch["siblings"]]
        kinds = ["(bytes,uint64,(bytes32,bytes32))", "bytes", "bytes", "bytes32[]"]
        encoded = encode(kinds, [credentials, raw(batch["ballots"]), raw(batch["leaves"]), siblings])
        assert keccak(text=f"castBatch({','.join(kinds)})")[:4] + encoded == raw(batch["calldata"])
        assert len(raw(batch["entries"])) // 24 == len(raw(batch["recorded"])) // 5 + len(batch["rejected"])
    single = data["single"]
    kinds = ["(uint256,uint8,uint8,address,(bytes32,bytes32),uint64,(bytes32,bytes32))", "(uint8,uint256,uint256)", "bytes32[]"]
    signatures = two_words(single["ballot_signature"]), data["expires_at"], two_words(single["credential_signature"])
    ballot = (single["index"], single["choice"], single["sequence"], single["ballot_key"], *signatures)
    leaf = data["leaves"][single["index"]]
    values = [ballot, (leaf["voting_class"], int(leaf["x"], 16), int(leaf["y"], 16)), [raw(s) for s in single["proof"]]]
    assert keccak(text=f"cast({','.join(kinds)})")[:4] + encode(kinds, values) == raw(single["calldata"])


def test_rules__every_preset_is_tried_at_its_thresholds() -> None:
    data = load("rules.json")
    for name in data["presets"]:
        outcomes = [case["passes"] for case in data["cases"] if case["preset"] == name]
        assert outcomes.count(True) >= 3, name
        assert outcomes.count(False) >= 5, name
