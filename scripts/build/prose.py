"""`python -m scripts.build.prose FILE...`: wraps the prose of Markdown files at 100 columns; tables, code, headings and links stay.

Chinese is broken after punctuation only, since a line's end is shown as a space.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

COLUMNS = 100
FENCE = re.compile(r"\s*(```|~~~)")
#: Code in backticks, links and pictures are never broken.
UNIT = re.compile(r"(?:`[^`]*`|!?\[[^\]]*\]\([^)]*\)|\S)+")
CHINESE = re.compile(r"(?:`[^`]*`|!?\[[^\]]*\]\([^)]*\)|[^，。；：、！？）])+[，。；：、！？）”]*|[，。；：、！？）”]+")
CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
START = re.compile(r"(\s*)([-*] |\d+\. |> )?(.*)$")
#: What would begin a list or a heading at the start of a line.
MARK = re.compile(r"[-+*>]|#+|\d+\.")
AS_IT_IS = ("|", "#", "![", "<")


def long_lines(text: str) -> list[str]:
    """Lines of prose above 100 columns, links and code apart."""
    return [line for line, is_prose in _lines(text) if is_prose and len(line) > COLUMNS and len(_wrapped(line)) > 1]


def wrapped(text: str) -> str:
    """The text with its prose wrapped; paragraphs without a long line stay as they are."""
    return "\n".join(part for lines, is_prose in _paragraphs(text) for part in (_filled(lines) if is_prose else lines))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    is_code = False
    for line in text.split("\n"):
        fence = FENCE.match(line) is not None
        is_code ^= fence
        yield line, not (is_code or fence or line.lstrip().startswith(AS_IT_IS))


def _paragraphs(text: str) -> Iterator[tuple[list[str], bool]]:
    """Lines that are read as one: an item or a paragraph with the lines that continue it; anything else line by line."""
    lines: list[str] = []
    for line, is_prose in _lines(text):
        start = START.match(line)
        continues = is_prose and bool(lines) and line.strip() != "" and start is not None and start.group(2) is None
        if not continues and lines:
            yield lines, True
            lines = []
        if is_prose and line.strip():
            lines.append(line)
        else:
            yield [line], False
    if lines:
        yield lines, True


def _filled(lines: list[str]) -> list[str]:
    if all(len(line) <= COLUMNS for line in lines):
        return lines
    joined = lines[0].rstrip()
    for line in lines[1:]:
        words = line.strip()
        joined += words if CJK.match(joined[-1:]) and CJK.match(words) else f" {words}"
    return _wrapped(joined)


def _wrapped(line: str) -> list[str]:
    start = START.match(line)
    if len(line) <= COLUMNS or start is None:
        return [line]
    indent, mark, words = start.group(1), start.group(2) or "", start.group(3)
    rest = indent + ("> " if mark == "> " else " " * len(mark))
    lines = [indent + mark]
    for piece in _pieces(words):
        joined = lines[-1] + piece
        starts_list = MARK.fullmatch(piece.strip()) is not None
        if len(joined.rstrip()) > COLUMNS and lines[-1].strip() not in ("", mark.strip()) and not starts_list:
            lines.append(rest + piece.lstrip())
        else:
            lines[-1] = joined
    return [each.rstrip() for each in lines]


def _pieces(words: str) -> Iterator[str]:
    for at, unit in enumerate(UNIT.findall(words)):
        for place, piece in enumerate(CHINESE.findall(unit) if re.search("[\u4e00-\u9fff]", unit) else [unit]):
            yield piece if at == 0 or place > 0 else " " + piece


def main() -> None:
    """Wrap the files."""
    changed = 0
    for path in map(Path, sys.argv[1:]):
        before = path.read_text("utf-8")
        after = wrapped(before)
        changed += before != after
        path.write_text(after, "utf-8")
    print(json.dumps({"files": len(sys.argv) - 1, "changed": changed}))


if __name__ == "__main__":
    main()
