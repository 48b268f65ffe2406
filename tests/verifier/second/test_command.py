"""How the second recount is called: what it refuses to begin, and what whoever recounts brings along."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.logs import VerifierLog
from tests.contracts.ballot_box import signer_of
from tests.verifier.second.second import ROOT, needs_node, recount, run
from verifier.tally.case import fingerprint
from verifier.tally.scenes import judged

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
        ["--evidence", FILE, "--case", ""],
        ["--evidence", FILE, "--head", " "],
        ["--evidence", FILE, "--creation", ""],
        ["--evidence", FILE, "--fingerprint", ""],
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
    typed = fingerprint(31337, forged.case, list(map(signer_of, forged.official_keys)), 2, signer_of(forged.institution_key), False)
    brought = ["--case", "0x" + forged.case.hex().upper(), "--fingerprint", typed.upper().replace(" ", "  "), "--head", head]
    assert recount("--evidence", bundle, *brought).last["recount"] == "agrees"
    assert recount("--evidence", bundle, "--fingerprint", "ab" * 16).names == {"case.address"}


def test_releases__are_brought_by_whoever_recounts(bundle: Path, tmp_path: Path) -> None:
    """Where the releases that are brought do not know the code, nothing is believed of the case."""
    release = json.loads((ROOT / "verifier" / "releases" / "5.json").read_bytes())
    (tmp_path / "5.json").write_text(json.dumps(release))
    assert recount("--evidence", bundle, "--releases", tmp_path).last["recount"] == "agrees"
    release["contracts"]["Case"]["creation_keccak"] = "0x" + "ab" * 32
    (tmp_path / "5.json").write_text(json.dumps(release))
    assert "case.creation" in recount("--evidence", bundle, "--releases", tmp_path).names


@pytest.fixture
def log_of(forged: ForgedVote, tmp_path: Path) -> Callable[..., Path]:
    """A file with the verifier's log, after its bytes were changed."""

    def write(change: Callable[[bytes], bytes] = bytes) -> Path:
        path = tmp_path / "log.jsonl"
        path.write_bytes(change(VerifierLog(forged).content()))
        return path

    return write


def test_log__that_is_right_agrees_and_names_who_did_not_vote(bundle: Path, log_of: Callable[..., Path]) -> None:
    said = recount("--evidence", bundle, "--issuer-log", log_of())
    assert said.last["recount"] == "agrees"
    assert any("not used for a ballot on the chain: 1 (11)" in line for line in said.lines)
    assert any("no verifier's log was handed in" in line for line in recount("--evidence", bundle).lines)


def test_log__counts_without_the_last_line_s_end(bundle: Path, log_of: Callable[..., Path]) -> None:
    assert recount("--evidence", bundle, "--issuer-log", log_of(lambda content: content[:-1])).last["recount"] == "agrees"


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"\xff\n",
        lambda _: b"[]\n",
        lambda _: b"\n\n",
        lambda content: content + b"\n",
        lambda content: content[:-100],
        lambda content: b"\n" + content,
        lambda content: b" " * 2**24 + content,
    ],
    ids=["empty", "no UTF-8", "a list", "empty lines", "a line more", "cut off", "a line before", "a line too long"],
)
def test_log__that_its_holder_spoiled_is_void_for_both_tools(
    bundle: Path, log_of: Callable[..., Path], change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = log_of(change)
    said = recount("--evidence", bundle, "--issuer-log", path)
    first = judged(tmp_path, ["--evidence", str(bundle), "--issuer-log", str(path)])
    assert (said.last["recount"], said.names) == ("agrees, papers void", {"void.log"})
    assert any("no log of that verifier was handed in" in line for line in said.lines)
    assert (first.verdict, first.names, first.void) == ("agrees, papers void", [], ["void.log"])


def test_log__that_is_not_there_is_void(bundle: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.jsonl", tmp_path):
        assert recount("--evidence", bundle, "--issuer-log", path).names == {"void.log"}


def test_log__that_is_void_leaves_the_other_one_standing(bundle: Path, log_of: Callable[..., Path]) -> None:
    said = recount("--evidence", bundle, "--issuer-log", FILE, "--issuer-log", log_of())
    assert said.last["recount"] == "agrees, papers void"
    assert not any("no log of that verifier" in line for line in said.lines)
