"""Step 16: every leaf of the register holds an amount in range (protocol §4.2)."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO

from verifier.ranges.checking import Claimed, blocks, wrong_chunks
from verifier.ranges.file import DEMANDED_SINCE, NAME, Chunk, FileWrong, proofs_in, size_of
from verifier.ranges.transcript import Frozen
from verifier.tally.contracts import classes_hash
from verifier.tally.findings import Blocked, StepLog, Wrong
from verifier.tally.keccak import keccak
from verifier.tally.leaves import Leaves
from verifier.tally.processes import RANGES_FROM, in_order
from verifier.tally.published import FINDINGS
from verifier.tally.recount import Recount, Register, Scene, need

MOST_NAMED = 100  # chunks; to find a wrong one costs as much as to check many, and more of them say nothing new
UNPROVED = "nothing proves that every leaf of the register is in range / 登记表没有范围证明，不能证明每一份债权金额都在范围之内"


def check(recount: Recount, log: StepLog) -> None:
    """The file that the officials signed the hash of, chunk by chunk."""
    scene, frozen = need(recount.scene, 1), need(recount.register, 3)
    if not any(frozen.range_proofs_hash):
        _without(recount, scene, log)
        return
    if frozen.leaves is None or frozen.leaves.off or len(frozen.leaves) != frozen.leaf_count:
        raise Blocked(3)
    content = recount.published.bytes_of(NAME, size_of(frozen.leaf_count))
    hashed = keccak(content)
    if not log.equal(FINDINGS[NAME], NAME, "has another hash than was frozen", frozen.range_proofs_hash, hashed):
        return
    number = need(recount.terms, 2).register_number
    context = Frozen(scene.chain_id, scene.case, number, frozen.root, frozen.leaf_count, classes_hash(frozen.classes)).context
    try:
        pieces = proofs_in(BytesIO(content), len(content), context, frozen.leaf_count)
    except FileWrong as wrong:
        raise Wrong(FINDINGS[NAME], NAME, wrong.what) from wrong
    wrong_ones = _wrong(recount, context, frozen, frozen.leaves, pieces, log)
    if not wrong_ones:
        log.note(f"{frozen.leaf_count} leaves hold amounts from 0 to 2^64 - 1, and their totals are below 2^63; proofs 0x{hashed.hex()}")


def _without(recount: Recount, scene: Scene, log: StepLog) -> None:
    if scene.protocol >= DEMANDED_SINCE:
        what = "the register was frozen without range proofs"
        log.wrong("ranges.missing", "frozen register", what, "the hash of proofs that every leaf is in range", bytes(32))
        return
    log.note(f"a register of protocol {scene.protocol} without range proofs: leaves may be out of range")
    recount.beside.append(UNPROVED)


def _wrong(recount: Recount, context: bytes, frozen: Register, leaves: Leaves, pieces: Iterator[tuple[Chunk, bytes]], log: StepLog) -> int:
    """How many chunks do not hold; each is a finding, up to so many."""
    found, much = 0, frozen.leaf_count >= RANGES_FROM
    with recount.progress.of("ranges", frozen.leaf_count) as ticked:
        for done, wrong in in_order(partial(_check_block, context), blocks(pieces, leaves.points), much=much):
            for chunk in wrong:
                found += 1
                last = chunk.start + chunk.leaves - 1
                place = f"{NAME} chunk {chunk.number}"
                what = "does not prove that its leaves are in range"
                log.wrong("ranges.proof", place, what, "0 to 2^64 - 1 fen in each", f"leaves {chunk.start} to {last}")
            if found >= MOST_NAMED:
                log.wrong("ranges.proof", NAME, "has more such chunks, or chunks that were not looked at")
                break
            ticked(done)
    return found


def _check_block(context: bytes, block: list[Claimed]) -> tuple[int, list[Chunk]]:
    """How many leaves were looked at, and the chunks that do not hold."""
    return sum(one.chunk.leaves for one in block), wrong_chunks(context, block)
