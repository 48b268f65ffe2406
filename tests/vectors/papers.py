"""What is hashed and signed: typed data, plans, parameters, results (protocol §5, §7 to §9)."""

import json
from typing import Any

from tests.vectors import reference as ref
from tests.vectors import rule_cases as rules
from tests.vectors.seeds import CASE, CHAIN_ID, POLL, TOP, address_of_key, hex_of, hex_word, key_of

# --- typed_data.json --------------------------------------------------------------------------------------------------------------------


def messages() -> list[tuple[str, str, dict[str, Any]]]:
    """Type, signer's name and message of one example of every type."""
    key, plan_hash = address_of_key("ballot"), ref.keccak(b"plan")
    entries = b"".join(i.to_bytes(4, "big") + address_of_key(f"lender {i}") for i in (0, 5, 70000))
    return [
        (
            "RegisterFreeze",
            "official 1",
            {
                "registerNumber": 0,
                "root": ref.keccak(b"root"),
                "leafCount": 400,
                "classesHash": ref.keccak(b"c"),
                "classNamesHash": ref.keccak(b"names"),
                "rangeProofsHash": bytes(32),
            },
        ),
        ("RegisterSample", "official 2", {"registerNumber": 0, "root": ref.keccak(b"root"), "sampleHash": ref.keccak(b"sample")}),
        ("PlanSubmission", "institution", {"planNumber": 0, "planHash": plan_hash}),
        ("PlanAdmission", "official 2", {"planNumber": 0, "planHash": plan_hash}),
        ("PollAnnouncement", "official 3", {"pollNumber": 0, "parametersHash": ref.keccak(b"parameters"), "rehearsal": False}),
        ("PollAnnouncement", "official 3", {"pollNumber": 0, "parametersHash": ref.keccak(b"parameters"), "rehearsal": True}),
        ("IdentityFile", "official 1", {"registerNumber": 0, "fileHash": ref.keccak(b"identities")}),
        ("Credential", "verifier", {"index": 5, "ballotKey": key, "expiresAt": 1800000000}),
        ("CredentialList", "verifier", {"entries": entries, "expiresAt": 1800000000}),
        ("Ballot", "ballot", {"index": 5, "choice": 1, "sequence": 1, "planHash": plan_hash}),
        ("Ballot", "ballot", {"index": 2**24 - 1, "choice": 3, "sequence": 63, "planHash": plan_hash}),
        (
            "BallotReceipt",
            "relay",
            {
                "ballotDigest": ref.keccak(b"ballot"),
                "ballotKey": key,
                "index": 5,
                "sequence": 1,
                "receivedAt": 1790000000,
                "book": ref.keccak(b"book"),
                "number": 2,
                "previous": ref.keccak(b"previous"),
            },
        ),
        ("PhoneTicket", "relay", {"index": 5, "ballotKey": key, "expiresAt": 1800000000}),
        ("Voucher", "official 1", {"index": 5, "ballotKey": key, "method": 2, "vouchedAt": 1790000000}),
        ("Attestation", "official 1", {"resultHash": ref.keccak(b"result"), "approve": True}),
        ("Attestation", "official 2", {"resultHash": ref.keccak(b"result"), "approve": False}),
        ("CredentialListRequest", "relay", {"entries": entries, "requestedAt": 1790000000}),
        ("LogRequest", "relay", {"after": 1000, "requestedAt": 1790000000}),
        ("FaceConsent", "ballot", {"index": 5, "textHash": ref.keccak(b"consent"), "agreed": True, "saidAt": 1790000000}),
        ("FaceConsent", "ballot", {"index": 5, "textHash": bytes(32), "agreed": False, "saidAt": 1790000060}),
    ]


def messages_of_protocol_2() -> list[tuple[str, str, dict[str, Any]]]:
    """The same of the type that protocols 1 and 2 had otherwise."""
    return [("PollAnnouncement", "official 3", {"pollNumber": 0, "parametersHash": ref.keccak(b"parameters")})]


