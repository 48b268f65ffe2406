"""Honest registers of all shapes, proved by the product's prover: no chunk is called wrong by either recount's code (protocol §4.2).

Amounts are small, large, all alike, 1 fen, and as near to 2^63 as class totals let them be; a few registers have chunks of 64.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from eth_utils.crypto import keccak

from scripts.build.contracts import ROOT
from verifier.ranges.checking import blocks, wrong_chunks
from verifier.ranges.file import chunks, header, proofs_in
from verifier.ranges.generators import G, H
from verifier.ranges.group import ORDER, XY_BYTES, times, total, write_xy
from verifier.ranges.proving import Opening, prove

SECOND = ROOT / "scripts" / "tampers" / "registers.mjs"
SECONDS = 1_800
MOST_FEN = 2**63
#: Every so many a register with a chunk of 64; proofs of all others are made in less than a second.
LARGE_EVERY = 25


@dataclass(frozen=True)
class Proved:
    """A register as a recount sees it: context, commitments (64 bytes each), range_proofs.bin."""

    context: bytes
    points: bytes
    file: bytes

    @property
    def leaves(self) -> int:
        return len(self.points) // XY_BYTES


def amounts_of(rng: random.Random, leaves: int) -> list[int]:
    """Of one mood."""
    least = MOST_FEN // leaves - 1
    moods = (
        lambda: rng.randrange(10**10),
        lambda: 1,
        lambda: least,
        lambda: 2 ** rng.randrange(least.bit_length() - 1),
        lambda: 5_000_000,
        lambda: rng.choice((0, 1, least - 1, least)),
    )
    mood = rng.choice(moods)
    return [mood() for _ in range(leaves)]


def honest(rng: random.Random, number: int) -> Proved:
    """A register that was drawn up and proved rightly."""
    leaves = rng.choice((64, 65, 67, 70)) if number % LARGE_EVERY == 0 else rng.randint(1, 12)
    openings: list[Opening] = [(amount, 1 + rng.randrange(ORDER - 1)) for amount in amounts_of(rng, leaves)]
    points = b"".join(_commitment(*opening) for opening in openings)
    context, file = keccak(f"honest register {number}".encode()), b""
    for chunk in chunks(leaves):
        end = chunk.start + chunk.leaves
        file += prove(context, chunk.start, openings[chunk.start : end], points[XY_BYTES * chunk.start : XY_BYTES * end])
    return Proved(context, points, header(context, leaves) + file)


def _commitment(amount: int, blind: int) -> bytes:
    point = total([one for one in (times(amount, G), times(blind, H)) if one is not None])
    assert point is not None, "a blind nobody can choose so"
    return write_xy(point)


def wrong_by_first(register: Proved) -> int:
    """How many chunks the first recount's code calls wrong."""
    pieces = proofs_in(BytesIO(register.file), len(register.file), register.context, register.leaves)
    return sum(len(wrong_chunks(register.context, block)) for block in blocks(pieces, register.points))


def wrong_by_second(registers: Sequence[Proved]) -> list[int]:
    """The same by the second recount's code, for all registers in one process."""
    rows = [{name: getattr(one, name).hex() for name in ("context", "points", "file")} for one in registers]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "registers.json"
        path.write_text(json.dumps(rows))
        done = subprocess.run(["node", str(SECOND), str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=SECONDS)
    found: list[int] = json.loads(done.stdout.splitlines()[-1])
    return found


def alarms(count: int, seed: int) -> list[list[str]]:
    """For each of so many honest registers who called how many chunks wrong; empty lists are right."""
    registers = [honest(random.Random(f"{seed}/register/{number}"), number) for number in range(count)]
    second = wrong_by_second(registers) if registers else []
    return [
        [f"{name}: {wrong} chunks" for name, wrong in (("first", wrong_by_first(one)), ("second", other)) if wrong]
        for one, other in zip(registers, second, strict=True)
    ]
