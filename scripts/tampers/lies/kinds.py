"""What a lie is, and short ways to write one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.tampers.forge.bundle import Files, write
from scripts.tampers.forge.chain import Log, Sending
from scripts.tampers.forge.vote import ForgedVote
from tests.verifier.tally.vote import canonical

Change = Callable[[ForgedVote], None]


@dataclass(frozen=True)
class Brought:
    """What whoever recounts brings along: files by the option that names them, and options with their values."""

    files: dict[str, bytes] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


def nothing(_: object) -> None:
    """No change."""


def _same(found: Files) -> Files:
    return found


@dataclass(frozen=True)
class Lie:
    """A forged bundle in which one thing is wrong. `finding` is the name under which every recount has to find it.

    `before` changes the vote before it is written, `after` its acts and files before the chain is sealed again; `lines`, `files` and
    `archive` change the bundle (scripts/tampers/forge/bundle.py); `brings` is what whoever recounts holds against it.
    """

    kind: str
    name: str
    finding: str
    before: Change = nothing
    after: Change = nothing
    lines: Callable[[list[dict[str, Any]]], object] = nothing
    files: Callable[[Files], Files] = _same
    archive: Callable[[Files], Files] = _same
    brings: Callable[[ForgedVote], Brought] = lambda _: Brought()
    made: Callable[[], ForgedVote] = ForgedVote  # what kind of vote is forged

    def write(self, path: Path) -> Brought:
        """The bundle; what is brought to it."""
        vote = self.made()
        self.before(vote)
        vote.build()
        self.after(vote)
        vote.chain.seal()
        write(vote, path, lines=self.lines, files=self.files, archive=self.archive)
        return self.brings(vote)


def setting(**values: Any) -> Change:
    """Set fields before the vote is written."""

    def change(vote: ForgedVote) -> None:
        for name, value in values.items():
            setattr(vote, name, value)

    return change


def both(*changes: Change) -> Change:
    """Several changes one after another."""

    def change(vote: ForgedVote) -> None:
        for one in changes:
            one(vote)

    return change


def in_file(name: str, *path: str | int, to: Any) -> Change:
    """One value of a published JSON file; `to` is the new one, or makes it from the old."""

    def change(vote: ForgedVote) -> None:
        def inside(value: Any) -> None:
            for key in path[:-1]:
                value = value[key]
            value[path[-1]] = to(value[path[-1]]) if callable(to) else to

        vote.change_file(name, inside)

    return change


def bytes_of_file(name: str, to: Callable[[bytes], bytes]) -> Change:
    """The content of a published file."""

    def change(vote: ForgedVote) -> None:
        vote.published[name] = to(vote.published[name])

    return change


def file_gone(name: str) -> Change:
    """A published file that is not there."""

    def change(vote: ForgedVote) -> None:
        del vote.published[name]

    return change


def sending(act: str, to: Callable[[ForgedVote, Sending], None]) -> Change:
    """The transaction that carried an act."""

    def change(vote: ForgedVote) -> None:
        to(vote, vote.acts[act].sendings[0])

    return change


def logs(act: str, to: Callable[[ForgedVote, list[Log]], list[Log]]) -> Change:
    """The logs that an act is said to have made."""

    def change(vote: ForgedVote) -> None:
        one = vote.acts[act].sendings[0]
        one.logs = to(vote, one.logs)

    return change


def data_of(act: str, place: int, to: Callable[[bytes], bytes]) -> Change:
    """The data of one log of an act."""

    def change(_: ForgedVote, found: list[Log]) -> list[Log]:
        address, topics, data = found[place]
        return [*found[:place], (address, topics, to(data)), *found[place + 1 :]]

    return logs(act, change)


def at(act: str, time: Callable[[ForgedVote], int]) -> Change:
    """The time of an act's block, alone."""

    def change(vote: ForgedVote) -> None:
        vote.acts[act].time = time(vote)

    return change


def moved(act: str, behind: str) -> Change:
    """An act that stands behind another one."""

    def change(vote: ForgedVote) -> None:
        blocks, block = vote.chain.blocks, vote.acts[act]
        blocks.remove(block)
        blocks.insert(blocks.index(vote.acts[behind]) + 1, block)
        for number, one in enumerate(blocks, start=vote.chain.first_number):
            one.number = number

    return change


def removed(act: str) -> Change:
    """An act whose block is empty."""

    def change(vote: ForgedVote) -> None:
        vote.acts[act].sendings = []

    return change


def twice(act: str) -> Change:
    """An act whose event stands twice."""
    return logs(act, lambda _, found: found + found)


def no_logs(act: str) -> Change:
    """An act without its event."""
    return logs(act, lambda _, __: [])


def receipts(to: Callable[[ForgedVote, list[dict[str, Any]]], list[dict[str, Any]]]) -> Change:
    """The published list of receipts."""

    def change(vote: ForgedVote) -> None:
        rows = [json.loads(line) for line in vote.published["receipts.jsonl"].splitlines()]
        vote.published["receipts.jsonl"] = b"".join(canonical(row) + b"\n" for row in to(vote, rows))

    return change


def byte(place: int, by: int = 1) -> Callable[[bytes], bytes]:
    """One byte changed, counted from the end when negative."""

    def change(content: bytes) -> bytes:
        found = bytearray(content)
        found[place] ^= by
        return bytes(found)

    return change


def instead(name: str, with_: Callable[..., Any]) -> Callable[[Any], None]:
    """Something else is done where a method of the vote is called; it is given the vote, and what was the method."""

    def change(vote: Any) -> None:
        original = getattr(vote, name)
        setattr(vote, name, lambda *args, **keys: with_(vote, original, *args, **keys))

    return change


def then(name: str, more: Callable[[Any], None]) -> Callable[[Any], None]:
    """More is done after a method of the vote."""

    def with_(vote: Any, original: Callable[..., Any], *args: Any, **keys: Any) -> None:
        original(*args, **keys)
        more(vote)

    return instead(name, with_)
