"""Stamps over a vote that a recount has read, right ones and wrong ones (protocol §26)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.ground.chain import signatures
from scripts.rig.stamp_authority import Authority
from verifier.tally import typed_data
from verifier.tally.chain.kinds import RULES
from verifier.tally.chain.live import LiveSource
from verifier.tally.chain.node import Node
from verifier.tally.keccak import keccak
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recount import Recount, Scene, need
from verifier.tally.stamps import SUBJECTS
from verifier.tally.steps import STEPS

NOBODYS = b"\x33" * 32
EVENTS = {"register": ("RegisterFrozen",), "close": ("Noted",), "result": ("PollTallied", "MotionsTallied")}


@dataclass(frozen=True)
class Happened:
    """What there is to stamp: in which block, by its hash and time, and what of it."""

    block: int
    block_hash: bytes
    time: int
    value: bytes


@dataclass(frozen=True)
class Stamper:
    """Has what happened in a vote stamped by an authority; `key` signs the vote's receipts."""

    separators: tuple[bytes, bytes]
    happened: dict[str, Happened]
    authority: Authority
    key: bytes

    @classmethod
    def of(cls, rpc_url: str, folder: Path, authority: Authority, key: bytes) -> Stamper:
        """By a node and the published files."""
        node = Node(rpc_url)
        try:
            work = Recount(LiveSource(node, RULES["ethereum"]), Published(folder), Progress(quiet=True))
            work.run(STEPS[:1], lambda _: None)
            scene, sight = need(work.scene, 1), need(work.sight, 1)
            places = {subject: found for subject in SUBJECTS if (found := _found(scene, subject)) is not None}
            blocks = sight.shown([number for number, _ in places.values()])
        finally:
            node.close()
        happened = {name: Happened(number, blocks[number].hash, blocks[number].time or 0, one) for name, (number, one) in places.items()}
        return cls((scene.case_separator, scene.poll_separator), happened, authority, key)

    def all_lines(self) -> list[dict[str, Any]]:
        """One of each."""
        return [self.line(subject) for subject in self.happened]

    def line(
        self, subject: str, *, authority: Authority | None = None, late: int = 5, key: bytes | None = None, status: int = 0,
        over: bytes | None = None, **changed: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """A line of stamps.jsonl, stamped `late` seconds after its block; `changed` are other values than the chain has, `over` another
        imprint."""
        one = self.happened[subject]
        said: dict[str, Any] = {"block": one.block, "block_hash": one.block_hash, "value": one.value, **changed}
        separator = self.separators[subject != "register"]
        digest = typed_data.stamp(separator, subject.encode(), said["block"], said["block_hash"], said["value"])
        signature = signatures.sign(key or self.key, digest)
        imprint = over or hashlib.sha256(digest + signature).digest()
        response = (authority or self.authority).answer(imprint, datetime.fromtimestamp(one.time + late, UTC), status=status)
        plain = {name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in said.items()}
        return {**plain, "response": "0x" + response.hex(), "signature": "0x" + signature.hex(), "subject": subject}


def _found(scene: Scene, subject: str) -> tuple[int, bytes] | None:
    """Block and value of the newest of that kind."""
    if subject == "head":
        return scene.events[-1].log.block_number, bytes(32)
    last = next((one for one in reversed(scene.events) if one.name in EVENTS[subject]), None)
    if last is None:
        return None
    if subject == "close":
        return last.log.block_number, keccak(last.values[2])
    return last.log.block_number, last.values[1 if subject == "register" else 0]
