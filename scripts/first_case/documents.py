"""The guide and the manuals as a newcomer has them: whether a command, a sentence or a button stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = "docs/install.md"
README = "README.md"
AUDITOR = "docs/manuals/auditor.en.md"
#: The pages are read in Chinese, and so are the manuals of those who use them.
ADMINISTRATOR, INSTITUTION, OFFICIAL, LENDER, VERIFIER = (
    f"docs/manuals/{role}.zh.md" for role in ("administrator", "institution", "official", "lender", "verifier")
)
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")


@cache
def text_of(document: str) -> str:
    """A document as it stands."""
    return (ROOT / document).read_text("utf-8")


def squeezed(text: str) -> str:
    """Without white space: prose is wrapped, and Chinese has none between words."""
    return "".join(text.split())


def says(document: str, sentence: str) -> bool:
    """Whether the document has the sentence, wherever its lines are broken."""
    return bool(sentence.strip()) and squeezed(sentence) in squeezed(text_of(document))


def blocks(document: str, kind: str = "") -> list[str]:
    """The contents of the document's blocks of code of one kind."""
    return [content for named, content in _FENCE.findall(text_of(document)) if named == kind]


@cache
def commands(document: str) -> frozenset[str]:
    """Every command of a document: the lines of its blocks, without remarks, and what stands between backquotes in its prose."""
    lines = [line for block in blocks(document) for line in block.replace("\\\n", " ").splitlines()]
    prose = _FENCE.sub("", text_of(document))
    return frozenset(" ".join(line.partition("  #")[0].split()) for line in (*lines, *_INLINE.findall(prose)) if line.strip())


def has_command(document: str, command: str) -> bool:
    """Whether a command stands in the document word for word."""
    return " ".join(command.split()) in commands(document)


def names_button(document: str, label: str) -> bool:
    """Whether a manual names a button, a field or a link by the label that it bears; “……” in the manual stands for what differs."""
    quoted = re.findall(r"“([^“”]+)”", squeezed(text_of(document)))
    return any(_matches(squeezed(label), one) for one in quoted)


def _matches(label: str, quoted: str) -> bool:
    return re.fullmatch(".+".join(map(re.escape, quoted.rstrip("。").split("……"))), label) is not None


def missing(document: str, *, sentences: Iterable[str] = (), found_commands: Iterable[str] = (), buttons: Iterable[str] = ()) -> list[str]:
    """What of these the document does not have."""
    return [
        *(one for one in sentences if not says(document, one)),
        *(one for one in found_commands if not has_command(document, one)),
        *(one for one in buttons if not names_button(document, one)),
    ]
