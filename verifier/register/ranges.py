"""The range proofs of a register, over the commitments that this tool worked out itself (protocol §4.2, §19)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from verifier.ranges.checking import blocks, wrong_chunks
from verifier.ranges.file import FileWrong, proofs_in, size_of
from verifier.ranges.transcript import Frozen
from verifier.register.bars import Advance
from verifier.register.findings import Finding, Findings
from verifier.register.freeze import Freeze, classes_hash
from verifier.register.hashes import keccak

#: The protocol since which there is a place for them.
PLACE_SINCE = 2
_MOST_NAMED = 100


def check_ranges(path: Path, worked_out: Freeze, points: bytes, findings: Findings, told: Advance) -> bytes:
    """The file's keccak; what is wrong with it becomes findings. `points` are all commitments, 64 bytes each. Raises: OSError."""
    place, count = worked_out.place, worked_out.leaf_count
    with path.open("rb") as file:
        content = file.read(size_of(count) + 1)
    frozen = Frozen(place.chain_id, place.case, place.register_number, worked_out.root, count, classes_hash(worked_out.classes))
    try:
        pieces = proofs_in(BytesIO(content), len(content), frozen.context, count)
    except FileWrong as wrong:
        findings.add(Finding("ranges.file", {"what": wrong.what}))
        return keccak(content)
    named = 0
    for block in blocks(pieces, points):
        for chunk in wrong_chunks(frozen.context, block):
            last = chunk.start + chunk.leaves - 1
            findings.add(Finding("ranges.proof", {"chunk": chunk.number, "first": chunk.start, "last": last}))
            named += 1
        told(sum(one.chunk.leaves for one in block))
        if named >= _MOST_NAMED:  # to find a wrong one costs as much as to check many
            break
    return keccak(content)
