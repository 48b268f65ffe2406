"""A mutant that lets a lie pass is noticed, a program as it is never."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.mutate_recount import __main__ as command
from scripts.mutate_recount import python_killing, script_killing
from scripts.mutate_recount.__main__ import Figures
from scripts.mutate_recount.judging import Bench, UnchangedIsNoticed, Verdict, Worker, judge_all, unchanged
from scripts.mutate_recount.mutant import Changed, Mutant
from scripts.mutate_recount.programs import FIRST, REGISTER, SECOND, Program
from scripts.mutate_recount.stage import Stage
from scripts.mutate_recount.trial import NOTHING, Order, Trial, by_words
from scripts.tampers.lies.catalogue import LIES
from scripts.tampers.scenes import HONEST, Scene, _written
from tests.verifier.second.second import ROOT, needs_node

pytestmark = needs_node
SOME = ("a ballot under an expired credential", "an opening before the close")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """An honest vote and two lies."""
    folder = tmp_path_factory.mktemp("stage")
    lies = [*((one, "agrees") for one in HONEST[:1]), *((one, "differs") for one in LIES if one.name in SOME)]
    scenes = [_written(folder, number, lie, verdict) for number, (lie, verdict) in enumerate(lies)]
    assert len(scenes) == 3
    return Stage(folder, [scenes, scenes])


@pytest.fixture
def worker(stage: Stage, tmp_path: Path) -> Worker:
    return Worker(script_killing.copied(tmp_path), [Trial(one.arguments, one.verdict, one.finding) for one in stage.scenes[0]])


def changed(path: str, text: str, to: str) -> Changed:
    """A file in which a text that stands there once is another."""
    before = (ROOT / path).read_text("utf-8")
    assert before.count(text) == 1
    return Changed(path, before.replace(text, to))


DEADLY = [
    (FIRST, "verifier/tally/steps/ballots.py", 1, 'group.place, "credential had expired", in_time', 'group.place, "", True'),
    (SECOND, "verifier/second/steps/ballots.mjs", 1, "at <= expiresAt,", "true,"),
    (FIRST, "verifier/tally/steps/opening.py", 2, "at >= terms.closes_at,", "True,"),
    (SECOND, "verifier/second/steps/opening.mjs", 2, "at >= terms.closesAt,", "true,"),
]


@pytest.mark.drill
@pytest.mark.parametrize(("program", "path", "lie", "text", "to"), DEADLY, ids=[one[1] for one in DEADLY])
def test_mutant__that_lets_a_lie_pass_is_noticed_by_this_lie(
    program: Program, path: str, lie: int, text: str, to: str, stage: Stage, worker: Worker
) -> None:
    assert Bench(stage).first_scene(program, changed(path, text, to), worker, range(3)) == lie


@pytest.mark.drill
@pytest.mark.parametrize("program", [FIRST, SECOND], ids=lambda one: one.folder)
def test_program__as_it_is_is_never_noticed(program: Program, stage: Stage, worker: Worker) -> None:
    bench = Bench(stage)
    bench.check_scenes(program, worker)
    for path in program.sources(ROOT)[:5]:
        assert bench.first_scene(program, Changed(path, (ROOT / path).read_text("utf-8")), worker, range(3)) == NOTHING


@pytest.mark.drill
@pytest.mark.parametrize(
    ("program", "path", "text"),
    [
        (FIRST, "verifier/tally/rules.py", "}}"),
        (FIRST, "verifier/tally/rules.py", "while True: pass\n"),
        (SECOND, "verifier/second/math/rule.mjs", "}}"),
        (SECOND, "verifier/second/math/rule.mjs", "for (;;);\n"),
    ],
    ids=["broken", "hanging", "broken script", "hanging script"],
)
def test_mutant__that_breaks_or_hangs_is_noticed(
    program: Program, path: str, text: str, stage: Stage, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python_killing, "SECONDS", 3)
    monkeypatch.setattr(script_killing, "SECONDS", 3)
    assert Bench(stage).first_scene(program, Changed(path, text), worker, [2, 1, 0]) == 2


@pytest.mark.drill
def test_scenes__that_a_program_as_it_is_misjudges_stop_everything(stage: Stage, worker: Worker) -> None:
    first, *others = stage.scenes[0]
    odd = Stage(stage.folder, [[Scene(first.kind, first.name, "", "differs", first.arguments), *others]] * 2)
    with pytest.raises(UnchangedIsNoticed, match=first.name):
        judge_all([(FIRST, Mutant("verifier/tally/rules.py", "verifier/tally/rules.py: x", True, str))], odd, print)


@pytest.mark.drill
def test_register__a_check_taken_out_is_noticed_by_its_tests_and_the_tool_as_it_is_by_none(stage: Stage, worker: Worker) -> None:
    bench = Bench(stage)
    path = "verifier/register/openings.py"
    found = [one for one in REGISTER.mutants(ROOT) if one.path == path and one.is_check]
    verdicts = [bench.judge(REGISTER, one, worker).noticed_by for one in found[:3]]
    assert any(verdicts)
    assert python_killing.first_test_that_notices(unchanged(REGISTER), REGISTER.tests, range(2))[0] == NOTHING


def test_explained_mutant__meets_the_scenes_and_only_in_doubt_the_tests(stage: Stage, worker: Worker) -> None:
    path, text = "verifier/register/openings.py", (ROOT / "verifier/register/openings.py").read_text("utf-8")
    broken = Mutant(path, f"{path}: x: without: all", True, lambda: text.replace("def ", "raise ValueError\ndef ", 1))
    assert Bench(stage, frozenset({broken.name})).judge(REGISTER, broken, worker).noticed_by == ""
    assert Bench(stage).judge(REGISTER, broken, worker).noticed_by


def test_hint__is_tried_first_and_decides_nothing_by_itself(stage: Stage, worker: Worker) -> None:
    path, text = "verifier/register/openings.py", (ROOT / "verifier/register/openings.py").read_text("utf-8")
    broken, unharmed = (
        Mutant(path, f"{path}: {name}: without: all", True, made)
        for name, made in {"x": lambda: text.replace("def ", "raise ValueError\ndef ", 1), "y": lambda: text}.items()
    )
    good = "tests/verifier/register/test_openings.py::test_another_password_opens_nothing[demo]"
    bench = Bench(stage)
    bench.check_program(REGISTER, worker, {broken.name: good, unharmed.name: "tests/verifier/register/test_openings.py::test_gone"})
    assert bench.hints == {broken.name: good}
    assert bench.judge(REGISTER, broken, worker).noticed_by == good
    bench.hints[unharmed.name] = good
    assert python_killing.first_test_that_notices(unharmed.changed, (good,), [0])[0] == NOTHING


def test_order__what_noticed_a_change_comes_first_for_its_like() -> None:
    order = Order(4)
    one, same_function, same_file, other = (
        Mutant(path, f"{path}: {owner}: never: x", True, str) for path, owner in ("ab", "ab", "ac", "bb")
    )
    order.learn(one, 2)
    order.learn(same_file, 3)
    order.learn(same_file, 3)
    assert order.of(same_function) == [2, 3, 0, 1]
    assert order.of(same_file) == [3, 2, 0, 1]
    assert order.of(other) == [0, 1, 2, 3]


def test_order_of_tests__vectors_come_first_then_those_that_speak_of_the_same(tmp_path: Path) -> None:
    for name, text in {"test_vectors.py": "", "test_other.py": "poll voter", "test_archives.py": "an archive of a poll"}.items():
        (tmp_path / name).write_text(text)
    order = Order(3, by_words(tmp_path, ("test_other.py", "test_archives.py", "test_vectors.py")))
    assert order.of(Mutant("a", "chain/archive.mjs: sourceOf: without: read()", True, str)) == [2, 1, 0]
    assert order.of(Mutant("a", "steps/votes.mjs: Votes.ofVoter: never: x", True, str)) == [2, 0, 1]


def test_figures__ask_for_an_explanation_of_every_survivor_and_none_of_others() -> None:
    def figures(*noticed: str, explained: tuple[int, ...] = ()) -> Figures:
        found = Figures({f"m{number}": "why" for number in explained})
        for number, by in enumerate(noticed):
            found.add(Verdict(Mutant("a", f"m{number}", True, str), by))
        return found

    assert figures("a lie", "a lie").is_enough
    assert not figures().is_enough
    assert not figures("a lie", "").is_enough
    assert figures("a lie", "", explained=(1,)).is_enough
    assert not figures("a lie", "", explained=(0, 1)).is_enough
    assert not figures(*["a lie"] * 180, *[""] * 20, explained=tuple(range(180, 200))).is_enough
    assert figures(*["a lie"] * 190, *[""] * 10, explained=tuple(range(190, 200))).is_enough
    gone = figures("a lie")
    gone.without_mutant = ["m9"]
    assert not gone.is_enough
    assert figures("a lie", "", explained=(1,)).line()["explained"] == 1


@pytest.mark.parametrize("stops", [False, True])
def test_command__ends_with_integer_counts_also_on_failure(
    stops: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def judge(work: Sequence[tuple[Program, Mutant]], figures: Figures, *_: object) -> None:
        for _program, mutant in work:
            figures.add(Verdict(mutant, "a lie"))
        if stops:
            raise UnchangedIsNoticed("an honest vote")

    monkeypatch.setattr(command, "judge", judge)
    with pytest.raises(UnchangedIsNoticed) if stops else contextlib.nullcontext():
        assert command.main(["--mutants", "10", "--match", "verifier/tally/steps"]) == 0
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["mutants"], line["killed"], line["unexplained"]) == (4, 4, 0)
    assert all(type(value) is int for value in line.values())
