"""Both recounts over the evidence of a whole sealed vote on four validators, a passkey among the officials (docs/consortium.md)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.tampers.recounts import FIRST, SECOND
from verifier.tally import rlp

FOLDER = Path(__file__).parent / "kaia"
BUNDLE, VALIDATORS = FOLDER / "evidence.zip", FOLDER / "validators.json"
KAIA = ("--chain", "kaia")
TOOLS = pytest.mark.parametrize("tool", [FIRST, SECOND], ids=["first", "second"])
EXTRA, SEALS = 11, 2


def said(tool: tuple[str, ...], bundle: Path, *more: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run([*tool, "--evidence", str(bundle), *more, "--json"], capture_output=True, text=True, check=False, timeout=120)
    line = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "{}"
    return done.returncode, json.loads(line) if line.startswith("{") else {}, done.stdout + done.stderr


@TOOLS
def test_a_vote_on_four_validators_agrees_by_their_seals_alone(tool: tuple[str, ...]) -> None:
    status, line, text = said(tool, BUNDLE, *KAIA, "--validators", str(VALIDATORS))
    assert (status, line["recount"], line["passed"]) == (0, "agrees", [True])
    assert "on the seals of more than two thirds of the 4 validators named" in text
    assert "compare it with nodes" not in text


@TOOLS
def test_without_validators_it_rests_on_whoever_vouches_for_the_head(tool: tuple[str, ...]) -> None:
    status, line, text = said(tool, BUNDLE, *KAIA)
    assert (status, line["recount"]) == (0, "agrees")
    assert "compare it with nodes that you trust" in text


@TOOLS
def test_by_another_chains_rule_nothing_is_a_header(tool: tuple[str, ...]) -> None:
    status, line, _ = said(tool, BUNDLE)
    assert status == 1
    assert "proof.header" in line["names"]


@TOOLS
def test_seals_of_others_than_those_named_prove_nothing(tool: tuple[str, ...], tmp_path: Path) -> None:
    named = json.loads(VALIDATORS.read_text())
    named["validators"][0]["addresses"][:2] = ["0x" + "11" * 20, "0x" + "22" * 20]
    other = tmp_path / "validators.json"
    other.write_text(json.dumps(named))
    status, line, _ = said(tool, BUNDLE, *KAIA, "--validators", str(other))
    assert (status, line["names"]) == (1, ["proof.finality"])


def rewritten(target: Path, change: Callable[[list[Any]], None]) -> Path:
    """The bundle with other seals in its head's header, whose hash stays; the manifest follows."""
    with zipfile.ZipFile(BUNDLE) as old:
        files = {name: old.read(name) for name in old.namelist()}
    first, rest = files["blocks.jsonl"].split(b"\n", 1)
    row = json.loads(first)
    header: Any = rlp.decode(bytes.fromhex(row["header"][2:]))
    header = list(header)
    extra: bytes = header[EXTRA]
    parts: Any = rlp.decode(extra[32:])
    seals = list(parts[SEALS])
    change(seals)
    header[EXTRA] = extra[:32] + rlp.encode([parts[0], parts[1], seals])
    row["header"] = "0x" + rlp.encode(header).hex()
    files["blocks.jsonl"] = json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n" + rest
    manifest = json.loads(files["manifest.json"])
    for entry in manifest["files"]:
        if entry["name"] == "blocks.jsonl":
            entry |= {"bytes": len(files["blocks.jsonl"]), "sha256": hashlib.sha256(files["blocks.jsonl"]).hexdigest()}
    files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            new.writestr(name, content)
    return target


def one_fewer(seals: list[Any]) -> None:
    del seals[-1]


def one_twice(seals: list[Any]) -> None:
    seals[-1] = seals[0]


def one_spoilt(seals: list[Any]) -> None:
    seals[-1] = bytes(65)


@TOOLS
@pytest.mark.parametrize("change", [one_fewer, one_twice, one_spoilt])
def test_a_head_with_too_few_seals_is_a_finding_though_its_hash_is_the_same(
    tool: tuple[str, ...], change: Callable[[list[Any]], None], tmp_path: Path
) -> None:
    bundle = rewritten(tmp_path / "evidence.zip", change)
    status, line, _ = said(tool, bundle, *KAIA, "--validators", str(VALIDATORS))
    assert (status, line["names"]) == (1, ["proof.finality"])


@TOOLS
def test_the_hash_of_a_head_leaves_its_seals_out(tool: tuple[str, ...], tmp_path: Path) -> None:
    assert said(tool, rewritten(tmp_path / "evidence.zip", one_fewer), *KAIA)[0] == 0


@TOOLS
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--validators", str(VALIDATORS)), "goes with --chain kaia"),
        ((*KAIA, "--validators", "/none/validators.json"), "cannot be read"),
        ((*KAIA, "--validators", str(BUNDLE)), "evidence.zip"),
        (("--chain", "besu"), "besu"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_recounted(tool: tuple[str, ...], words: tuple[str, ...], told: str) -> None:
    status, _, text = said(tool, BUNDLE, *words)
    assert status == 2
    assert told in text or "--chain is one of" in text
