"""Lies in the published result."""

from __future__ import annotations

from typing import Any

from scripts.tampers.lies.kinds import Change, Lie, in_file

FILES = "published files"


def _result(*path: str | int, to: Any) -> Lie:
    name = ".".join(map(str, path))
    return Lie(FILES, f"result.json: {name}", "result.file", after=in_file("result.json", *path, to=to))


def _older(**changes: Any) -> Change:
    """The published result says no decision, as it did before there was one."""
    return lambda vote: vote.change_file("result.json", lambda one: one.update(decision=None, **changes))


LIES = (
    _result("tallies", 0, "heads_for", to=lambda one: one + 1),
    _result("tallies", 1, "fen_against", to=lambda one: one + 1),
    _result("passed", to=lambda one: not one),
    _result("result_hash", to="0x" + "ab" * 32),
    _result("challenge_ends_at", to=lambda one: one - 1),
    _result("decision", to="refused"),
    _result("excluded", to=[3]),
    _result("tallies", to=lambda one: one[:1]),
    Lie(FILES, "files older than the decision, of another outcome", "result.file", after=_older(passed=False)),
)
#: Papers that say nothing against the poll.
VOID = (Lie(FILES, "files older than the decision", "void.result", after=_older()),)
