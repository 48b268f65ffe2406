"""The figures of `make house` stay where they are, and they can go wrong: each is tried on something that is not in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.house.__main__ import MOST_MEDIAN, MOST_P90, Figures, measure
from scripts.house.circles import circles
from scripts.house.imports import script_arrows
from scripts.house.measures import function_lines, rank, too_long


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure()


def test_nothing_misses(figures: Figures) -> None:
    assert figures.misses == []


def test_the_figures_are_those_promised(figures: Figures) -> None:
    counts = figures.counts
    for name in ("cycles_py", "cycles_js", "over_400", "undeclared", "unused"):
        assert counts[name] == 0, name
    assert 0 < counts["median_file"] <= MOST_MEDIAN
    assert 0 < counts["function_p90"] <= MOST_P90
    assert counts["files"] > 500
    assert counts["rooms"] > counts["storeys"] > 5


def test_circles_are_found_and_what_only_leads_to_one_is_no_part_of_it() -> None:
    arrows = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": ["e"], "f": [], "g": ["h"], "h": ["g", "f"]}
    assert circles(arrows) == [["a", "b", "c"], ["e"], ["g", "h"]]
    assert circles({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []


def test_a_long_chain_is_no_matter() -> None:
    assert circles({str(i): [str(i + 1)] for i in range(5000)}) == []


def test_imports_of_scripts_are_read_over_several_lines(tmp_path: Path) -> None:
    one, two = tmp_path / "one.js", tmp_path / "two.js"
    one.write_text('import {\n  a,\n  b,\n} from "./two.js";\nexport const text = "./none.js";\nimport x from "library";\n')
    two.write_text('export { c } from "./one.js";\nconst later = () => import("./one.js");\nimport "./two.js";\n')
    assert script_arrows(tmp_path, [one, two]) == {"one.js": {"two.js"}, "two.js": {"one.js", "two.js"}}


def test_long_files_and_functions_are_measured(tmp_path: Path) -> None:
    long, short = tmp_path / "long.sol", tmp_path / "short.py"
    long.write_text("\n" * 401)
    short.write_text("def one():\n    x = 1\n    return x\n\n\nasync def two():\n    pass\n")
    assert too_long([long, short]) == [(long, 401)]
    assert sorted(function_lines([short])) == [2, 3]


def test_the_rank_is_the_nearest_one() -> None:
    assert [rank(range(1, 11), percent) for percent in (50, 90, 91, 100)] == [5, 9, 10, 10]
    assert rank([7], 90) == 7
    assert rank([], 90) == 0
