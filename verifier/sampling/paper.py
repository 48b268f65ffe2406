"""sample.json: what was drawn, what two officials found, and the bound that follows (protocol §4.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from verifier.ranges.group import keccak, word
from verifier.sampling.bound import bound_fen, bound_millionths

NAME = "sample.json"
TYPE = b"RegisterSample(uint256 registerNumber,bytes32 root,bytes32 sampleHash)"
#: So many officials sign, or all of them where there are fewer.
SIGNERS = 2


class Found(StrEnum):
    """What the records say of a leaf: its amount or more, less, or nothing at all."""

    AGREES = "agrees"
    OVERSTATED = "overstated"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Draw:
    """A register's draw: where the seed is from, and the leaves in the order of the draws; none where every leaf is looked at."""

    register_number: int
    root: bytes
    block_number: int
    block_hash: bytes
    indexes: Sequence[int]
    proofs_hash: bytes


def wrong_among(indexes: Sequence[int], findings: Mapping[int, str]) -> int:
    """How many draws hit a leaf that does not agree; without draws, how many leaves."""
    drawn = indexes or list(findings)
    return sum(findings[index] != Found.AGREES for index in drawn)


def content_of(draw: Draw, findings: Mapping[int, str], total_fen: int) -> dict[str, object]:
    """What is signed: all of the file but the signatures. `findings` are by index, one for every leaf that was drawn."""
    millionths = bound_millionths(len(draw.indexes), wrong_among(draw.indexes, findings))
    return {
        "block": {"hash": "0x" + draw.block_hash.hex(), "number": draw.block_number},
        "bound_fen": bound_fen(millionths, total_fen),
        "bound_millionths": millionths,
        "draws": len(draw.indexes),
        "findings": [{"found": str(findings[index]), "index": index} for index in sorted(findings)],
        "indexes": list(draw.indexes),
        "proofs_hash": "0x" + draw.proofs_hash.hex(),
        "register_number": draw.register_number,
        "root": "0x" + draw.root.hex(),
    }


def written(content: Mapping[str, object]) -> bytes:
    """Canonical JSON (protocol §7)."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(separator: bytes, register_number: int, root: bytes, sample_hash: bytes) -> bytes:
    """What officials sign, under the case's domain; `sample_hash` is the keccak of the content."""
    return keccak(b"\x19\x01" + separator + keccak(keccak(TYPE) + word(register_number) + root + sample_hash))
