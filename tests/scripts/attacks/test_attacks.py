"""The frame of the attacks: a mend is taken out of a copy, or nothing is tried; what works there and fails here counts as stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.attacks.__main__ import FEWEST, TOGETHER, Ended, chosen, ended, figures, grouped, mend_of, tried, without_mend
from scripts.attacks.catalogue import ATTACKS, BY_NAME, GROUPS, LEFT
from scripts.attacks.kinds import Attack, Left, Patch, Told, passed, stopped
from scripts.attacks.patched import ROOT, PatchRefused, apply, patched_copy

THREATS = (ROOT / "docs" / "threat-model.md").read_text("utf-8")


def source(folder: Path, text: str) -> str:
    """A source file in a folder that is patched."""
    (folder / "verifier").mkdir(exist_ok=True)
    (folder / "verifier" / "one.py").write_text(text)
    return "verifier/one.py"


@pytest.mark.parametrize(("text", "count"), [("if False:\n", 0), ("if True:\nif True:\n", 2)])
def test_a_patch_that_does_not_match_exactly_once_is_an_error(tmp_path: Path, text: str, count: int) -> None:
    path = source(tmp_path, text)
    with pytest.raises(PatchRefused, match=f"stands {count} times"):
        apply(Patch(path, "if True:", "if False:"), tmp_path)
    assert (tmp_path / path).read_text() == text


def test_a_patch_that_changes_nothing_or_is_none_of_the_sources_is_an_error(tmp_path: Path) -> None:
    path = source(tmp_path, "if True:\n")
    with pytest.raises(PatchRefused, match="is not changed"):
        apply(Patch(path, "if True:", "if True:"), tmp_path)
    for strange in ("verifier/none.py", "node_modules/one.js", "../one.py"):
        with pytest.raises(PatchRefused, match="none of the sources"):
            apply(Patch(strange, "if True:", "if False:"), tmp_path)


def test_a_copy_has_the_patch_and_the_product_has_it_not() -> None:
    patch = Patch("scripts/attacks/__init__.py", "Attacks on the whole system", "Something else")
    before = (ROOT / patch.path).read_text()
    with patched_copy([patch]) as folder:
        assert (folder / patch.path).read_text() == before.replace(patch.old, patch.new)
        assert (folder / "node_modules").is_symlink()
        assert not (folder / ".git").exists()
    assert (ROOT / patch.path).read_text() == before
    assert not folder.exists()


def test_names_are_unique_and_there_are_as_many_attacks_as_have_to_be() -> None:
    assert len(BY_NAME) == len(ATTACKS) >= FEWEST
    assert len({one.name for one in LEFT}) == len(LEFT)
    assert sum(one.is_quick for one in ATTACKS) >= 5


def test_attacks_that_are_tried_together_have_one_mend_and_none_is_lost() -> None:
    groups = grouped(ATTACKS, mend_of, TOGETHER)
    assert sorted(one.name for group in groups for one in group) == sorted(BY_NAME)
    assert all(len({one.patches for one in group}) == 1 and len(group) <= TOGETHER for group in groups)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_the_mend_of_each_attack_stands_in_the_sources(attack: Attack, tmp_path: Path) -> None:
    """Whoever changes a check sees here that an attack takes it out, before anybody waits for all of them."""
    assert attack.patches
    for patch in attack.patches:
        copy = tmp_path / patch.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists():
            copy.write_text((ROOT / patch.path).read_text("utf-8"), "utf-8")
        apply(patch, tmp_path)


@pytest.mark.parametrize("left", LEFT, ids=lambda one: one.name)
def test_what_is_left_stands_in_the_threat_model_with_a_reason(left: Left) -> None:
    assert THREATS.count(left.row) == 1
    assert len(left.reason) > 20


def test_an_attack_is_stopped_only_when_everybody_who_judges_it_notices() -> None:
    assert (passed("a").succeeded, passed("a").failed) == (True, False)
    assert (stopped("a", "rule").succeeded, stopped("a", "rule").failed) == (False, True)
    half = Told(("a",), {"b": "rule"})
    assert (half.succeeded, half.failed) == (False, False)


def line(told: Told, broken: str = "") -> dict[str, object]:
    return {"succeeded": told.succeeded and not broken, "failed": told.failed, "stopped": dict(told.stopped), "broken": broken}


def test_what_counts_as_good() -> None:
    through, caught, half = passed("a"), stopped("a", "rule"), Told(("a",), {"b": "rule"})

    def came(unmended: dict[str, object], product: dict[str, object]) -> Ended:
        return ended(ATTACKS[0], unmended, product)

    assert came(line(through), line(caught)).good
    worked = [came(line(through), line(one)) for one in (through, half)]
    assert [(one.good, one.worked) for one in worked] == [(False, True)] * 2
    never = came(line(caught), line(caught))
    assert (never.good, never.worked_unmended) == (False, False)
    assert "also where its mend is off" in never.broken
    for broken in (came(line(through, "x"), line(caught)), came(line(through), line(Told(), "x"))):
        assert (broken.good, broken.broken) == (False, "x")
    counted = figures([came(line(through), line(caught)), *worked, never])
    assert {name: counted[name] for name in ("attacks", "succeeded_unmended", "succeeded", "named")} == {
        "attacks": 4,
        "succeeded_unmended": 3,
        "succeeded": 2,
        "named": 2,
    }
    assert counted["left_to_threat_model"] == len(counted["left"]) == len(LEFT)


def test_an_attack_whose_patch_does_not_match_is_broken_and_not_stopped() -> None:
    patch = Patch("backend/ground/common/clock.py", "no such text", "")
    attack = replace(BY_NAME["a clock that was ahead holds ballots up"], patches=(patch,))
    (told,) = without_mend([attack]).values()
    assert told["succeeded"] is False
    assert "stands 0 times" in told["broken"]
    one = ended(attack, told, line(stopped("a", "rule")))
    assert (one.good, one.worked_unmended) == (False, False)


@pytest.mark.drill
@pytest.mark.parametrize("name", ["a neighbour's check file for a dropped ballot", "an amount shifted between two lenders"])
def test_two_attacks_in_full(name: str) -> None:
    """One against a page and one against the officials' tool: each works in a copy without its mend, and is named by the product."""
    (one,) = tried([BY_NAME[name]])
    assert one.good, one


def test_a_group_is_chosen_by_its_name_and_an_attack_by_its_words() -> None:
    assert chosen(False, "sealed_contracts") == list(GROUPS["sealed_contracts"])
    assert [one.name for one in chosen(False, "a halted chain passes")] == [name for name in BY_NAME if "a halted chain passes" in name]


@pytest.mark.drill
def test_the_command_ends_with_its_figures() -> None:
    command = [sys.executable, "-m", "scripts.attacks", "--only", "a halted chain passes"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, said["attacks"], said["succeeded_unmended"], said["succeeded"]) == (0, 1, 1, 0), done.stderr
    nothing = subprocess.run([*command[:-1], "no such attack"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert (nothing.returncode, json.loads(nothing.stdout)["attacks"]) == (1, 0)