def messages_of_protocol_1() -> list[tuple[str, str, dict[str, Any]]]:
    """The same of the types that protocol 1 alone had otherwise."""
    freeze = {"registerNumber": 0, "root": ref.keccak(b"root"), "leafCount": 400, "classesHash": ref.keccak(b"c")}
    ballot_key = address_of_key("ballot")
    receipt = {"ballotDigest": ref.keccak(b"ballot"), "ballotKey": ballot_key, "index": 5, "sequence": 1, "receivedAt": 1790000000}
    return [("RegisterFreeze", "official 1", freeze), ("BallotReceipt", "relay", receipt)]


def one_item(name: str, signer: str, message: dict[str, Any], types: dict[str, str], separators: dict[str, bytes]) -> dict[str, Any]:
    """One typed message with everything that follows from it."""
    text = types[name]
    contract = "case" if ref.TYPES[name] in ref.CASE_TYPES else "poll"
    digest = ref.typed_digest(name, message, separators[contract], types)
    return {
        "type": name,
        "type_text": text,
        "type_hash": hex_of(ref.keccak(text.encode())),
        "contract": contract,
        "message": {field: hex_of(value) if isinstance(value, bytes) else value for field, value in message.items()},
        "struct_hash": hex_of(ref.hash_struct(text, message)),
        "digest": hex_of(digest),
        "signer": signer,
        "signature": hex_of(ref.signature_65(key_of(signer), digest)),
        "compact_signature": hex_of(ref.signature_64(key_of(signer), digest)),
    }


def typed_data_file() -> dict[str, Any]:
    separators = {"case": ref.domain_separator(CHAIN_ID, CASE), "poll": ref.domain_separator(CHAIN_ID, POLL)}
    items = [one_item(*each, ref.TYPES, separators) for each in messages()]
    signers = ["official 1", "official 2", "official 3", "institution", "verifier", "ballot", "relay"]
    return {
        "chain_id": CHAIN_ID,
        "case": hex_of(CASE),
        "poll": hex_of(POLL),
        "domain_type": ref.DOMAIN_TYPE,
        "domain_separators": {name: hex_of(value) for name, value in separators.items()},
        "keys": {name: {"private_key": hex_word(key_of(name)), "address": hex_of(address_of_key(name))} for name in signers},
        "items": items,
        "items_of_protocol_2": [one_item(*each, ref.TYPES_OF_PROTOCOL_2, separators) for each in messages_of_protocol_2()],
        "items_of_protocol_1": [one_item(*each, ref.TYPES_OF_PROTOCOL_1, separators) for each in messages_of_protocol_1()],
    }


# --- plan.json --------------------------------------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """Canonical JSON (protocol §7)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plan(title: str, version: int, ladder: list[tuple[int, int]], texts: list[str]) -> dict[str, Any]:
    pdf = f"%PDF-1.7\n{title}\n".encode()
    names = ("settlement", "liquidation_period", "existing_business", "dispute_resolution")
    return {
        "case": hex_of(CASE),
        "ladder": [{"months": months, "ratio_bps": bps} for months, bps in ladder],
        "parts": dict(zip(names, texts, strict=True)),
        "pdf": {"bytes": len(pdf), "keccak": hex_of(ref.keccak(pdf))},
        "title": title,
        "version": version,
    }


FOUR_PARTS = ["先本金后收益，三年付清。", "六个月内完成清产核资。", "停止新增业务，存量到期不续。", "先调解，后仲裁或诉讼。"]


def plan_file() -> dict[str, Any]:
    plans = [
        plan("清偿方案（第一版）", 1, [(12, 2000), (24, 3500), (36, 4500)], FOUR_PARTS),
        plan('引号"反斜\\杠/与\t制表', 2, [(6, 10000)], ["第一行\n第二行\r\n", "\u0001控制符\u007f", "表情😀与𠀀", "<&>\u2028行分隔"]),
        plan("Plan in English", 63, [], ["", " ", "é ü ß", "０"]),
    ]
    return {
        "plans": [
            {
                "plan": p,
                "canonical_json": canonical(p),
                "bytes": len(canonical(p).encode()),
                "plan_hash": hex_of(ref.keccak(canonical(p).encode())),
            }
            for p in plans
        ]
    }


# --- statements.json --------------------------------------------------------------------------------------------------------------------


