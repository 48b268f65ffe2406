"""The tool finds in the vectors' files what the reference worked out."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.vectors import reference as ref
from tests.verifier.register.vector_files import load
from verifier.register import hashes, tree
from verifier.register.check import Check, Task
from verifier.register.curve import ORDER, H, commitment
from verifier.register.freeze import ClassTotal, Place, check_code, classes_hash
from verifier.register.hashes import canonical_json, keccak
from verifier.register.openings import Openings


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


@pytest.mark.parametrize("register", load("openings.json")["registers"], ids=lambda register: f"register {register['register_number']}")
def test_a_register_is_worked_out_from_claims_file_and_openings(register: dict[str, Any], tmp_path: Path) -> None:
    data = load("openings.json")
    claims, openings, leaves = tmp_path / "claims", tmp_path / "openings.lvo", tmp_path / "leaves.csv"
    claims.write_bytes(data["claims"].encode())
    openings.write_bytes(raw(register["openings"]))
    leaves.write_text(register["leaves_csv"], encoding="utf-8", newline="")
    place = Place(raw(data["case"]), data["chain_id"], register["register_number"])
    for password in (register["password"], register["password_typed"]):
        sealed = Openings(openings, password)
        assert b"\n".join([*sealed.lines(), b""]).decode() == register["content"]
    outcome = Check(Task(claims, openings, register["password_typed"], place, register["with_related"], leaves=leaves, quiet=True)).run()
    assert not outcome.findings.listed
    assert outcome.status == 0
    freeze = outcome.worked_out
    assert freeze is not None
    assert {name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in freeze.fields.items()} == register["message"]
    classes = [(each["name"], each["heads"], int(each["amount_fen"]), int(each["blind"], 16)) for each in register["classes"]]
    assert [(each.name, each.heads, each.amount_fen, each.blind) for each in freeze.classes] == classes
    assert freeze.digest == raw(register["digest"])
    assert check_code(freeze.digest) == register["check_code"]
    first_release = dataclasses.replace(freeze, place=dataclasses.replace(place, protocol=1))
    assert first_release.digest == raw(register["digest_of_protocol_1"])
    succeeded = dataclasses.replace(freeze, place=dataclasses.replace(place, generation=raw(register["generation"])))
    assert succeeded.digest == raw(register["digest_of_generation"])


@pytest.mark.parametrize("register", load("register.json")["registers"], ids=lambda register: str(register["leaf_count"]))
def test_roots_of_registers_of_any_size(register: dict[str, Any]) -> None:
    count = register["leaf_count"]
    hashes = b""
    for index in range(count):
        seed = f"LenderVote/vector/register/{count}/{index}".encode()
        amount = int.from_bytes(keccak(seed + b"/amount"), "big") % 10**10
        blind = int.from_bytes(keccak(seed + b"/blind"), "big") % (ORDER - 1) + 1
        hashes += tree.leaf_hash(index, index % register["class_count"], commitment(amount, blind))
    assert tree.root_over(hashes) == raw(register["root"])
    totals = [ClassTotal("", each["heads"], int(each["amount_fen"]), int(each["blind"], 16)) for each in register["classes"]]
    assert classes_hash(totals) == raw(register["classes_hash"])


def test_the_second_generator_and_commitments() -> None:
    points = load("points.json")
    assert H.format(compressed=False)[1:] == raw(points["h"]["x"]) + raw(points["h"]["y"])
    for each in points["commitments"]:
        if int(each["amount_fen"]):
            assert commitment(int(each["amount_fen"]), int(each["blind"], 16)) == raw(each["x"]) + raw(each["y"])


@pytest.mark.parametrize("entry", load("cases.json")["class_names"], ids=lambda entry: str(len(entry["names"])))
def test_names_of_classes_are_hashed_as_canonical_json(entry: dict[str, Any]) -> None:
    assert keccak(canonical_json(entry["names"])) == raw(entry["class_names_hash"])


def test_both_libraries_hash_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    for data in (b"", b"abc", bytes(3 * 2**20 + 1)):
        path.write_bytes(data)
        expected = ref.keccak(data)
        assert (keccak(data), hashes.keccak_of_file(path)) == (expected, expected)
        with monkeypatch.context() as patch:
            patch.setattr(hashes, "_fresh", hashes._portable)
            assert (keccak(data), hashes.keccak_of_file(path)) == (expected, expected)
