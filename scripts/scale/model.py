"""Figures that were measured (docs/benchmarks.md, docs/contracts.md, docs/consortium.md), and what they come to; pure.

Seconds, bytes, gas; a ballot is an open one unless it says otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Gas of a ballot in a batch of neighbours, and of one with nobody near it (an upper bound: sent alone with its path of the tree).
GAS_NEIGHBOURS, GAS_SCATTERED, GAS_ALONE = 9_890, 12_740, 74_899
GAS_COUNTED_SEALED = 7_030
GAS_NOTE, GAS_CHECKPOINT, GAS_ANNOUNCED = 43_000, 25_000, 6_441_000
BATCH = 512
BLOCK_SECONDS, BLOCK_GAS = 1.0, 30_000_000
BYTES_IN_BATCH = 91_000 / 512
#: A block of Kaia on the disk of a validator, from 591 blocks and 207 ballots in 2.2 MB.
BLOCK_BYTES = 2_200_000 / 591
#: Processor of backend and chain for a ballot; of a proof of range and its check for a leaf; of a recount for a ballot.
BACKEND_SECONDS, CHAIN_SECONDS = 0.0046, 0.00034
PROVE_SECONDS, CHECK_SECONDS, PROOF_BYTES = 0.0155, 0.000225, 17.3
RECOUNT_SECONDS, RECOUNT_BYTES = 142e-6, 891
FREEZE_SECONDS = 28 / 400_000
#: By reading: what a round of the pump asks a node, rounds a second, and what each open poll is asked for in a minute.
QUESTIONS_A_ROUND, ROUNDS_A_SECOND, QUESTIONS_A_POLL_AND_MINUTE = 8, 2, 4
#: Connections that one backend may hold, and PostgreSQL's usual limit.
CONNECTIONS, USUAL_CONNECTIONS = 56, 100
#: Transactions that write: of a batch from its choice to its end (by reading), and receipts that one of them carries under load.
WRITES_A_BATCH, RECEIPTS_A_WRITE = 4, 20
HOLD_SECONDS, NOTE_SECONDS = 30, 600


@dataclass(frozen=True)
class Load:
    """What comes in: polls that are open at once, lenders and ballots of all of them, the busiest ten minutes, days of the window."""

    polls: int
    lenders: int
    ballots: int
    peak_ballots: int
    days: int = 30
    backends: int = 1
    relays: int = 1
    cores: int = 2

    @property
    def peak_a_second(self) -> float:
        return self.peak_ballots / 600

    @property
    def batch(self) -> float:
        """Ballots in one batch at the peak: those that came to a poll while it was held."""
        return min(BATCH, max(1.0, self.peak_a_second / self.polls * HOLD_SECONDS))

    @property
    def gas_a_ballot(self) -> float:
        """Between a lone ballot and neighbours: what a transaction costs once is shared by its ballots."""
        return GAS_NEIGHBOURS + (GAS_ALONE - GAS_NEIGHBOURS) / self.batch


def uses(load: Load, write_seconds: float) -> dict[str, float]:
    """What the peak takes of each part, 1 being all there is of it; `write_seconds` is one transaction that writes in turn."""
    batches = load.peak_a_second / load.batch
    notes = load.polls / NOTE_SECONDS
    gas = load.peak_a_second * load.gas_a_ballot + notes * GAS_NOTE
    receipts = load.peak_a_second / RECEIPTS_A_WRITE
    return {
        "processors of the backends": load.peak_a_second * BACKEND_SECONDS / (load.backends * load.cores / 2),
        "receipts written in turn": receipts * write_seconds,
        "batches written in turn": batches * WRITES_A_BATCH * write_seconds / load.relays,
        "gas of a block": gas * BLOCK_SECONDS / BLOCK_GAS,
        "connections of PostgreSQL": load.backends * CONNECTIONS / USUAL_CONNECTIONS,
    }


def growth(load: Load, row_bytes: float) -> dict[str, int]:
    """Megabytes: on a validator's disk for the window, in the database, in the published proofs of ranges."""
    blocks = load.days * 86_400 / BLOCK_SECONDS
    return {
        "validator_mb": round((blocks * BLOCK_BYTES + load.ballots * BYTES_IN_BATCH * 2) / 1e6),
        "database_mb": round(load.ballots * row_bytes / 1e6),
        "range_proofs_mb": round(load.lenders * PROOF_BYTES / 1e6),
    }


def chain(load: Load) -> dict[str, int]:
    """Gas of all ballots, and the blocks of 30 million that they would fill one after the other; sealed ones are counted besides."""
    gas = load.ballots * load.gas_a_ballot
    sealed = load.ballots * GAS_COUNTED_SEALED
    return {
        "gas_millions": round(gas / 1e6),
        "blocks_filled": math.ceil(gas / BLOCK_GAS),
        "blocks_to_count_sealed": math.ceil(sealed / BLOCK_GAS),
        "blocks_in_window": round(load.days * 86_400 / BLOCK_SECONDS),
    }


def questions(load: Load) -> int:
    """What a node is asked in a second."""
    return round(load.backends * QUESTIONS_A_ROUND * ROUNDS_A_SECOND + load.polls * QUESTIONS_A_POLL_AND_MINUTE / 60)


def work(load: Load) -> dict[str, int]:
    """Processor of whoever proves, freezes, checks and recounts, in seconds, and the recount's memory."""
    return {
        "prove_ranges_s": round(load.lenders * PROVE_SECONDS), "check_ranges_s": round(load.lenders * CHECK_SECONDS),
        "freeze_s": round(load.lenders * FREEZE_SECONDS), "recount_s": round(load.ballots * RECOUNT_SECONDS),
        "recount_mb": round(load.ballots * RECOUNT_BYTES / 1e6),
    }  # fmt: skip


def breaks_first(found: dict[str, float]) -> str:
    """The part of which most is used."""
    return max(found, key=lambda name: found[name])
