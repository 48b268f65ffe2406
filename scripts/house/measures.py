"""Lengths of files and functions. Generated files and migrations are left out; tests count where it is said."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable
from pathlib import Path

PRODUCT = ("backend/", "verifier/", "scripts/", "contracts/")
CODE = (".py", ".js", ".mjs", ".sol")
#: What people read and write by hand besides.
PAGES = (".html", ".css")
GENERATED = ("/migrations/versions/", "/static/dist/", "/node_modules/")
MOST_LINES = 400


def tracked(root: Path) -> list[Path]:
    """Files of the repository, as they are now; from an unpacked sdist all there are."""
    words = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    named = [root / name for name in done.stdout.split("\0") if name]
    found = named or [path for folder in (*PRODUCT, "tests/") for path in (root / folder).rglob("*")]
    return sorted(path for path in found if path.is_file() and not any(part in path.as_posix() for part in GENERATED))


def code(root: Path, files: Iterable[Path]) -> list[Path]:
    """The product's own code."""
    return [path for path in files if path.suffix in CODE and path.relative_to(root).as_posix().startswith(PRODUCT)]


def lines(path: Path) -> int:
    """Lines of a file."""
    return path.read_bytes().count(b"\n")


def too_long(files: Iterable[Path]) -> list[tuple[Path, int]]:
    """Files above the limit, tests and pages included."""
    counted = ((path, lines(path)) for path in files if path.suffix in (*CODE, *PAGES))
    return [(path, count) for path, count in counted if count > MOST_LINES]


def function_lines(files: Iterable[Path]) -> list[int]:
    """Length of every Python function, from `def` to its last line."""
    found = []
    for path in files:
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                    found.append(node.end_lineno - node.lineno + 1)
    return found


def rank(values: Iterable[int], percent: int) -> int:
    """The smallest value that so many per cent of all do not exceed (nearest rank); 0 of none."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else 0
