"""The recount tool's own modules give the shared vectors' numbers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.make import claim
from verifier.tally import abi, curve, merkle, typed_data
from verifier.tally.ballots import Terms, judge
from verifier.tally.books import SUBJECT, Books, read_notes
from verifier.tally.case import fingerprint, poll_address
from verifier.tally.chain.things import Block, Log, Transaction
from verifier.tally.contracts import (
    CALLS,
    DIALECTS,
    NOTED,
    PARAMETERS,
    Event,
    class_names_hash,
    classes_hash,
    parameters_hash,
    result_hash,
    rule_hash,
)
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak
from verifier.tally.published import Record, canonical, parse
from verifier.tally.receipts import Reading, Receipt, read_part
from verifier.tally.rules import PRESETS, ClassCount, carries, passes
from verifier.tally.steps import poll_file

FOLDER = Path(__file__).parents[2] / "vectors"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def point(entry: dict[str, str]) -> bytes:
    return raw(entry["x"]) + raw(entry["y"])


def test_curve__second_generator_and_commitments() -> None:
    points = load("points.json")
    assert point(points["h"]) == curve.H
    for entry in points["commitments"]:
        assert curve.commit(int(entry["amount_fen"]), int(entry["blind"], 16)) == point(entry)
        assert curve.is_on_curve(point(entry))
        assert not curve.is_on_curve(point(entry)[:-1] + bytes([point(entry)[-1] ^ 1]))


@pytest.mark.parametrize("entry", load("points.json")["sums"], ids=lambda entry: entry["name"])
def test_curve__sums(entry: dict[str, Any]) -> None:
    assert curve.add([point(term) for term in entry["terms"]]) == point(entry)


@pytest.mark.parametrize("entry", load("points.json")["openings"], ids=lambda entry: entry["name"])
def test_curve__openings_by_ecrecover_and_by_commitment_are_one(entry: dict[str, Any]) -> None:
    amount, blind = int(entry["amount_fen"]), int(entry["blind"], 16)
    if point(entry) == curve.INFINITY:
        assert entry["accepted"] == (amount == 0 and blind == 0)
        return
    by_commitment = curve.commit(amount, blind) == point(entry)
    assert entry["accepted"] == (by_commitment and amount < 2**88)


@pytest.mark.parametrize("register", load("register.json")["registers"], ids=lambda register: str(register["leaf_count"]))
def test_merkle__root_proofs_and_multiproofs(register: dict[str, Any]) -> None:
    count = register["leaf_count"]
    claims = [claim(count, i) for i in range(count)]
    points = [curve.commit(amount, blind) for _, amount, blind in claims]
    hashes = [merkle.leaf_hash(i, claims[i][0], points[i]) for i in range(count)]
    root, depth = raw(register["root"]), register["depth"]
    assert merkle.depth_of(count) == depth
    assert merkle.root_of(hashes) == root
    for leaf in register["leaves"]:
        siblings = [raw(sibling) for sibling in leaf["proof"]]
        assert hashes[leaf["index"]] == raw(leaf["leaf"])
        assert merkle.proves(root, depth, leaf["index"], hashes[leaf["index"]], siblings)
        assert not merkle.proves(root, depth, leaf["index"] + 2**32, hashes[leaf["index"]], siblings)
        assert not merkle.proves(root, depth, leaf["index"], hashes[leaf["index"]], siblings[1:])
    for entry in register["multiproofs"]:
        siblings, leaves = [raw(s) for s in entry["siblings"]], [(i, hashes[i]) for i in entry["indexes"]]
        assert merkle.multiproves(root, depth, leaves, siblings)
        assert not merkle.multiproves(root, depth, leaves, [*siblings, bytes(32)])
        assert not merkle.multiproves(root, depth, [(leaves[0][0], bytes(32)), *leaves[1:]], siblings)
        if siblings:
            assert not merkle.multiproves(root, depth, leaves, siblings[:-1])
    totals = [(c["heads"], int(c["amount_fen"]), int(c["blind"], 16)) for c in register["classes"]]
    assert classes_hash(totals) == raw(register["classes_hash"])
    for number, (_, amount_fen, blind) in enumerate(totals):
        members = [points[i] for i in range(count) if claims[i][0] == number]
        assert curve.add(members) == curve.commit(amount_fen, blind) == point(register["classes"][number])


DIGESTS = {
    "RegisterFreeze": typed_data.register_freeze,
    "IdentityFile": typed_data.identity_file,
    "Voucher": typed_data.voucher,
    "PlanSubmission": typed_data.plan_submission,
    "PlanAdmission": typed_data.plan_admission,
    "PollAnnouncement": typed_data.poll_announcement,
    "Credential": typed_data.credential,
    "CredentialList": typed_data.credential_list,
    "Ballot": typed_data.ballot,
    "BallotReceipt": typed_data.ballot_receipt,
    "Attestation": typed_data.attestation,
}


@pytest.mark.parametrize("item", load("typed_data.json")["items"], ids=lambda item: item["type"])
def test_typed_data__digests_and_signers(item: dict[str, Any]) -> None:
    data = load("typed_data.json")
    contract, signer = raw(data[item["contract"]]), raw(data["keys"][item["signer"]]["address"])
    digest = raw(item["digest"])
    separator = typed_data.domain_separator(data["chain_id"], contract)
    assert separator == raw(data["domain_separators"][item["contract"]])
    if item["type"] in DIGESTS:
        values = [raw(value) if isinstance(value, str) else value for value in item["message"].values()]
        assert DIGESTS[item["type"]](separator, *values) == digest  # type: ignore[operator]
    assert curve.recover_65(digest, raw(item["signature"])) == signer
    compact = raw(item["compact_signature"])
    assert curve.recover_64(digest, compact) == signer
    for other in (compact + b"\0", b"\0" + compact, compact[:63]):
        with pytest.raises(curve.SignatureWrong):
            curve.recover_64(digest, other)


def test_curve__refuses_signatures_that_the_protocol_refuses() -> None:
    item = load("typed_data.json")["items"][0]
    signature, digest = raw(item["signature"]), raw(item["digest"])
    high = curve.N - int.from_bytes(signature[32:64], "big")
    for wrong in (
        signature[:32] + high.to_bytes(32, "big") + bytes([55 - signature[64]]),
        signature[:64] + b"\x00",
        signature[:64] + b"\x1d",
        signature[:64],
        signature + b"\x00",
        bytes(65),
        b"\xff" * 65,
        bytes(32) + signature[32:],
        curve.N.to_bytes(32, "big") + signature[32:],
        b"",
    ):
        with pytest.raises(curve.SignatureWrong):
            curve.recover_65(digest, wrong)


def tuple_of(conditions: list[dict[str, Any]]) -> list[Any]:
    return poll_file.conditions(Record({"conditions": conditions}, "vectors", "rule.file"), StepLog(5, "Rule"))


def test_rules__presets_and_hashes() -> None:
    presets = load("rules.json")["presets"]
    assert set(presets) == set(PRESETS)
    for name, preset in presets.items():
        conditions = tuple_of(preset["conditions"])
        assert conditions == list(PRESETS[name]) == [tuple(entry) for entry in preset["tuples"]]
        assert rule_hash(conditions) == raw(preset["rule_hash"])


@pytest.mark.parametrize("case", load("rules.json")["cases"], ids=lambda case: f"{case['preset']}: {case['name']}")
def test_rules__cases(case: dict[str, Any]) -> None:
    counts = []
    for one in case["classes"]:
        heads = (one["heads_for"], one["heads_against"], one["heads_abstain"])
        fen = (int(one["fen_for"]), int(one["fen_against"]), int(one["fen_abstain"]))
        counts.append(ClassCount(one["admitted_heads"], int(one["admitted_fen"]), heads, fen))
        assert carries(PRESETS[case["preset"]], counts[-1]) is one["carries"]
    assert passes(PRESETS[case["preset"]], counts) is case["passes"]


def test_published__canonical_json_and_plan_hash() -> None:
    for entry in load("plan.json")["plans"]:
        content = canonical(entry["plan"])
        assert content.decode() == entry["canonical_json"]
        assert (len(content), keccak(content)) == (entry["bytes"], raw(entry["plan_hash"]))
        assert parse(content, "plan.json", "plan.form") == entry["plan"]


def test_contracts__parameters_and_result_hashes() -> None:
    data = load("parameters.json")
    for entry in data["parameters"]:
        p = entry["parameters"]
        window = (p["opens_at"], p["closes_at"], p["challenge_seconds"])
        keys = [raw(key) for key in p["verifiers"]]
        values = (p["register_number"], p["plan_number"], tuple_of(p["conditions"]), *window, keys, raw(p["receipt_signer"]))
        assert parameters_hash(values) == raw(entry["parameters_hash"])
        assert abi.decode(f"({PARAMETERS})", raw(entry["encoded"])) == (values,)
    for entry in data["results"]:
        names = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")
        tallies = [tuple(int(tally[name]) for name in names) for tally in entry["tallies"]]
        assert result_hash(raw(entry["poll"]), tallies, entry["passed"]) == raw(entry["result_hash"])  # type: ignore[arg-type]


def judged_by(data: Any) -> Terms:
    return Terms(
        protocol=4,
        separator=typed_data.domain_separator(data["chain_id"], raw(data["poll"])),
        plan_hash=raw(data["plan_hash"]),
        verifiers=frozenset([raw(data["keys"]["verifier"]["address"])]),
        leaf_count=data["leaf_count"],
        depth=8,
        root=raw(data["root"]),
    )


def sent(calldata: bytes, to: bytes) -> Transaction:
    return Transaction(bytes(32), to, calldata, Block(1, bytes(32), 0))


def test_ballots__batches_and_single() -> None:
    data = load("batch.json")
    poll, terms = raw(data["poll"]), judged_by(data)
    for batch in data["batches"]:
        sending = judge(sent(raw(batch["calldata"]), poll), poll, terms)
        assert sending.proved
        assert sending.faults == ()
        wrong_signature = {one["index"] for one in batch["rejected"] if one["reason"] == 3}
        assert {ballot.index for ballot in sending.ballots if not ballot.signed} == wrong_signature
        recorded = [raw(batch["recorded"])[i : i + 5] for i in range(0, len(raw(batch["recorded"])), 5)]
        said = {ballot.index.to_bytes(4, "big") + bytes([ballot.sequence << 2 | ballot.choice]) for ballot in sending.ballots}
        assert set(recorded) <= said
    single = data["single"]
    sending = judge(sent(raw(single["calldata"]), poll), poll, terms)
    (ballot,) = sending.ballots
    assert (ballot.index, ballot.choice, ballot.sequence) == (single["index"], single["choice"], single["sequence"])
    assert ballot.digest == raw(single["ballot_digest"])
    assert ballot.signed
    assert sending.proved
    assert sending.faults == ()


def test_ballots__every_bit_of_a_batch_matters() -> None:
    """A flipped bit is refused, judged wrong, or lies where the contract does not look either (padding)."""
    data = load("batch.json")
    poll, terms, batch = raw(data["poll"]), judged_by(data), data["batches"][0]
    good = judge(sent(raw(batch["calldata"]), poll), poll, terms)
    unseen = 0
    for place in range(0, len(raw(batch["calldata"])), 3):
        changed = bytearray(raw(batch["calldata"]))
        changed[place] ^= 1 << place % 8
        try:
            found = judge(sent(bytes(changed), poll), poll, terms)
        except Wrong:
            continue
        harmless = found == good
        assert harmless or not found.proved or found.faults or not all(ballot.signed for ballot in found.ballots)
        unseen += harmless
    assert unseen < 60, "only padding may change without a difference"


def test_abi__reads_calls_whose_parts_lie_in_another_order() -> None:
    """Whoever sends a ballot chooses where its parts lie; the contract reads it, so the recount must."""
    data = load("batch.json")
    calldata = raw(data["single"]["calldata"])
    usual = abi.decode(CALLS["cast"], calldata, 4)
    head, proof_at, tail = calldata[:388], int.from_bytes(calldata[388:420], "big"), calldata[420:]
    moved = head + (proof_at + 64).to_bytes(32, "big") + b"\xaa" * 64 + tail + b"\xbb" * 7
    assert abi.decode(CALLS["cast"], moved, 4) == usual
    assert DIALECTS[2].selectors["cast"] == calldata[:4]


@pytest.mark.parametrize("length", [0, 3, 4, 31, 36, 100, 260])
def test_abi__short_data_is_not_decodable(length: int) -> None:
    calldata = raw(load("batch.json")["single"]["calldata"])[:length]
    with pytest.raises(abi.NotDecodable):
        abi.decode(CALLS["cast"], calldata, 4)


def test_abi__huge_lengths_and_values_out_of_type_are_not_decodable() -> None:
    word = (2**255 - 1).to_bytes(32, "big")
    for kinds, content in (
        ("(bytes)", (32).to_bytes(32, "big") + word),
        ("(uint256[])", (32).to_bytes(32, "big") + word),
        ("(bytes)", word),
        ("(uint8)", word),
        ("(bool)", (2).to_bytes(32, "big")),
        ("(address)", word),
        ("((uint8,bytes)[])", (32).to_bytes(32, "big") + (1).to_bytes(32, "big") + word),
    ):
        with pytest.raises(abi.NotDecodable):
            abi.decode(kinds, content)


def test_abi__a_call_s_own_offsets_go_forward_only() -> None:
    """The contract takes an offset within a list as a signed number, one of the call itself not."""
    backwards = (2**256 - 32).to_bytes(32, "big")
    with pytest.raises(abi.NotDecodable):
        abi.decode("(bytes)", bytes(32) + backwards, 32)


@pytest.mark.parametrize(("count", "right"), [(64, True), (65, False)])
def test_abi__has_at_most_64_parts_in_a_list(count: int, right: bool) -> None:
    data = b"".join(number.to_bytes(32, "big") for number in (32, count, *[0] * count))
    if right:
        assert len(abi.decode("(bytes[])", data)[0]) == count
        return
    with pytest.raises(abi.NotDecodable):
        abi.decode("(bytes[])", data)


@pytest.mark.parametrize("case", load("json_texts.json")["read"], ids=lambda case: case["name"])
def test_json__texts_that_are_read(case: dict[str, str]) -> None:
    assert parse(case["text"].encode(), "a text", "poll.file") is not None


@pytest.mark.parametrize("case", load("json_texts.json")["refused"], ids=lambda case: case["name"])
def test_json__texts_that_are_refused(case: dict[str, str]) -> None:
    with pytest.raises(Wrong):
        parse(case["text"].encode(), "a text", "poll.file")


@pytest.mark.parametrize("item", load("typed_data.json")["items_of_protocol_1"], ids=lambda item: item["type"])
def test_typed_data__of_protocol_1(item: dict[str, Any]) -> None:
    data = load("typed_data.json")
    separator = typed_data.domain_separator(data["chain_id"], raw(data[item["contract"]]))
    values = [raw(value) if isinstance(value, str) else value for value in item["message"].values()]
    of_type: dict[str, Callable[..., bytes]] = {
        "RegisterFreeze": typed_data.register_freeze_1,
        "BallotReceipt": typed_data.ballot_receipt_1,
    }
    assert of_type[item["type"]](separator, *values) == raw(item["digest"])


def test_case__fingerprints_addresses_and_names() -> None:
    data = load("cases.json")
    for one in data["fingerprints"]:
        officials = [raw(official) for official in one["officials"]]
        people = officials, one["threshold"], raw(one["institution"])
        found = fingerprint(one["chain_id"], raw(one["case"]), *people, one.get("rehearsal", False))
        assert found == one["fingerprint"]
    case = raw(data["fingerprints"][0]["case"])
    assert [poll_address(case, one["number"]) for one in data["polls"]] == [raw(one["poll"]) for one in data["polls"]]
    assert all(class_names_hash(one["names"]) == raw(one["class_names_hash"]) for one in data["class_names"])


def events_of(notes: list[dict[str, Any]], signer: bytes) -> list[Event]:
    logs = [Log(bytes(20), (NOTED,), b"", 7, place, bytes(32)) for place in range(len(notes))]
    return [Event("Noted", (signer, SUBJECT, raw(note["data"])), log) for note, log in zip(notes, logs, strict=True)]


def test_receipts__books_and_notes() -> None:
    data = load("receipts.json")
    poll, signer, log = raw(data["poll"]), raw(data["receipt_signer"]), StepLog(11, "Receipts")
    assert raw(data["subject"]) == SUBJECT
    reading = Reading(2, typed_data.domain_separator(data["chain_id"], poll))
    notes = read_notes(events_of(data["notes"], signer), poll, 1000, {7: 1000}, log)
    books = Books(notes, log)
    lines = [one["line"].encode() + b"\n" for book in data["books"] for one in book]
    for receipt in read_part((1, lines), reading):
        assert isinstance(receipt, Receipt)
        assert receipt.signer == signer
        books.take(receipt)
    books.close()
    assert log.findings == []
    empty = read_notes(events_of([data["note_of_a_poll_without_receipts"]], signer), poll, 1000, {7: 1000}, log)
    Books(empty, log).close()
    assert log.findings == []
