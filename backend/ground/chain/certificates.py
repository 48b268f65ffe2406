"""Certificates of finality: a block counts only when more than two thirds of the validators that the parties named sealed it (§25.2).

Whether a node shows certificates is found by asking it. Any node's will do: a seal is proof in itself, whoever hands it on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import rlp

from backend.ground.chain.answers import HEX, read_number
from backend.ground.chain.errors import FinalityNotProved, NodeNotAnswering, ValidatorsFileWrong
from backend.ground.chain.signatures import recover
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.hashing import keccak

QUESTION = "kaia_getBlockByNumber"
_FIELDS = (
    *("parentHash", "reward", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "blockScore", "number", "gasUsed"),
    *("timestamp", "timestampFoS", "extraData", "governanceData", "voteData", "baseFeePerGas"),
)
_NUMBERS = {"blockScore", "number", "gasUsed", "timestamp", "timestampFoS", "baseFeePerGas"}
_VANITY_BYTES, _SEAL_BYTES, _COMMITTED = 32, 65, b"\x02"
_MOST_EXTRA_BYTES = 2**20


class Validators:
    """Whom the parties named, from which block on."""

    def __init__(self, spans: Sequence[tuple[int, frozenset[str]]]) -> None:
        self._spans = sorted(spans, key=lambda span: span[0])

    @classmethod
    def read(cls, path: Path) -> Validators:
        """From a file. Raises: ValidatorsFileWrong."""
        try:
            rows = json.loads(path.read_text())["validators"]
            spans = [(int(row["from_block"]), frozenset(str(one).lower() for one in row["addresses"])) for row in rows]
            right = all(len(one) == 42 and HEX.fullmatch(one) for _, named in spans for one in named)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValidatorsFileWrong(path=path, reason=f"{type(error).__name__}: {error}") from error
        if not spans or not right or not all(named for _, named in spans):
            raise ValidatorsFileWrong(path=path, reason="validators: from_block, addresses")
        return cls(spans)

    @classmethod
    def named_in(cls, setting: Path | None) -> Validators | None:
        """From the file that a setting names; None where it names none. Raises: ValidatorsFileWrong."""
        return None if setting in (None, Path()) else cls.read(setting)

    def at(self, number: int) -> frozenset[str]:
        """Who seals the block of that number, 0x lower case; nobody before the first span."""
        return next((named for start, named in reversed(self._spans) if start <= number), frozenset())

    def check(self, number: int, block_hash: str, headers: Iterable[Any]) -> None:
        """Return when one of these headers is that block's and is sealed by enough of those named. Raises: FinalityNotProved."""
        named, most = self.at(number), 0
        for header in headers:
            try:
                found, seals = _hashed(header)
            except (LenderVoteError, rlp.exceptions.RLPException, RecursionError, ValueError, TypeError):
                continue  # a node that gives no certificate, or none that can be read
            if "0x" + found.hex() == block_hash:
                most = max(most, len(named & _sealers(found, seals)))
            if named and 3 * most > 2 * len(named):
                return
        raise FinalityNotProved(block=number, sealed=most, named=len(named))


def _hashed(header: Any) -> tuple[bytes, list[bytes]]:
    """A header's hash, and the seals that it leaves out."""
    items = [_field(name, header.get(name)) for name in _FIELDS] if isinstance(header, dict) else []
    if len(items) != len(_FIELDS):
        raise NodeNotAnswering(reason="an answer that is no header")
    extra = items[_FIELDS.index("extraData")]
    if not _VANITY_BYTES < len(extra) < _MOST_EXTRA_BYTES:
        raise NodeNotAnswering(reason="a header without seals")
    validators, seal, commits = rlp.decode(extra[_VANITY_BYTES:])
    if not isinstance(commits, list):
        raise NodeNotAnswering(reason="a header whose seals cannot be read")
    hashed = extra[: _VANITY_BYTES - 1] + b"\0" + rlp.encode([validators, seal, []])
    items[_FIELDS.index("extraData")] = hashed
    seals = [one for one in commits if isinstance(one, bytes) and len(one) == _SEAL_BYTES]
    return keccak(rlp.encode(list(items))), seals


def _sealers(block_hash: bytes, seals: Sequence[bytes]) -> frozenset[str]:
    digest, found = keccak(block_hash + _COMMITTED), set()
    for seal in seals:
        try:
            # A validator's program writes 0 or 1 where signatures of people have 27 or 28.
            found.add(recover(digest, seal[:-1] + bytes([27 + seal[-1]])))
        except (LenderVoteError, ValueError):
            continue
    return frozenset(found)


def _field(name: str, value: object) -> bytes:
    if name in _NUMBERS:
        number = read_number(value)
        return number.to_bytes((number.bit_length() + 7) // 8, "big")
    if not isinstance(value, str) or not HEX.fullmatch(value):
        raise NodeNotAnswering(reason="a header's field that is no bytes")
    return bytes.fromhex(value[2:])
