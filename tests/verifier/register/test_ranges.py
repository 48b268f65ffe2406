"""Since protocol 4 no code is printed without range proofs that hold over the commitments that the tool works out itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.vectors import reference as ref
from tests.vectors.seeds import CASE, CHAIN_ID
from tests.verifier.register.papers import Papers, act_of, write_act
from verifier.ranges.file import NAME, chunks, header
from verifier.ranges.proving import prove
from verifier.ranges.transcript import Frozen
from verifier.register.freeze import NO_RANGE_PROOFS, Place, classes_hash

PLACE = Place(CASE, CHAIN_ID, 0, protocol=5)


def proofs_of(papers: Papers, **changes: Any) -> bytes:
    """The file for the register of these papers, as the service makes it; `changes` are of what it is about."""
    papers.write_openings()
    worked_out = papers.check(place=Place(CASE, CHAIN_ID, 0, protocol=3)).worked_out
    assert worked_out is not None
    facts = {
        "chain_id": CHAIN_ID, "case": CASE, "register_number": 0, "root": worked_out.root, "leaf_count": worked_out.leaf_count,
        "classes_hash": classes_hash(worked_out.classes),
    }  # fmt: skip
    context = Frozen(**{**facts, **changes}).context
    openings = [(leaf["amount_fen"], int(leaf["blind"], 16)) for leaf in papers.leaves]
    points = b"".join(ref.word(x) + ref.word(y) for x, y in (ref.commit(*one) for one in openings))
    written = [header(context, len(openings))]
    for chunk in chunks(len(openings)):
        end = chunk.start + chunk.leaves
        written.append(prove(context, chunk.start, openings[chunk.start : end], points[64 * chunk.start : 64 * end]))
    return b"".join(written)


@pytest.fixture
def file(papers: Papers) -> Path:
    path = papers.folder / NAME
    path.write_bytes(proofs_of(papers))
    return path


def test_the_files_hash_is_what_is_signed(papers: Papers, file: Path, tmp_path: Path) -> None:
    outcome = papers.check(place=PLACE, range_proofs=file)
    assert outcome.status == 0
    assert outcome.worked_out is not None
    assert outcome.worked_out.fields["rangeProofsHash"] == ref.keccak(file.read_bytes())
    act = act_of(outcome, papers.claims)
    act["summary"]["range_proofs_hash"] = act["typed_data"]["message"]["rangeProofsHash"]
    assert papers.check(place=PLACE, range_proofs=file, act=write_act(tmp_path / "act.json", act)).status == 0
    act["summary"]["range_proofs_hash"] = "0x" + "00" * 32
    changed = papers.check(place=PLACE, range_proofs=file, act=write_act(tmp_path / "act.json", act))
    assert [finding.facts["field"] for finding in changed.findings.listed] == ["summary.range_proofs_hash"]


def test_without_a_file_there_is_no_code(papers: Papers) -> None:
    papers.write_openings()
    outcome = papers.check(place=PLACE)
    assert (outcome.status, dict(outcome.findings.by_name)) == (1, {"ranges.missing": 1})


def test_before_protocol_5_a_register_may_be_without(papers: Papers, file: Path) -> None:
    earlier = Place(CASE, CHAIN_ID, 0, protocol=3)
    without = papers.check(place=earlier)
    assert without.worked_out is not None
    assert (without.status, without.worked_out.range_proofs_hash) == (0, NO_RANGE_PROOFS)
    beside = papers.check(place=earlier, range_proofs=file)
    assert beside.worked_out is not None
    assert beside.worked_out.range_proofs_hash == ref.keccak(file.read_bytes())
    first = papers.check(place=Place(CASE, CHAIN_ID, 0, protocol=1), range_proofs=file)
    assert first.worked_out is not None
    assert "rangeProofsHash" not in first.worked_out.fields


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda content: b"", "ranges.file"),
        (lambda content: content + b"\0", "ranges.file"),
        (lambda content: content[:-1], "ranges.file"),
        (lambda content: b"LVRANG02" + content[8:], "ranges.file"),
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), "ranges.proof"),
        (lambda content: content[:44] + bytes(33) + content[77:], "ranges.proof"),
    ],
)
def test_a_changed_file_is_found(papers: Papers, file: Path, change: Any, name: str) -> None:
    file.write_bytes(change(file.read_bytes()))
    outcome = papers.check(place=PLACE, range_proofs=file)
    assert (outcome.status, dict(outcome.findings.by_name)) == (1, {name: 1})
    chunk = [finding.facts.get("chunk") for finding in outcome.findings.listed if name == "ranges.proof"]
    assert chunk in ([], [0], [1])


@pytest.mark.parametrize(
    "changes", [{"register_number": 1}, {"chain_id": 5}, {"case": bytes(20)}, {"root": bytes(32)}, {"classes_hash": bytes(32)}]
)
def test_proofs_of_another_register_are_found(papers: Papers, changes: dict[str, Any]) -> None:
    path = papers.folder / NAME
    path.write_bytes(proofs_of(papers, **changes))
    outcome = papers.check(place=PLACE, range_proofs=path)
    assert dict(outcome.findings.by_name) == {"ranges.file": 1}


def test_proofs_over_other_commitments_are_found(papers: Papers, file: Path) -> None:
    """The service proves its own leaves, and shows the officials openings of others: the context alone gives it away."""
    papers.leaves[0]["blind"], papers.leaves[1]["blind"] = papers.leaves[1]["blind"], papers.leaves[0]["blind"]
    papers.write_openings()
    assert dict(papers.check(place=PLACE, range_proofs=file).findings.by_name) == {"ranges.file": 1}
