"""Sealed polls against tests/vectors, the numbers that every part of the system is held to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3.logs import DISCARD

from tests.contracts.ballot_box import Register, make_register
from tests.contracts.chain import refusal
from tests.contracts.sealed_world import SealedPoll, SealedTerms, SealKeys, address_at
from tests.contracts.test_vectors import point, raw, vectors
from tests.contracts.typed import Domain, struct_hash

#: Where a sealed poll keeps what counting starts from.
PRESENT, SEQUENCES, BOX, SECRET = 5, 6, 7, 12


@pytest.fixture
def seals(announced_sealed: SealedPoll, harness: Path) -> Any:
    return announced_sealed.chain.deploy("Seals", folder=harness).functions


def _fields(row: dict[str, Any]) -> tuple[int, ...]:
    return row["index"], row["sequence"], int(row["seal"], 16), int(row["sealed_choice"], 16)


def test_opens_every_ballot_to_what_the_vectors_say(seals: Any) -> None:
    rows = vectors("seals")["good"] + vectors("seals")["malformed"]
    groups: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["separator"], row["secret"], row["motions"]), []).append(row)
    for (separator, secret, motions), members in groups.items():
        found = seals.open(raw(separator), int(secret, 16), motions, [_fields(row) for row in members]).call()
        assert found == [int(row["opens_to"], 16) for row in members], motions
        assert seals.keyOf(int(secret, 16)).call() == to_checksum_address(address_at(point(members[0]["key"])))


def test_folds_records_as_the_vectors_do(seals: Any) -> None:
    for chain in vectors("box")["chains"]:
        records = b"".join(raw(row["record"]) for row in chain["ballots"])
        assert seals.fold(bytes(32), records).call() == raw(chain["box"]), chain["name"]


def test_hashes_what_is_signed_as_the_protocol_says(seals: Any, announced_sealed: SealedPoll) -> None:
    keys, terms = announced_sealed.keys, announced_sealed.terms
    assert seals.sealKey(keys.values).call() == keys.hash
    signers = announced_sealed.world.case.functions.trustees().call()
    wanted = struct_hash("TrusteeAppointment", 9, keccak(encode(["bytes[]"], [signers])))
    assert seals.trusteeAppointment(9, signers).call() == wanted
    announcement = (7, terms.hash, keys.hash, True)
    assert seals.sealedPollAnnouncement(*announcement).call() == struct_hash("SealedPollAnnouncement", *announcement)
    assert seals.pollAbandonment(3, keccak(b"why")).call() == struct_hash("PollAbandonment", 3, keccak(b"why"))
    assert seals.sealBreach().call() == struct_hash("SealBreach") == keccak(keccak(b"SealBreach()"))
    assert seals.hashOfParameters(terms.values).call() == terms.hash
    domain = Domain(1, announced_sealed.contract.address)
    ballot, hashes = (2**24 - 1, 63, 2**256 - 1, 2**64 - 1), (keccak(b"plan"), keys.hash)
    assert seals.sealedBallotDigest(domain.separator, ballot, *hashes).call() == domain.digest("SealedBallot", *ballot, *hashes)


@pytest.fixture
def four_classes() -> Register:
    return make_register(300, class_count=4)


def _placed(sealed: SealedPoll, register: Register, chain: dict[str, Any]) -> Any:
    """A poll at the vectors' address, closed and unsealed, whose box is that of the chain; no vote was cast there."""
    node, file = sealed.chain, vectors("box")
    assert node.chain_id == file["chain_id"]
    world, motions = sealed.world, chain["motions"]
    terms = SealedTerms(world.terms(world.freeze(register)), motions)
    made = SealedPoll.announce(world, register, terms, SealKeys(("vectors", chain["name"])))
    place = to_checksum_address(file["poll"])
    node.set_code(place, "0x" + bytes(node.w3.eth.get_code(made.contract.address)).hex())
    words = {BOX: raw(chain["box"]), SECRET: raw(file["secret"])}
    for slot, value in (words | _records(chain["ballots"])).items():
        node.set_storage(place, slot, value)
    made.close()
    return node.contract("SealedPoll", place)


def _records(ballots: list[dict[str, Any]]) -> dict[int, bytes]:
    """Words of storage that say who has a ballot, and of which sequence."""
    words: dict[int, int] = {}
    for row in ballots:
        if not row["newest"]:
            continue
        index, sequence = row["index"], row["sequence"]
        present = int.from_bytes(keccak(encode(["uint256", "uint256"], [index >> 8, PRESENT])), "big")
        rising = int.from_bytes(keccak(encode(["uint256", "uint256"], [index >> 5, SEQUENCES])), "big")
        words[present] = words.get(present, 0) | 1 << (index & 255)
        words[rising] = words.get(rising, 0) | (sequence if sequence > 1 else 0) << 8 * (index & 31)
    return {slot: value.to_bytes(32, "big") for slot, value in words.items()}


@pytest.mark.parametrize("name", ["one ballot", "one motion", "3 motions", "16 motions"])
def test_counts_the_boxes_of_the_vectors(sealed: SealedPoll, four_classes: Register, name: str) -> None:
    (chain,) = [one for one in vectors("box")["chains"] if one["name"] == name]
    poll, node = _placed(sealed, four_classes, chain), sealed.chain
    for row in chain["refused"]:
        with refusal(row["reason"]):
            node.send(poll.functions.count(raw(row["before"]), raw(row["ballots"])))
    start = node.rpc("evm_snapshot")
    for pieces in [*(one["pieces"] for one in chain["countings"]), chain["overtaken"], *([one] for one in chain["trailing"])]:
        for piece in pieces:
            receipt = node.send(poll.functions.count(raw(piece["before"]), raw(piece["ballots"])))
            (log,) = poll.events.BallotsCounted().process_receipt(receipt, DISCARD)
            assert log["args"]["counted"] == raw(piece["counted"])
            assert poll.functions.box().call() == raw(piece["before"])
        if raw(pieces[-1]["before"]) == bytes(32):
            _is_as_said(poll, chain)
        node.rpc("evm_revert", start)
        start = node.rpc("evm_snapshot")


def _is_as_said(poll: Any, chain: dict[str, Any]) -> None:
    assert poll.functions.box().call() == bytes(32)
    for row in chain["sums"]:
        assert tuple(poll.functions.sumOf(row["motion"], row["voting_class"], row["choice"]).call()) == point(row)
        assert poll.functions.heads(row["motion"], row["voting_class"]).call()[row["choice"] - 1] == row["heads"]
    for row in chain["invalid"]:
        assert poll.functions.invalid(row["voting_class"]).call() == row["heads"]
