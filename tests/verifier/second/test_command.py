"""How the second recount is called: what it refuses to begin, and what whoever recounts brings along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.tampers.forge.vote import ForgedVote
from tests.contracts.ballot_box import signer_of
from tests.verifier.second.second import ROOT, needs_node, recount, run
from verifier.tally.case import fingerprint

pytestmark = needs_node
NODE, HERE = "http://127.0.0.1:1", str(Path(__file__).parent)
FILE = __file__


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["--rpc"],
        ["--rpc", NODE],
        ["--published", HERE],
        ["--rpc", "ftp://x", "--published", HERE],
        ["--rpc", NODE, "--published", "/no/such/folder"],
        ["--rpc", NODE, "--published", HERE, "--head", "0x" + "ab" * 32],
        ["--rpc", NODE, "--published", HERE, "--evidence", FILE],
        ["--evidence", "/no/such/file.zip"],
        ["--evidence", FILE, "--case", "0xab"],
        ["--evidence", FILE, "--case", "0x" + "ag" * 20],
        ["--evidence", FILE, "--fingerprint", "abcd"],
        ["--evidence", FILE, "--head", "ab" * 32],
        ["--evidence", FILE, "--chain", "another"],
        ["--evidence", FILE, "--releases", HERE],
        ["--unknown", "3"],
        ["stray"],
    ],
)
def test_call__that_is_wrong_begins_nothing(arguments: list[str]) -> None:
    done = run("recount.mjs", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "node verifier/second/recount.mjs (--rpc URL --published DIR" in done.stderr
    assert "    at " not in done.stderr


def test_paper__of_the_working_group_is_compared(bundle: Path, forged: ForgedVote) -> None:
    head = "0x" + forged.chain.head.hash.hex()
    typed = fingerprint(31337, forged.case, list(map(signer_of, forged.official_keys)), 2, signer_of(forged.institution_key))
    brought = ["--case", "0x" + forged.case.hex().upper(), "--fingerprint", typed.upper().replace(" ", "  "), "--head", head]
    assert recount("--evidence", bundle, *brought).last["recount"] == "agrees"
    assert recount("--evidence", bundle, "--fingerprint", "ab" * 16).names == {"case.address"}


def test_releases__are_brought_by_whoever_recounts(bundle: Path, tmp_path: Path) -> None:
    """Where the releases that are brought do not know the code, nothing is believed of the case."""
    release = json.loads((ROOT / "verifier" / "releases" / "2.json").read_bytes())
    (tmp_path / "2.json").write_text(json.dumps(release))
    assert recount("--evidence", bundle, "--releases", tmp_path).last["recount"] == "agrees"
    release["contracts"]["Case"]["creation_keccak"] = "0x" + "ab" * 32
    (tmp_path / "2.json").write_text(json.dumps(release))
    assert "case.creation" in recount("--evidence", bundle, "--releases", tmp_path).names


def test_log__of_a_verifier_is_said_to_be_unchecked(bundle: Path) -> None:
    said = recount("--evidence", bundle, "--issuer-log", FILE)
    assert said.last["recount"] == "agrees"
    assert said.last["issuer_logs"] == "not checked"
    assert any("NOT checked" in line for line in said.lines)
