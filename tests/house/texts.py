"""Every text that a person reads, by file: messages of the pages, errors, words beside words, manuals."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)]*\)", re.DOTALL)
PLACE = re.compile(r"\{\w+\}")
#: Attributes and keywords that hold English; every string with a Chinese character is read as Chinese.
ENGLISH_NAMES = {"en", "why_en", "message_en", "words_en"}


class Text(NamedTuple):
    """A text in one language, and the file it is written in."""

    file: str
    language: str
    words: str


def every_text() -> list[Text]:
    """All of them."""
    texts = [*_messages(), *_python(), *_pairs_of_the_offline_page(), *_papers()]
    return [text._replace(words=PLACE.sub("{}", text.words)) for text in texts]


def _messages() -> Iterator[Text]:
    for path in sorted((ROOT / "backend/web/messages").glob("*.json")):
        for both in json.loads(path.read_text("utf-8")).values():
            yield from (Text(_name(path), language, both[language]) for language in ("zh", "en"))


def _python() -> Iterator[Text]:
    for folder in ("backend", "verifier/issuer", "verifier/face", "verifier/register", "verifier/trustee", "scripts/evidence"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from python_texts(_name(path), path.read_text("utf-8"))


def python_texts(file: str, source: str) -> Iterator[Text]:
    """Chinese strings, and the English that stands beside them: in a pair, as the next value, or under an English name."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if id(node) in docstrings:
            continue
        if isinstance(node, ast.Constant | ast.JoinedStr) and HAN.search(_said(node)):
            yield Text(file, "zh", _said(node))
        if isinstance(node, ast.Tuple | ast.Call):
            values = node.elts if isinstance(node, ast.Tuple) else node.args
            for one, other in itertools.pairwise(values):
                if HAN.search(_said(one)) and _said(other) and not HAN.search(_said(other)):
                    yield Text(file, "en", _said(other))
        if isinstance(node, ast.Assign) and any(isinstance(name, ast.Name) and name.id.lower() in ENGLISH_NAMES for name in node.targets):
            yield Text(file, "en", _said(node.value))
        if isinstance(node, ast.keyword) and node.arg in ENGLISH_NAMES:
            yield Text(file, "en", _said(node.value))


def _said(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def _pairs_of_the_offline_page() -> Iterator[Text]:
    path = ROOT / "verifier/web/words.js"
    for words in re.findall(r'"((?:[^"\\]|\\.)*)"', path.read_text("utf-8")):
        yield Text(_name(path), "zh" if HAN.search(words) else "en", words)


def _papers() -> Iterator[Text]:
    for path in sorted((ROOT / "docs/manuals").glob("*.md")):
        yield Text(_name(path), path.suffixes[0][1:], CODE.sub(" ", path.read_text("utf-8")))
    readme = ROOT / "README.md"
    for line in CODE.sub(" ", readme.read_text("utf-8")).splitlines():
        yield Text(_name(readme), "zh" if HAN.search(line) else "en", line)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
