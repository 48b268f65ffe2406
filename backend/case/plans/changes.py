"""What tells one version of a plan from another, as people mark it: words kept, taken out, put in; payments side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

KEPT, TAKEN_OUT, PUT_IN = "kept", "taken_out", "put_in"
#: Sentences with their closing sign; what is left is one too.
_SENTENCE = re.compile(r"[^。；！？;!?\n]*[。；！？;!?\n]|[^。；！？;!?\n]+")
#: Below this likeness two sentences are shown whole, one out and one in: marking letters would make neither readable.
ALIKE = 0.6
#: Longer sentences are compared whole: letter by letter would take the square of their length.
LETTERS_COMPARED = 2_000


@dataclass(frozen=True)
class Piece:
    """A stretch of text: kept, taken out of the earlier version, or put into the later one."""

    kind: str
    text: str


@dataclass(frozen=True)
class Payment:
    """One month's payment in both versions, in basis points; None where a version has none."""

    months: int
    before_bps: int | None
    after_bps: int | None


@dataclass(frozen=True)
class PlanChanges:
    """Title and parts piece by piece, payments by month; whether the PDF is another file."""

    title: tuple[Piece, ...]
    parts: Mapping[str, tuple[Piece, ...]]
    payments: tuple[Payment, ...]
    pdf_changed: bool


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> PlanChanges:
    """From one plan object (protocol §7) to another."""
    steps = [{step["months"]: step["ratio_bps"] for step in plan["ladder"]} for plan in (before, after)]
    months = sorted({*steps[0], *steps[1]})
    return PlanChanges(
        text_changes(before["title"], after["title"]),
        {name: text_changes(before["parts"][name], text) for name, text in after["parts"].items()},
        tuple(Payment(month, steps[0].get(month), steps[1].get(month)) for month in months),
        before["pdf"]["keccak"] != after["pdf"]["keccak"],
    )


def text_changes(before: str, after: str) -> tuple[Piece, ...]:
    """Kept and taken-out pieces spell `before`, kept and put-in pieces spell `after`; neighbours of one kind are one piece."""
    return tuple(_joined(_by_sentence(_SENTENCE.findall(before), _SENTENCE.findall(after))))


def _by_sentence(before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(KEPT, "".join(before[i:j]))
        elif tag == "replace" and j - i == m - k:
            for old, new in zip(before[i:j], after[k:m], strict=True):
                yield from _by_letter(old, new)
        else:
            yield Piece(TAKEN_OUT, "".join(before[i:j]))
            yield Piece(PUT_IN, "".join(after[k:m]))


def _by_letter(old: str, new: str) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if max(len(old), len(new)) > LETTERS_COMPARED or matcher.ratio() < ALIKE:
        yield Piece(TAKEN_OUT, old)
        yield Piece(PUT_IN, new)
        return
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(KEPT, old[i:j])
        else:
            yield Piece(TAKEN_OUT, old[i:j])
            yield Piece(PUT_IN, new[k:m])


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    kind, text = "", ""
    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind != kind and text:
            yield Piece(kind, text)
            text = ""
        kind, text = piece.kind, text + piece.text
    if text:
        yield Piece(kind, text)
