"""The .tree files say in words what is tested; here words and tests are held together."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TREES = sorted(HERE.rglob("*.tree"))


def leaves_of(tree: Path) -> list[str]:
    """Names of the tests that the leaves ask for; a leaf is a line `it ...`."""
    texts = [line.lstrip("│├└─ \t").strip() for line in tree.read_text(encoding="utf-8").splitlines()[1:]]
    return ["test_" + re.sub(r"[^a-z0-9]+", "_", text[3:].lower()).strip("_") for text in texts if text.startswith("it ")]


def written_tests(tree: Path) -> list[str]:
    module = ast.parse((tree.parent / f"test_{tree.stem}.py").read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.stem)
def test_every_leaf_has_its_test_and_every_test_its_leaf(tree: Path) -> None:
    leaves, tests = leaves_of(tree), written_tests(tree)
    assert len(leaves) == len(set(leaves)) > 0
    assert sorted(leaves) == sorted(tests)


def test_every_test_folder_of_the_tree_has_trees() -> None:
    folders = {path.parent for path in HERE.glob("*/test_*.py")}
    assert folders
    for folder in folders - {HERE / "libraries"}:
        assert sorted(path.stem for path in folder.glob("*.tree")) == sorted(p.stem[5:] for p in folder.glob("test_*.py"))
