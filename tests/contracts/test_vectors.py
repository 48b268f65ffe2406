"""The contracts against tests/vectors, the numbers that every part of the system is held to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3.contract import Contract
from web3.logs import DISCARD

from scripts.build.contracts import ROOT
from tests.contracts.ballot_box import NO_RANGE_PROOFS, Lender, N, class_names_hash, classes_hash, created_by
from tests.contracts.chain import Chain
from tests.contracts.typed import Domain
from tests.contracts.world import World

MEASURE = {"heads": 0, "amount": 1}
NUMERATOR = {"for": 0, "taking_part": 1}
DENOMINATOR = {"admitted": 0, "taking_part": 1, "for_against": 2}


#: Typed data that relay, verifier and recount read.
READ_BY_NO_CONTRACT = {
    "BallotReceipt",
    "PhoneTicket",
    "Voucher",
    "IdentityFile",
    "CredentialListRequest",
    "LogRequest",
    "FaceConsent",
    "RegisterSample",
}


def vectors(name: str) -> Any:
    return json.loads((ROOT / "tests" / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def point(row: dict[str, Any]) -> tuple[int, int]:
    return int(row["x"], 16), int(row["y"], 16)


@pytest.fixture
def libraries(chain: Chain, harness: Path) -> Any:
    return chain.deploy("Libraries", folder=harness).functions


@pytest.fixture
def signed(chain: Chain, harness: Path) -> Any:
    return chain.deploy("Signed", folder=harness).functions


def test_sums_of_points(libraries: Any) -> None:
    for row in vectors("points")["sums"]:
        terms = [point(term) for term in row["terms"]]
        assert tuple(libraries.sum(terms, [False] * len(terms)).call()) == point(row), row["name"]
        taken_off = libraries.sum([*terms, *terms], [False] * len(terms) + [True] * len(terms)).call()
        assert taken_off == [0, 0], row["name"]


def test_sums_made_affine_together(libraries: Any) -> None:
    """Infinity among them (a point and its inverse) must not spoil the others."""
    commitments = [point(row) for row in vectors("points")["commitments"]]
    x, y = commitments[0]
    field = int(vectors("points")["p"], 16)
    points = [*commitments[:3], (x, y), (x, field - y), (0, 0), (0, 0), *commitments[3:]]
    together = libraries.sumsOfNeighbours(points).call()
    alone = [libraries.sum(points[i : i + 2], [False, False]).call() for i in range(len(points) - 1)]
    assert [tuple(p) for p in together] == [tuple(p) for p in alone]
    assert (0, 0) in [tuple(p) for p in together]


def test_openings(libraries: Any) -> None:
    for row in vectors("points")["openings"]:
        opens = libraries.opensSum(point(row), int(row["amount_fen"]), int(row["blind"], 16)).call()
        assert opens is row["accepted"], row["name"]


def test_registers(libraries: Any, signed: Any) -> None:
    for register in vectors("register")["registers"]:
        root, depth = raw(register["root"]), register["depth"]
        assert libraries.depthOf(register["leaf_count"]).call() == depth
        classes = [(row["heads"], int(row["amount_fen"]), int(row["blind"], 16)) for row in register["classes"]]
        assert signed.hashOfClasses(classes).call() == raw(register["classes_hash"])
        for leaf in register["leaves"]:
            hashed = libraries.leafHash(leaf["index"], leaf["voting_class"], *point(leaf)).call()
            assert hashed == raw(leaf["leaf"])
            assert libraries.contains(root, depth, hashed, [raw(one) for one in leaf["proof"]]).call() is True


def test_multiproofs(libraries: Any) -> None:
    for register in vectors("register")["registers"]:
        for proof in register["multiproofs"]:
            indexes, siblings = proof["indexes"], [raw(one) for one in proof["siblings"]]
            nodes = [lender_of(register, i).leaf_hash for i in indexes]
            root, depth = raw(register["root"]), register["depth"]
            assert libraries.containsAll(root, depth, indexes, nodes, siblings).call() is True
            assert libraries.containsAll(root, depth, indexes, nodes, [*siblings, bytes(32)]).call() is False
            if siblings:
                assert libraries.containsAll(root, depth, indexes, nodes, siblings[:-1]).call() is False


def lender_of(register: dict[str, Any], index: int) -> Lender:
    """Leaves that the file does not list follow from a rule (tests/vectors/README.md)."""
    seed = f"LenderVote/vector/register/{register['leaf_count']}/{index}".encode()
    amount, blind = (int.from_bytes(keccak(seed + end), "big") for end in (b"/amount", b"/blind"))
    return Lender(index, index % register["class_count"], amount % 10**10, blind % (N - 1) + 1)


def test_typed_data(signed: Any) -> None:
    given = vectors("typed_data")
    domains = {name: Domain(given["chain_id"], to_checksum_address(given[name])) for name in ("case", "poll")}
    for name, domain in domains.items():
        assert domain.separator == raw(given["domain_separators"][name])
    for item in given["items"]:
        kind, values = item["type"], [_value(value) for value in item["message"].values()]
        if kind in {"Ballot", "Credential"}:  # the two that the contract hashes with their domain
            separator = domains[item["contract"]].separator
            assert signed[f"{kind.lower()}Digest"](separator, *values).call() == raw(item["digest"])
        elif kind not in READ_BY_NO_CONTRACT:
            function = kind[0].lower() + kind[1:]
            assert signed[function](*values).call() == raw(item["struct_hash"]), kind


def _value(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return to_checksum_address(value) if len(value) == 42 else raw(value)


def condition(row: dict[str, Any]) -> tuple[int, int, int, int, int, bool]:
    kinds = MEASURE[row["measure"]], NUMERATOR[row["numerator"]], DENOMINATOR[row["denominator"]]
    return *kinds, row["num"], row["den"], row["strict"]


def test_parameters_and_results(signed: Any) -> None:
    given = vectors("parameters")
    for row in given["parameters"]:
        fields = dict(row["parameters"])
        fields["conditions"] = [condition(one) for one in fields["conditions"]]
        fields["verifiers"] = [to_checksum_address(one) for one in fields["verifiers"]]
        fields["receipt_signer"] = to_checksum_address(fields["receipt_signer"])
        assert signed.hashOfParameters(tuple(fields.values())).call() == raw(row["parameters_hash"])
    for row in given["results"]:
        tallies = [tuple(int(value) for value in tally.values()) for tally in row["tallies"]]
        hashed = signed.hashOfResult(to_checksum_address(row["poll"]), tallies, row["passed"]).call()
        assert hashed == raw(row["result_hash"]) == keccak(raw(row["encoded"]))


def test_names_of_classes() -> None:
    for row in vectors("cases")["class_names"]:
        assert class_names_hash(row["names"]) == raw(row["class_names_hash"]), row["names"]


def test_addresses_of_factory_and_polls() -> None:
    given = vectors("cases")
    case = given["fingerprints"][0]["case"]
    factory = created_by(case, 1)
    assert factory.lower() == given["factory"]
    assert [created_by(factory, row["number"] + 1).lower() for row in given["polls"]] == [row["poll"] for row in given["polls"]]


def test_rules(libraries: Any) -> None:
    given = vectors("rules")
    for case in given["cases"]:
        conditions = [condition(one) for one in given["presets"][case["preset"]]["conditions"]]
        for row in case["classes"]:
            figures = [int(row[f"{unit}_{side}"]) for unit in ("heads", "fen") for side in ("for", "against", "abstain")]
            admitted = (row["admitted_heads"], int(row["admitted_fen"]), 0)
            assert libraries.carries(conditions, tuple(figures), admitted).call() is row["carries"], case["name"]
        assert case["passes"] is all(row["carries"] for row in case["classes"])


@pytest.fixture
def poll_of_vectors(chain: Chain) -> Contract:
    """The poll of batch.json at the address that its ballots were signed for."""
    given = vectors("batch")
    world = World(chain)
    heads = [sum(leaf["voting_class"] == k for leaf in given["leaves"]) for k in range(given["class_count"])]
    classes = [(count, 1 << 40, 1) for count in heads]
    (root, count), hashes = (raw(given["root"]), given["leaf_count"]), (class_names_hash(["甲", "乙"]), NO_RANGE_PROOFS)
    signed = world.signed("RegisterFreeze", 0, root, count, classes_hash(classes), *hashes)
    chain.send(world.case.functions.freezeRegister(root, count, classes, *hashes, *signed))
    plan_hash = raw(given["plan_hash"])
    world.admit(world.submit(plan_hash), plan_hash)
    poll = world.announce(replace(world.terms(), verifiers=[to_checksum_address(given["keys"]["verifier"]["address"])]))
    # The code moves, with all that a batch needs; its domain follows the address.
    chain.set_code(given["poll"], "0x" + chain.w3.eth.get_code(poll.address).hex().removeprefix("0x"))
    chain.warp(poll.functions.parameters().call()[3])
    return chain.contract("Poll", given["poll"])


def test_batches(chain: Chain, poll_of_vectors: Contract) -> None:
    given = vectors("batch")
    assert chain.chain_id == given["chain_id"]
    for batch in given["batches"]:
        snapshot = chain.rpc("evm_snapshot")
        receipt = chain.send_data(given["poll"], batch["calldata"])
        events = poll_of_vectors.events
        recorded = b"".join(log["args"]["recorded"] for log in events.BallotsRecorded().process_receipt(receipt, DISCARD))
        assert recorded == raw(batch["recorded"]), batch["name"]
        rejected = [log["args"] for log in events.BallotRejected().process_receipt(receipt, DISCARD)]
        assert [(one["index"], one["ballotKey"].lower(), one["sequence"], one["reason"]) for one in rejected] == [
            (row["index"], row["ballot_key"], row["sequence"], row["reason"]) for row in batch["rejected"]
        ]
        chain.rpc("evm_revert", snapshot)


def test_single_ballot(chain: Chain, poll_of_vectors: Contract) -> None:
    single = vectors("batch")["single"]
    receipt = chain.send_data(poll_of_vectors.address, single["calldata"])
    (log,) = poll_of_vectors.events.BallotsRecorded().process_receipt(receipt)
    assert log["args"]["recorded"] == raw(single["recorded"])
