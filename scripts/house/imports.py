"""Who imports whom, in Python and in JavaScript."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import grimp

PACKAGES = ("backend", "verifier", "scripts")
_FROM = re.compile(r"""^\s*(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*["'](\.[^"']+)["']""", re.MULTILINE)
_CALLED = re.compile(r"""\bimport\(\s*["'](\.[^"']+)["']""")


def python_arrows() -> dict[str, set[str]]:
    """Modules of the three packages and what each imports when it runs; imports inside functions count too."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in sorted(graph.modules)}


def script_arrows(root: Path, files: Iterable[Path]) -> dict[str, set[str]]:
    """The same for JavaScript: files by their path, and which of ours each imports."""
    arrows: dict[str, set[str]] = {}
    for path in files:
        text = path.read_text("utf-8")
        named = [*_FROM.findall(text), *_CALLED.findall(text)]
        found = (os.path.normpath(path.parent / name) for name in named)
        arrows[path.relative_to(root).as_posix()] = {Path(one).relative_to(root).as_posix() for one in found}
    return arrows
