"""Prose in the documents is wrapped at 100 columns, so that a change of a sentence is a change of a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.build.prose import COLUMNS, long_lines, wrapped

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_prose_is_wrapped(paper: Path) -> None:
    assert long_lines(paper.read_text("utf-8")) == [], f"run `python -m scripts.build.prose {paper.relative_to(ROOT)}`"


def test_the_search_sees_a_long_line_and_leaves_what_cannot_be_wrapped() -> None:
    words = "word " * 30
    assert long_lines(f"# {words}\n| {words} |\n```\n{words}\n```\n`{words}`\n") == []
    text = f"- {words}`one two` [a b]({'x' * 120})\n"
    assert long_lines(text) == [text.rstrip("\n")]
    after = wrapped(text)
    assert after.split() == text.split()
    assert long_lines(after) == []
    assert all(line.startswith(("- ", "  ")) for line in after.rstrip("\n").split("\n"))
    assert max(len(line) for line in wrapped(words).split("\n")) <= COLUMNS
    ragged = f"{words}\nends here\n\n- {words}\n  goes on\n- another\n"
    filled = wrapped(ragged)
    assert filled.replace("\n", " ").split() == ragged.replace("\n", " ").split()
    assert "\nends here" not in filled
    assert "\n- another" in filled
    assert wrapped("短行，\n短行。\n") == "短行，\n短行。\n", "what needs no wrapping stays"
    chinese = "一二三四五六七八九十，" * 20
    assert all(line.endswith("，") for line in wrapped(chinese).split("\n"))
