"""Stamps and witnesses' files by the shared vectors (protocol §26, §27)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.tally import stamps, witness_file
from verifier.tally.findings import Wrong
from verifier.tally.typed_data import domain_separator

FOLDER = Path(__file__).parents[2] / "vectors"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


STAMPS, WITNESS = load("stamps.json"), load("witness.json")


@pytest.fixture
def roots(tmp_path: Path) -> stamps.Roots:
    paths = [tmp_path / f"{number}.pem" for number in range(len(STAMPS["roots"]))]
    for path, text in zip(paths, STAMPS["roots"], strict=True):
        path.write_text(text)
    return stamps.Roots.of(paths)


@pytest.mark.parametrize("vector", STAMPS["stamps"], ids=lambda one: one["name"])
def test_stamps__hold_or_have_a_name(vector: dict[str, Any], roots: stamps.Roots, tmp_path: Path) -> None:
    path = tmp_path / "stamps.jsonl"
    path.write_text(json.dumps(vector["line"]) + "\n")
    separators = [domain_separator(STAMPS["chain_id"], raw(STAMPS[name])) for name in ("case", "poll")]
    (stamp,) = stamps.read(path, path.name)
    if isinstance(stamp, Wrong):
        assert stamp.name == vector["finding"]
        return
    digest = stamp.digest(*separators)
    if vector["finding"] is None:
        assert digest == raw(vector["digest"])
    if not stamp.is_signed_by(raw(STAMPS["receipt_signer"]), digest):
        assert vector["finding"] == "stamps.signature"
        return
    if vector["finding"] is None:
        assert roots.stamped(stamp, stamp.imprint(digest)).at == STAMPS["at"]
        return
    with pytest.raises(Wrong) as raised:
        roots.stamped(stamp, stamp.imprint(digest))
    assert raised.value.name == vector["finding"]


@pytest.mark.parametrize(("content", "what"), [("nothing", "no certificate"), ("", "no certificate")])
def test_roots__that_are_none(content: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text(content)
    with pytest.raises(Wrong, match=what):
        stamps.Roots.of([tmp_path / "root.pem"])
    with pytest.raises(Wrong):
        stamps.Roots.of([tmp_path / "missing.pem"])


def read(text: str, tmp_path: Path, *keys: bytes) -> witness_file.Witness:
    (tmp_path / "witness.jsonl").write_text(text)
    return witness_file.read(tmp_path / "witness.jsonl", WITNESS["chain_id"], raw(WITNESS["case"]), frozenset(keys))


@pytest.mark.parametrize("name", ["right", "cut"])
def test_witness__a_right_file(name: str, tmp_path: Path) -> None:
    found = read(WITNESS[name], tmp_path, raw(WITNESS["address"]))
    assert [one.digest for one in found.entries] == [raw(one) for one in WITNESS["digests"]]
    assert found.is_cut == (name == "cut")


@pytest.mark.parametrize("vector", WITNESS["wrong"], ids=lambda one: one["name"])
def test_witness__a_wrong_file_is_void(vector: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(Wrong) as raised:
        read(vector["text"], tmp_path)
    assert raised.value.name == "void.witness"


def test_witness__by_another_key_is_void(tmp_path: Path) -> None:
    with pytest.raises(Wrong):
        read(WITNESS["right"], tmp_path, b"\x01" * 20)
