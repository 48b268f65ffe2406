"""How large the evidence of a long case is, and what its recount takes: `python -m scripts.bench.evidence [--days 30] [--ballots 10000]`.

The chain is generated: a block a second, most of them empty, every header hashed over the one before. Ballots come in batches spread over
all days, the relay leaves its notes and a checkpoint every so many blocks. The bundle shows the blocks that `scripts.evidence` would show.
One line of JSON at the end; exit 1 when a recount does not agree.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from rich.console import Console
from rich.progress import track

from scripts.bench.timed_run import Run, run
from scripts.evidence.route import route
from scripts.tampers.forge.abi import call, topic
from scripts.tampers.forge.bundle import write
from scripts.tampers.forge.chain import Forged, ForgedChain, Sending
from scripts.tampers.forge.state import code_alone
from scripts.tampers.forge.vote import START, ForgedVote
from scripts.tampers.lies.codes import right_codes
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, Vote, make_large_register, secret
from verifier.tally.chain.trie import EMPTY_ROOT

DAY_SECONDS = 86_400
NOTE_EVERY_SECONDS = 600
#: Of ten lenders six are for, three against, one abstains.
CHOICES = (FOR, AGAINST, FOR, FOR, ABSTAIN, FOR, AGAINST, FOR, AGAINST, FOR)
TOOLS = {"": (sys.executable, "-m", "verifier.tally"), "second_": ("node", "verifier/second/recount.mjs")}
say = Console(stderr=True, highlight=False)


@dataclass
class LongChain(ForgedChain):
    """A block for every second since START, and a checkpoint in every so many; only the blocks that a bundle shows are kept."""

    case: bytes = b""
    every: int = 200
    head_state: bytes = EMPTY_ROOT
    shown: set[int] = field(default_factory=set)

    def add(self, time: int, *sendings: Sending) -> Forged:
        """A block of that second."""
        self.blocks.append(Forged(time, list(sendings), time - START + 1))
        return self.blocks[-1]

    def seal(self) -> None:
        """Hash every header in turn; then only what is shown is left."""
        busy = {block.number: block for block in self.blocks}
        head = max(busy)
        self.state_roots[head] = self.head_state
        named = self._checkpoints(sorted(busy), head)
        self.shown = route(head, set(busy), named)
        hashes: dict[int, bytes] = {}
        kept, parent, nonces = [], bytes(32), dict[bytes, int]()
        for number in track(range(1, head + 1), "hashing headers", console=say):
            block = busy.get(number) or Forged(START + number - 1, [], number)
            if number in named:
                block.sendings.append(self._checkpoint(named[number], hashes))
            self.seal_one(block, parent, nonces)
            parent = block.hash
            if number in busy or number in named:
                hashes[number] = parent
            if number in self.shown:
                kept.append(block)
        self.blocks = kept

    def _checkpoints(self, busy: list[int], head: int) -> dict[int, list[int]]:
        """What each checkpoint names: the one before it, and all busy blocks since then."""
        found: dict[int, list[int]] = {}
        for number in range(self.every, head + 1, self.every):
            since = number - self.every
            found[number] = sorted({*([since] if since else []), *(one for one in busy if since <= one < number)})
        return {number: one for number, one in found.items() if one}

    def _checkpoint(self, numbers: list[int], hashes: dict[int, bytes]) -> Sending:
        data = b"".join(number.to_bytes(8, "big") + hashes[number] for number in numbers)
        log = (self.case, (topic("Checkpoint", ["bytes"]),), encode(["bytes"], [data]))
        return Sending(self.case, call("checkpoint", ["uint64[]"], [numbers]), [log], secret("relay"))


@dataclass
class LongVote(ForgedVote):
    """A vote over many days, in batches at even distances."""

    batch_size: int = 50

    def _vote(self) -> None:
        lenders = self.register.lenders
        starts = range(0, len(lenders), self.batch_size)
        step = (self.window_seconds - NOTE_EVERY_SECONDS) // len(starts)
        notes = iter(range(self.opens_at + NOTE_EVERY_SECONDS - 1, self.closes_at, NOTE_EVERY_SECONDS))
        note = next(notes, 0)
        for place, start in enumerate(track(starts, "signing ballots", console=say)):
            at = self.opens_at + 1 + place * step
            while note and note < at:
                self.note(f"note {note}", note)
                note = next(notes, 0)
            votes = [Vote(one, CHOICES[one.index % len(CHOICES)]) for one in lenders[start : start + self.batch_size]]
            for vote in votes:
                self.receipt(vote)
            self.batch(f"batch {place}", votes, at)


def long_vote(ballots: int, days: int, batch: int, every: int) -> LongVote:
    """The vote, sealed."""
    vote = LongVote(register=make_large_register(ballots), window_seconds=days * DAY_SECONDS, batch_size=batch, choices=[])
    root, vote.codes = code_alone(right_codes(vote))
    vote.chain = LongChain(every=every, case=vote.case, head_state=root)
    vote.build()
    return vote


def figures_of(tool: Run) -> Iterator[tuple[str, Any]]:
    yield "seconds", round(tool.seconds, 2)
    yield "peak_mb", round(tool.peak_mb)
    yield "agrees", tool.last.get("recount") == "agrees"


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate, write, recount with both tools; the figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.evidence", description="The evidence bundle of a long case.")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--ballots", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=50, help="ballots in a batch")
    parser.add_argument("--every", type=int, default=200, help="blocks between checkpoints: 200, or 8000 where the chain has EIP-2935")
    given = parser.parse_args(arguments)
    figures: dict[str, Any] = {
        "bench": "evidence",
        "days": given.days,
        "ballots": given.ballots,
        "every": given.every,
        "processors": os.cpu_count(),
    }
    good = False
    try:
        vote = long_vote(given.ballots, given.days, given.batch, given.every)
        with tempfile.TemporaryDirectory() as name:
            path = write(vote, Path(name) / "evidence.zip")
            head = "0x" + vote.chain.head.hash.hex()
            figures |= {
                "blocks": vote.chain.head.number,
                "shown_blocks": len(vote.chain.blocks),
                "megabytes": round(path.stat().st_size / 1e6, 1),
            }
            del vote
            for prefix, tool in TOOLS.items():
                done = run([*tool, "--evidence", str(path), "--head", head, "--json"])
                figures |= {prefix + key: value for key, value in figures_of(done)}
        good = bool(figures["agrees"]) and bool(figures["second_agrees"])
    finally:
        print(json.dumps(figures | {"load_average": round(os.getloadavg()[0], 1)}))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
