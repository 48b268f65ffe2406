"""A window second by second: ballots come, are receipted, held, cut into batches and put into blocks; what waits, and for how long."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

from scripts.scale.model import BATCH, BLOCK_GAS, GAS_ALONE, GAS_NEIGHBOURS, HOLD_SECONDS, RECEIPTS_A_WRITE, WRITES_A_BATCH, Load


@dataclass
class Seen:
    """What the busiest ten minutes left: the longest wait from receipt to block, most ballots waiting, blocks and transactions."""

    receipted: int = 0
    recorded: int = 0
    longest_wait_s: int = 0
    most_waiting: int = 0
    transactions: int = 0
    fullest_block_percent: int = 0
    seconds: int = 0


def busiest(load: Load, write_seconds: float, seed: int = 1, most_seconds: int = 7200) -> Seen:
    """The busiest ten minutes, then until the last ballot is recorded; bounded by `most_seconds`."""
    chance, seen = random.Random(seed), Seen()
    held: dict[int, list[int]] = {}
    due: deque[tuple[int, int]] = deque()  # when a poll's batch goes out, and the poll
    pending: deque[list[int]] = deque()
    intake, relay = 0.0, 0.0  # what may be written: receipts, batches
    waiting = 0
    arriving = 0.0
    while seen.seconds < most_seconds and (seen.seconds < 600 or waiting or seen.recorded < seen.receipted):
        now = seen.seconds
        arriving += load.peak_a_second if now < 600 else 0.0
        intake = min(intake + RECEIPTS_A_WRITE / write_seconds, 10_000)
        taken = int(min(arriving, intake))
        arriving, intake = arriving - taken, intake - taken
        for _ in range(taken):
            poll = chance.randrange(load.polls)
            if poll not in held:
                held[poll] = []
                due.append((now + HOLD_SECONDS, poll))
            held[poll].append(now)
        seen.receipted += taken
        waiting += taken
        relay = min(relay + load.relays / (WRITES_A_BATCH * write_seconds), 1_000)
        while due and due[0][0] <= now and relay >= 1:
            _, poll = due.popleft()
            ballots, relay = held.pop(poll), relay - 1
            pending.append(ballots[:BATCH])
            if ballots[BATCH:]:
                held[poll] = ballots[BATCH:]
                due.appendleft((now, poll))
        waiting -= _block(pending, now, seen)
        seen.most_waiting = max(seen.most_waiting, waiting)
        seen.seconds += 1
    return seen


def _block(pending: deque[list[int]], now: int, seen: Seen) -> int:
    """Fill one block; how many ballots it records."""
    gas, recorded = 0.0, 0
    while pending:
        ballots = pending[0]
        needed = (GAS_ALONE - GAS_NEIGHBOURS) + len(ballots) * GAS_NEIGHBOURS
        if gas + needed > BLOCK_GAS:
            break
        gas += needed
        pending.popleft()
        recorded += len(ballots)
        seen.transactions += 1
        seen.longest_wait_s = max(seen.longest_wait_s, now - ballots[0] + 1)
    seen.recorded += recorded
    seen.fullest_block_percent = max(seen.fullest_block_percent, round(100 * gas / BLOCK_GAS))
    return recorded
