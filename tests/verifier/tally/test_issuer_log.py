"""A verifier's log against the chain: the cases of issuer_log.json, and what a poll's recount makes of a log that is handed in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.tally import issuer_log
from verifier.tally.chain.things import Block, Log
from verifier.tally.contracts import Event
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.recount import Scene, Terms, Used
from verifier.tally.signers import Panel
from verifier.tally.steps.issuer_log import Reconciliation
from verifier.tally.typed_data import domain_separator

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "issuer_log.json").read_text("utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def scene() -> Scene:
    case, poll, chain_id = raw(VECTORS["case"]), raw(VECTORS["poll"]), VECTORS["chain_id"]
    panel = Panel(tuple(raw(one) for one in VECTORS["officials"]), VECTORS["threshold"])
    separators = domain_separator(chain_id, case), domain_separator(chain_id, poll)
    place = (case, poll, VECTORS["poll_number"], panel, raw(VECTORS["institution"]))
    return Scene(3, False, None, chain_id, *place, *separators, [])  # type: ignore[arg-type]


def terms() -> Terms:
    log = Log(raw(VECTORS["case"]), (), b"", 1, 0, raw(VECTORS["announced"]))
    announced, block = Event("PollAnnounced", (), log), Block(1, bytes(32), 0)
    window = (0, 0, 0, [raw(one) for one in VECTORS["verifiers"]], b"")
    return Terms((), b"", VECTORS["register_number"], 0, [], *window, announced, block)


def credentials() -> dict[Used, int]:
    """The recorded ballots; one that came in a list is signed by the verifier's own address."""
    own = VECTORS["verifier"]["address"]
    return {
        Used(one["index"], raw(one["ballot_key"]), raw(one["signed_by"] or own), one["signed_by"] is not None): one["block_time"]
        for one in VECTORS["recorded"]
    }


def reconciled(lines: list[str], folder: Path) -> StepLog:
    """What a recount says of these lines."""
    path, log = folder / "log.jsonl", StepLog(13, "Log")
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    try:
        read = issuer_log.read(path, raw(VECTORS["poll"]), terms().verifiers, log)
        Reconciliation(scene(), terms(), read, log).run(credentials())
    except Wrong as wrong:
        log.take(wrong)
    return log


@pytest.mark.parametrize("case", VECTORS["good"], ids=lambda case: case["name"])
def test_log__that_is_whole_and_right(case: dict[str, Any], tmp_path: Path) -> None:
    log = reconciled(case["lines"], tmp_path)
    assert not log.findings, log.findings
    assert not log.void
    assert any("single node" in note for note in log.notes) == ("one node" in case["name"])
    assert any("not used for a ballot on the chain: 1 (9)" in note for note in log.notes)


@pytest.mark.parametrize("case", VECTORS["broken"], ids=lambda case: case["name"])
def test_log__that_is_wrong_is_found_under_its_name(case: dict[str, Any], tmp_path: Path) -> None:
    log = reconciled(case["lines"], tmp_path)
    names = {one.name for one in [*log.findings, *log.void]}
    assert case["finding"] in names, log.findings
    assert not log.void or names == {"void.log"}, "a void paper says nothing against the poll"


def test_ballots__of_an_address_that_the_statement_lacks_are_not_this_log_s_to_answer() -> None:
    """An entry of the log that names another verifier's address makes it answer for none of that verifier's ballots."""
    read = issuer_log.IssuerLog("log", frozenset({raw(VECTORS["verifier"]["address"])}), 0)
    log = StepLog(13, "Log")
    other = raw(VECTORS["verifiers"][1])
    work = Reconciliation(scene(), terms(), read, log)
    work.issued.append(issuer_log.Issued("line 1", 1, b"\x01" * 20, 0, "vouched", other, (), b"", ""))
    assert work.run({Used(2, b"\x02" * 20, other, True): 10}) == set()
    assert not log.findings


def test_link__to_a_device_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.symlink_to("/dev/zero")
    with pytest.raises(Wrong, match="is no file") as wrong:
        issuer_log.read(path, raw(VECTORS["poll"]), terms().verifiers, StepLog(13, "Log"))
    assert wrong.value.name == "void.log"


@pytest.mark.parametrize("content", [b"", b"\xff\n", b"[]\n", b"{}\n", b"\n\n", b'{"kind":"log"}\n'], ids=repr)
def test_file__that_is_no_log_is_void(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    with pytest.raises(Wrong) as wrong:
        issuer_log.read(path, raw(VECTORS["poll"]), terms().verifiers, StepLog(13, "Log"))
    assert wrong.value.name == "void.log"
