"""`make bench-proofs`: range proofs of an invented register made, checked by both recounts' ways and by the officials' tool.

The last line is JSON. Short by default; 100,000 leaves take half an hour on two idle cores, `--leaves 1000000` some five hours, by hand.
`second_verify_s` and `phone_ms` are null where the second recount or the page's check has no command for them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import track

from scripts.build.contracts import ROOT
from verifier.ranges.checking import Claimed, wrong_chunks
from verifier.ranges.file import Chunk, chunks, header, proofs_in
from verifier.ranges.group import ORDER, word
from verifier.ranges.proving import Opening, prove
from verifier.ranges.transcript import Frozen
from verifier.register.curve import commitment
from verifier.register.tree import leaf_hash, root_over

TOGETHER = 256
SECOND = ROOT / "verifier" / "second" / "bench_ranges.mjs"
say = Console(stderr=True)
Work = tuple[Chunk, list[Opening], bytes]


def made_up(count: int) -> tuple[list[Opening], bytes]:
    """Amounts and blinds, and all commitments."""
    openings = [(secrets.randbelow(10**9) + 1, secrets.randbelow(ORDER - 1) + 1) for _ in range(count)]
    return openings, b"".join(commitment(*one) for one in openings)


def frozen(openings: Sequence[Opening], points: bytes) -> Frozen:
    """The register that the leaves make, all of one class."""
    hashes = b"".join(leaf_hash(i, 0, points[64 * i : 64 * i + 64]) for i in range(len(openings)))
    return Frozen(31337, bytes(20), 0, root_over(hashes), len(openings), word(sum(one[1] for one in openings) % ORDER))


def _prove(context: bytes, work: Work) -> bytes:
    chunk, openings, points = work
    return prove(context, chunk.start, openings, points)


def _blocks(file: bytes, context: bytes, points: bytes) -> Iterator[list[Claimed]]:
    block: list[Claimed] = []
    for chunk, proof in proofs_in(BytesIO(file), len(file), context, len(points) // 64):
        block.append(Claimed(chunk, points[64 * chunk.start : 64 * (chunk.start + chunk.leaves)], proof))
        if len(block) == TOGETHER:
            yield block
            block = []
    if block:
        yield block


def peak_mb() -> float:
    """The most memory of this process, and of the largest of its children on each processor besides."""
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round((own + (os.cpu_count() or 1) * child) / 1024, 1)


def second(folder: Path) -> dict[str, float | None]:
    """What the JavaScript recount takes for the same file, where it has a command for it."""
    if not SECOND.exists():
        return {"second_verify_s": None, "phone_ms": None}
    done = subprocess.run(["node", str(SECOND), str(folder)], capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {"second_verify_s": said.get("second_verify_s"), "phone_ms": said.get("phone_ms")}


def main() -> int:
    """Print the figures; 1 where a proof does not hold."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.proofs", description=__doc__)
    parser.add_argument("--leaves", type=int, default=10_000)
    count = parser.parse_args().leaves
    openings, points = made_up(count)
    register = frozen(openings, points)
    work = [
        (one, openings[one.start : one.start + one.leaves], points[64 * one.start : 64 * (one.start + one.leaves)]) for one in chunks(count)
    ]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool, tempfile.TemporaryDirectory() as name:
        list(pool.map(abs, range(8)))
        began, used = time.perf_counter(), _processor_s()
        proofs = list(track(pool.map(partial(_prove, register.context), work), "proving", total=len(work), console=say))
        proved = time.perf_counter()
        file = header(register.context, count) + b"".join(proofs)
        wrong = [
            one for block in pool.map(partial(wrong_chunks, register.context), _blocks(file, register.context, points)) for one in block
        ]
        checked = time.perf_counter()
        beside = second(_written(Path(name), register, points, file))
    figures = {
        "leaves": count,
        "prove_s": round(proved - began, 1),
        "verify_s": round(checked - proved, 1),
        "bytes_a_leaf": round(len(file) / count, 2),
        **beside,
        "peak_mb": peak_mb(),
        "processor_s": round(_processor_s() - used, 1),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "wrong": len(wrong),
    }
    print(json.dumps(figures))
    return int(bool(wrong))


def _processor_s() -> float:
    """Of this process and of those of its children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _written(folder: Path, register: Frozen, points: bytes, file: bytes) -> Path:
    """The file, the leaves and what the context is made of, for another program to check."""
    rows = (f"{i},0,{points[64 * i : 64 * i + 32].hex()},{points[64 * i + 32 : 64 * i + 64].hex()}" for i in range(register.leaf_count))
    (folder / "leaves.csv").write_text("\n".join(["index,voting_class,x,y", *rows]) + "\n")
    (folder / "range_proofs.bin").write_bytes(file)
    (folder / "context.json").write_text(json.dumps({"context": "0x" + register.context.hex(), "leaf_count": register.leaf_count}))
    return folder


if __name__ == "__main__":
    raise SystemExit(main())
