"""Whose ballots a transaction carried: what its input says beside the events, which name no key (protocol §8.2)."""

from __future__ import annotations

from dataclasses import dataclass

from eth_abi.exceptions import DecodingError

from backend.ground.chain import artifacts
from backend.ground.common.voting import Choice

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
            index, choice, sequence, ballot_key, *_ = single.read_input(data[4:])["ballot"]
            return [CastBallot(int(index), int(choice), int(sequence), str(ballot_key).lower())]
        if data[:4] == batch.hash[:4]:
            given = batch.read_input(data[4:])
            return _read_batch(given["credentials"][0], given["ballots"])
    except DecodingError as error:
        raise NotACast from error
    raise NotACast


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
