"""Range proofs of invented registers, for votes that are set up by tests: the same register is proved once in a process (protocol §4.2).

Made by the product's own prover, which no recount uses. Whoever lies about an amount gets the best that a liar can have: a proof of the
lowest 64 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import CLASSES_ABI, Lender, Register
from verifier.ranges.file import chunks, header
from verifier.ranges.proving import prove
from verifier.ranges.transcript import Frozen

MANY = 1_000  # leaves; as many take a process a quarter of a minute
Opened = tuple[int, int, bytes]
"""Amount, blind, commitment as x ‖ y."""


def context_of(
    chain_id: int, case: str | bytes, number: int, register: Register, classes: Sequence[tuple[int, int, int]] | None = None
) -> bytes:
    """The context of a register's proofs; `classes` are other totals than its leaves have."""
    place = bytes.fromhex(case[2:]) if isinstance(case, str) else case
    totals = keccak(encode([CLASSES_ABI], [list(classes or register.classes)]))
    return Frozen(chain_id, place, number, register.root, len(register.lenders), totals).context


def proofs_file(context: bytes, lenders: Sequence[Lender], change: Callable[[int, bytes], bytes] = lambda _, proof: proof) -> bytes:
    """range_proofs.bin; `change` is given each chunk's number and proof."""
    every = list(chunks(len(lenders)))
    starts = [chunk.start for chunk in every]
    opened_ones = [tuple(opened(one) for one in lenders[chunk.start : chunk.start + chunk.leaves]) for chunk in every]
    if len(lenders) < MANY:
        proofs = [proved(context, *one) for one in zip(starts, opened_ones, strict=True)]
    else:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            proofs = list(pool.map(partial(proved, context), starts, opened_ones))
    return header(context, len(lenders)) + b"".join(change(one.number, proof) for one, proof in zip(every, proofs, strict=True))


def opened(lender: Lender) -> Opened:
    x, y = lender.point
    return lender.amount_fen, lender.blind, x.to_bytes(32, "big") + y.to_bytes(32, "big")


@lru_cache(maxsize=4096)
def proved(context: bytes, start: int, leaves: tuple[Opened, ...]) -> bytes:
    """One chunk's proof."""
    openings = [(amount % 2**64, blind) for amount, blind, _ in leaves]
    return prove(context, start, openings, b"".join(point for _, _, point in leaves))
