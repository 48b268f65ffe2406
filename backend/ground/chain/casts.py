"""Whose ballots a transaction carried: what its input says beside the events, which name no key (protocol §8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.ground.chain import artifacts
from backend.ground.chain.signature import Signature
from backend.ground.common.voting import Choice
from verifier.call_data import ArgumentsNotReadable, read_arguments

_ENTRY, _BALLOT, _SEALED = 24, 65, 105


class NotACast(ValueError):
    """The transaction carries no ballots."""


@dataclass(frozen=True)
class CastBallot:
    """One ballot as it was sent; `ballot_key` 0x lower case. In a sealed poll `choice` is 0 and `sealed` has
    40 bytes: seal and sealed choice."""

    index: int
    choice: int
    sequence: int
    ballot_key: str
    sealed: bytes = b""


def read_cast(data: bytes) -> list[CastBallot]:
    """The ballots in the input of a transaction to a poll, in order, whether they were recorded or not. Raises: NotACast."""
    functions = artifacts.load("Poll").functions
    single, batch = functions["cast"], functions["castBatch"]
    single_sealed = artifacts.load("SealedPoll").functions["cast"]
    try:
        if data[:4] == single.hash[:4]:
            index, choice, sequence, ballot_key, *_ = _arguments(single, data)["ballot"]
            return [CastBallot(int(index), int(choice), int(sequence), str(ballot_key).lower())]
        if data[:4] == single_sealed.hash[:4]:
            index, sequence, seal, sealed_choice, ballot_key, *_ = _arguments(single_sealed, data)["ballot"]
            sealed = int(seal).to_bytes(32, "big") + int(sealed_choice).to_bytes(8, "big")
            return [CastBallot(int(index), 0, int(sequence), str(ballot_key).lower(), sealed)]
        if data[:4] == batch.hash[:4]:
            given = _arguments(batch, data)
            return _read_batch(given["credentials"][0], given["ballots"])
    except ArgumentsNotReadable as error:
        raise NotACast from error
    raise NotACast


def _arguments(function: Signature, data: bytes) -> dict[str, Any]:
    """As the contract reads them: who sends a ballot chooses the layout, and must not be able to hide it from us."""
    values = read_arguments([kind for _, kind in function.inputs], data[4:])
    return dict(zip((name for name, _ in function.inputs), values, strict=True))


def _read_batch(entries: bytes, ballots: bytes) -> list[CastBallot]:
    if entries and len(entries) * _SEALED == len(ballots) * _ENTRY:
        return [_read_sealed(*pieces) for pieces in zip(_cut(entries, _ENTRY), _cut(ballots, _SEALED), strict=True)]
    found = []
    for place in range(min(len(entries) // _ENTRY, len(ballots) // _BALLOT)):
        entry, mark = entries[_ENTRY * place : _ENTRY * (place + 1)], ballots[_BALLOT * place]
        found.append(CastBallot(int.from_bytes(entry[:4], "big"), mark & 3, mark >> 2, "0x" + entry[4:].hex()))
    return found


def _read_sealed(entry: bytes, ballot: bytes) -> CastBallot:
    return CastBallot(int.from_bytes(entry[:4], "big"), 0, ballot[0], "0x" + entry[4:].hex(), ballot[1:41])


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def recorded_by(casts: list[CastBallot], recorded: list[tuple[int, Choice, int]]) -> dict[int, CastBallot]:
    """Of what a transaction sent, that which its BallotsRecorded event names; by index, which stands once in a transaction."""
    marks = {index: (int(choice), sequence) for index, choice, sequence in recorded}
    return {cast.index: cast for cast in casts if marks.get(cast.index) == (cast.choice, cast.sequence)}
