"""What is stamped, and the published lines (protocol §26); pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from backend.ground.common.hashing import canonical_json

EARLIEST_SECONDS, LATEST_SECONDS = 300, 86_400
"""How far a stamp may be before its block's time, and after it."""
HEAD_SECONDS = 4 * 3600
NOTHING = bytes(32)


class Subject(StrEnum):
    """What a stamp is about."""

    REGISTER = "register"
    HEAD = "head"
    CLOSE = "close"
    RESULT = "result"

    @property
    def word(self) -> bytes:
        """As it is signed."""
        return self.value.encode().ljust(32, b"\0")


@dataclass(frozen=True)
class Line:
    """One stamp as it is published."""

    subject: str
    block: int
    block_hash: bytes
    value: bytes
    signature: bytes
    response: bytes


def stamped_bytes(digest: bytes, signature: bytes) -> bytes:
    """What an authority gets the SHA-256 of."""
    return digest + signature


def imprint(digest: bytes, signature: bytes) -> bytes:
    """That SHA-256."""
    return hashlib.sha256(stamped_bytes(digest, signature)).digest()


def is_timely(block_time: int, at: int) -> bool:
    """Whether a stamp at that time is one that a recount takes."""
    return block_time - EARLIEST_SECONDS <= at <= block_time + LATEST_SECONDS


def is_head_due(last_time: int | None, last_block: int, newest_block: int, newest_time: int) -> bool:
    """Whether the newest event's block is to be stamped as the log's head."""
    return newest_block > last_block and (last_time is None or newest_time >= last_time + HEAD_SECONDS)


def stamps_jsonl(lines: Iterable[Line]) -> bytes:
    """One object a line, in the order given."""
    return b"".join(canonical_json(_shown(line)) + b"\n" for line in lines)


def _shown(line: Line) -> dict[str, object]:
    said = {"block_hash": line.block_hash, "response": line.response, "signature": line.signature, "value": line.value}
    return {"block": line.block, "subject": line.subject, **{name: "0x" + value.hex() for name, value in said.items()}}
