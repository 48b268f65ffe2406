"""What an escrow's statement has to be, apart from who signed it (protocol §23.1). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coincurve import PublicKey

from backend.case.escrows.errors import EscrowMalformed
from backend.ground.common.hashing import keccak

LEAST_THRESHOLD, MOST_SEATS, POINT_BYTES, HASH_BYTES = 2, 32, 33, 32
_NAME = keccak(b"LenderVote/1/escrow")


@dataclass(frozen=True)
class Statement:
    """`escrow.json` without its signatures; the case is 20 bytes, points 33, hashes 32."""

    chain_id: int
    case: bytes
    register_number: int
    root: bytes
    leaf_count: int
    classes_hash: bytes
    threshold: int
    transports: tuple[bytes, ...]
    commitments: tuple[bytes, ...]
    context: bytes
    file_digest: bytes

    @property
    def commitments_hash(self) -> bytes:
        """As it is signed."""
        return hash_of_points(self.commitments)


def read(paper: Mapping[str, Any]) -> Statement:
    """The statement in `escrow.json` as it is stored."""
    values: dict[str, Any] = {name: paper[name] for name in ("chain_id", "register_number", "leaf_count", "threshold")}
    values |= {name: bytes.fromhex(paper[name][2:]) for name in ("case", "root", "classes_hash", "context", "file_digest")}
    values |= {name: tuple(bytes.fromhex(one[2:]) for one in paper[name]) for name in ("transports", "commitments")}
    return Statement(**values)


def check(statement: Statement) -> None:
    """Whether context and keys fit together. Raises: EscrowMalformed."""
    hashes = {"root": statement.root, "classes_hash": statement.classes_hash, "file_digest": statement.file_digest}
    for field, value in hashes.items():
        if len(value) != HASH_BYTES:
            raise EscrowMalformed(field=field)
    seats = len(statement.transports)
    if not LEAST_THRESHOLD <= statement.threshold <= seats <= MOST_SEATS or len(statement.commitments) != statement.threshold:
        raise EscrowMalformed(field="threshold")
    if len(set(statement.transports)) != seats or not _are_points(statement.transports):
        raise EscrowMalformed(field="transports")
    if not _are_points(statement.commitments):
        raise EscrowMalformed(field="commitments")
    if statement.context != context_of(statement):
        raise EscrowMalformed(field="context")


def context_of(statement: Statement) -> bytes:
    """c, from what is shown."""
    place = [_NAME, _word(statement.chain_id), bytes(12) + statement.case, _word(statement.register_number), statement.root]
    rest = [_word(statement.leaf_count), statement.classes_hash, _word(statement.threshold), hash_of_points(statement.transports)]
    return keccak(b"".join([*place, *rest]))


def hash_of_points(points: Sequence[bytes]) -> bytes:
    """Of compressed points, one after another."""
    return keccak(b"".join(points))


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _are_points(points: Sequence[bytes]) -> bool:
    try:
        return all(len(one) == POINT_BYTES and PublicKey(one).format() == one for one in points)
    except ValueError:
        return False
