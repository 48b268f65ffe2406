"""Whose ballots a transaction carried: what its input says beside the events, which name no key (protocol §8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.ground.chain import artifacts
from backend.ground.chain.signature import Signature
from backend.ground.common.voting import Choice
from verifier.call_data import ArgumentsNotReadable, read_arguments

_ENTRY, _BALLOT = 24, 65


class NotACast(ValueError):
    """The transaction carries no ballots."""


@dataclass(frozen=True)
class CastBallot:
    """One ballot as it was sent; `ballot_key` 0x lower case."""

    index: int
    choice: int
    sequence: int
    ballot_key: str


def read_cast(data: bytes) -> list[CastBallot]:
    """The ballots in the input of a transaction to a poll, in order, whether they were recorded or not. Raises: NotACast."""
    functions = artifacts.load("Poll").functions
    single, batch = functions["cast"], functions["castBatch"]
    try:
        if data[:4] == single.hash[:4]:
            index, choice, sequence, ballot_key, *_ = _arguments(single, data)["ballot"]
            return [CastBallot(int(index), int(choice), int(sequence), str(ballot_key).lower())]
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
    found = []
    for place in range(min(len(entries) // _ENTRY, len(ballots) // _BALLOT)):
        entry, mark = entries[_ENTRY * place : _ENTRY * (place + 1)], ballots[_BALLOT * place]
        found.append(CastBallot(int.from_bytes(entry[:4], "big"), mark & 3, mark >> 2, "0x" + entry[4:].hex()))
    return found


def recorded_by(casts: list[CastBallot], recorded: list[tuple[int, Choice, int]]) -> dict[int, CastBallot]:
    """Of what a transaction sent, that which its BallotsRecorded event names; by index, which stands once in a transaction."""
    marks = {index: (int(choice), sequence) for index, choice, sequence in recorded}
    return {cast.index: cast for cast in casts if marks.get(cast.index) == (cast.choice, cast.sequence)}