def statements_file() -> dict[str, Any]:
    poll, verifier = hex_of(POLL), hex_of(address_of_key("verifier"))
    deletion = {
        "kind": "deletion",
        "verifier": verifier,
        "poll": poll,
        "scope": "poll",
        "reason": "poll_closed",
        "erased_at": "2026-03-01T00:00:00Z",
        "count": 12,
        "lenders": 5,
        "session_records": 7,
        "digest": hex_of(ref.keccak(b"erased")),
        "log": {"seq": 40, "hash": hex_of(ref.keccak(b"head"))},
    }
    pairs = [{"rank": 1, "first": 3, "second": 70000, "band": "very_near"}, {"rank": 2, "first": 5, "second": 6, "band": "near"}]
    likenesses = {
        "kind": "likenesses",
        "verifier": verifier,
        "poll": poll,
        "model": "a model/68",
        "made_at": "2026-02-01T00:00:00Z",
        "searched": 70001,
        "fmr_ppb": 500000,
        "expected_false_milli": 1225017500,
        "pairs": pairs,
    }
    items = []
    for statement in (
        deletion,
        likenesses,
        {**likenesses, "pairs": []},
        {"kind": "deletion", "verifier": verifier, "poll": "张三 \U0001f600"},
    ):
        text = canonical(statement)
        digest = ref.keccak(b"LenderVote/1/statement" + text.encode())
        items.append(
            {
                "statement": statement,
                "canonical_json": text,
                "digest": hex_of(digest),
                "signature": hex_of(ref.signature_65(key_of("verifier"), digest)),
            }
        )
    return {"verifier": {"private_key": hex_word(key_of("verifier")), "address": verifier}, "items": items}


# --- parameters.json --------------------------------------------------------------------------------------------------------------------

CONDITION = "(uint8,uint8,uint8,uint32,uint32,bool)"
PARAMETERS = f"(uint256,uint256,{CONDITION}[],uint64,uint64,uint64,address[],address)"
TALLY = "(uint256,uint256,uint256,uint256,uint256,uint256)"


def one_parameters(register: int, number: int, preset: str, verifiers: list[str]) -> dict[str, Any]:
    window = (1790000000, 1790604800, 1296000)
    conditions = rules.PRESETS[preset]
    keys = [address_of_key(name) for name in verifiers]
    relay = address_of_key("relay")
    value = (register, number, [rules.as_tuple(c) for c in conditions], *window, keys, relay)
    encoded = ref.encode([PARAMETERS], [value])
    shown = {
        "register_number": register,
        "plan_number": number,
        "conditions": [rules.as_object(c) for c in conditions],
        "opens_at": window[0],
        "closes_at": window[1],
        "challenge_seconds": window[2],
        "verifiers": [hex_of(k) for k in keys],
        "receipt_signer": hex_of(relay),
    }
    return {"rule_name": preset, "parameters": shown, "encoded": hex_of(encoded), "parameters_hash": hex_of(ref.keccak(encoded))}


def one_result(tallies: list[tuple[int, ...]], passed: bool) -> dict[str, Any]:
    names = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")
    encoded = ref.encode(["address", f"{TALLY}[]", "bool"], [POLL, tallies, passed])
    shown = [{k: str(v) if k.startswith("fen") else v for k, v in zip(names, tally, strict=True)} for tally in tallies]
    return {
        "poll": hex_of(POLL),
        "tallies": shown,
        "passed": passed,
        "encoded": hex_of(encoded),
        "result_hash": hex_of(ref.keccak(encoded)),
    }


def parameters_file() -> dict[str, Any]:
    parameters = [
        one_parameters(0, 0, "CN_SZ_A", ["verifier"]),
        one_parameters(3, 7, "CN_SZ_B", ["verifier", "verifier 2", "verifier 3"]),
        one_parameters(1, 1, "UK_899", [f"verifier {i}" for i in range(8)]),
    ]
    results = [
        one_result([(3, 2, 0, 301, 200, 0)], passed=True),
        one_result([(0, 0, 0, 0, 0, 0), (1, 2, 3, TOP, TOP - 1, 4)], passed=False),
    ]
    return {"parameters": parameters, "results": results}
