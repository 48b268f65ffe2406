"""`make bench-proofs`: range proofs of an invented register made, and checked by both recounts' code. The last line is JSON.

Short by default; 100,000 leaves take half an hour on two idle processors, 1,000,000 some five hours, by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import track

from scripts.bench.proofs_on_the_phone import phone_times
from scripts.bench.proofs_second import second_times
from scripts.rig.chromium import ChromiumMissing
from verifier.ranges.checking import Claimed, blocks, wrong_chunks
from verifier.ranges.file import Chunk, chunks, header, proofs_in
from verifier.ranges.group import ORDER, word
from verifier.ranges.proving import Opening, prove
from verifier.ranges.transcript import Frozen
from verifier.register.curve import commitment
from verifier.register.tree import leaf_hash, root_over

CHECKS = 20
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


def _prove(context: bytes, work: Work) -> tuple[bytes, float]:
    """The proof, and the processor seconds that it took."""
    began = time.process_time()
    chunk, openings, points = work
    return prove(context, chunk.start, openings, points), time.process_time() - began


def _check(context: bytes, block: list[Claimed]) -> tuple[list[Chunk], float]:
    """The chunks that do not hold, and processor seconds."""
    began = time.process_time()
    return wrong_chunks(context, block), time.process_time() - began


def peak_mb() -> float:
    """The most memory of this process, and of the largest of its children on each processor besides."""
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round((own + (os.cpu_count() or 1) * child) / 1024, 1)


def beside(folder: Path, register: Frozen, points: bytes, file: bytes) -> dict[str, float | None]:
    """What the second recount takes for the same register, and the page's own check of one lender; null where there is no browser."""
    facts = {"chain_id": register.chain_id, "case": register.case.hex(), "register_number": register.register_number}
    facts |= {"root": register.root.hex(), "leaf_count": register.leaf_count, "classes_hash": register.classes_hash.hex()}
    rows = (f"{i},0,{points[64 * i : 64 * i + 32].hex()},{points[64 * i + 32 : 64 * i + 64].hex()}" for i in range(register.leaf_count))
    (folder / "leaves.csv").write_text("\n".join(["index,voting_class,x,y", *rows]) + "\n")
    (folder / "range_proofs.bin").write_bytes(file)
    said = second_times({name: f"0x{value}" if isinstance(value, str) else value for name, value in facts.items()}, folder)
    try:
        phone = phone_times(register.leaf_count, CHECKS)["phone_ms"]
    except ChromiumMissing:
        phone = None
    return {"second_verify_s": said["second_verify_s"], "phone_ms": phone}


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
        began = time.perf_counter()
        proofs = list(track(pool.map(partial(_prove, register.context), work), "proving", total=len(work), console=say))
        proved = time.perf_counter()
        file = header(register.context, count) + b"".join(proof for proof, _ in proofs)
        pieces = proofs_in(BytesIO(file), len(file), register.context, count)
        found = list(pool.map(partial(_check, register.context), blocks(pieces, points)))
        checked = time.perf_counter()
        others = beside(Path(name), register, points, file)
    wrong = sum(len(one) for one, _ in found)
    figures = {
        "leaves": count,
        "prove_s": round(proved - began, 1),
        "verify_s": round(checked - proved, 1),
        "bytes_a_leaf": round(len(file) / count, 2),
        **others,
        "peak_mb": peak_mb(),
        "prove_processor_s": round(sum(seconds for _, seconds in proofs), 1),
        "verify_processor_s": round(sum(seconds for _, seconds in found), 1),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "wrong": wrong,
    }
    print(json.dumps(figures))
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
