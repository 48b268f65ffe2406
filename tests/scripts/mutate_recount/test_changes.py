"""Mutants are valid programs that differ from what they are made of, under names that last; explanations are of mutants that there are."""

from __future__ import annotations

import ast
import json
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from scripts.mutate_recount import python_changes, script_changes
from scripts.mutate_recount.explained import explanations, without_mutant
from scripts.mutate_recount.programs import FIRST, PROGRAMS, RANGES, REGISTER, SECOND, drawn
from tests.verifier.second.second import ROOT, needs_node

PARSED = """
import { readFileSync } from "node:fs";
import { parse } from "acorn";
for (const one of JSON.parse(readFileSync(0, "utf8"))) parse(one, { ecmaVersion: "latest", sourceType: "module" });
console.log("valid");
"""


@pytest.mark.parametrize("path", ["verifier/tally/steps/receipts.py", "verifier/tally/rlp.py", "verifier/register/comparison.py"])
def test_python_mutants__are_other_valid_programs(path: str) -> None:
    mutants = list(python_changes.mutants_of(ROOT, path))
    before = ast.dump(ast.parse((ROOT / path).read_text("utf-8")))
    changed = [ast.dump(ast.parse(one.made())) for one in mutants]
    assert before not in changed
    assert len({one.name for one in mutants}) == len(mutants) > 50
    assert 0 < sum(one.is_check for one in mutants) < len(mutants)


@needs_node
def test_script_mutants__are_other_valid_programs() -> None:
    paths = ["verifier/second/steps/receipts.mjs", "verifier/second/math/curve.mjs", "verifier/second/json.mjs"]
    mutants = list(script_changes.mutants_of(ROOT, paths))
    texts = [one.made() for one in mutants]
    assert not {(ROOT / path).read_text("utf-8") for path in paths} & set(texts)
    assert len({one.name for one in mutants}) == len(mutants) > 100
    command = ["node", "--input-type=module", "--eval", PARSED]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(texts), capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "valid", done.stderr


@needs_node
def test_script_mutants__stand_where_they_are_said_to_behind_any_character(tmp_path: Path) -> None:
    (tmp_path / "some.mjs").write_text('export const words = "借款人 𠮷 é";\nexport const isLess = (a, b) => a < b;\n', "utf-8")
    (one,) = script_changes.mutants_of(tmp_path, ["some.mjs"])
    assert one.made() == 'export const words = "借款人 𠮷 é";\nexport const isLess = (a, b) => a <= b;\n'


def test_names__stay_when_lines_move(tmp_path: Path) -> None:
    text = "def check(one):\n    if one < 3:\n        raise ValueError\n"
    names = []
    for before in ("", "import os\n\n\n"):
        (tmp_path / "some.py").write_text(before + text)
        names.append([one.name for one in python_changes.mutants_of(tmp_path, "some.py")])
    assert names[0] == names[1]
    assert "some.py: check: never: if one < 3: raise ValueError" in names[0]


def test_sample__takes_checks_first_and_changes_little_with_the_sources() -> None:
    mutants = list(python_changes.mutants_of(ROOT, "verifier/tally/steps/receipts.py"))

    def rank(name: str) -> bytes:
        return sha256(name.encode()).digest()

    chosen = drawn(mutants, 30, rank)
    assert len(chosen) == 30
    assert sum(one.is_check for one in chosen) >= 20
    without_one = drawn([one for one in mutants if one is not chosen[0]], 30, rank)
    assert len({one.name for one in chosen} & {one.name for one in without_one}) == 29


@needs_node
def test_explanations__are_of_mutants_that_there_are_and_say_why() -> None:
    explained = explanations(ROOT)
    names = [mutant.name for program in PROGRAMS for mutant in program.mutants(ROOT)]
    assert len(names) == len(set(names))
    assert without_mutant(explained, names) == []
    assert without_mutant(["verifier/tally/gone.py: check: without: check()"], names) != []
    assert all(len(why) > 20 for why in explained.values())


def test_programs__have_sources_and_tests_that_there_are() -> None:
    for program in (FIRST, SECOND, REGISTER, RANGES):
        assert len(program.sources(ROOT)) > 5
        assert all((ROOT / test).is_file() for test in program.tests)
        assert all((ROOT / program.folder / one).exists() for one in program.left_out)
    assert sum(program.share_percent for program in PROGRAMS) == 100
