"""Two workers try mutants, each with files and nodes of its own."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts.mutate_recount import python_killing, script_killing
from scripts.mutate_recount.mutant import Changed, Mutant
from scripts.mutate_recount.programs import PROGRAMS, SECOND, Program
from scripts.mutate_recount.python_killing import ROOT
from scripts.mutate_recount.stage import Stage
from scripts.mutate_recount.trial import NOTHING, Order, Trial, by_findings, by_words, trials


class UnchangedIsNoticed(Exception):
    """A scene or test fails without any change, so that it says nothing about mutants."""


@dataclass(frozen=True)
class Verdict:
    """What noticed a mutant: a scene, or a test by its file or name, "" for nothing; and how long that took."""

    mutant: Mutant
    noticed_by: str
    seconds: float = 0


@dataclass
class Worker:
    """One of those that try mutants: its copy of the second recount and its scenes."""

    copy: Path
    scenes: list[Trial]


@dataclass
class Bench:
    """Where mutants are tried. What noticed one is tried first on those like it. What a file of tests notices counts once that file has
    passed with any program, changed or not; the scenes must pass with every program as it is before anything else."""

    stage: Stage
    #: Mutants with an explanation: nothing more is asked of them than that no scene notices.
    trusted: frozenset[str] = frozenset()
    #: What noticed a mutant before, by its name; only tests that pass on the program as it is.
    hints: dict[str, str] = field(default_factory=dict)
    orders: dict[tuple[Program, str], Order] = field(default_factory=dict)
    _sound: set[str] = field(default_factory=set)
    _sounding: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        scenes = trials(self.stage.scenes[0])
        for program in PROGRAMS:
            self.orders[program, "scenes"] = Order(len(scenes), by_findings(ROOT, scenes))
            self.orders[program, "tests"] = Order(len(program.tests), by_words(ROOT, program.tests))

    def judge(self, program: Program, mutant: Mutant, worker: Worker) -> Verdict:
        """Scenes first, where there are any, then tests. Raises UnchangedIsNoticed."""
        changed = mutant.changed
        if program.has_stage:
            order = self.orders[program, "scenes"]
            number = self.first_scene(program, changed, worker, order.of(mutant))
            if number != NOTHING:
                order.learn(mutant, number)
                return Verdict(mutant, self.stage.scenes[0][number].name)
        if mutant.name in self.trusted:
            return Verdict(mutant, "")
        hint = self.hints.get(mutant.name, "")
        if hint and self._first_test(program, changed, worker, (hint,), [0])[0] != NOTHING:
            return Verdict(mutant, hint)
        return self._judge_by_tests(program, mutant, changed, worker)

    def _judge_by_tests(self, program: Program, mutant: Mutant, changed: Changed, worker: Worker) -> Verdict:
        order = self.orders[program, "tests"]
        numbers = order.of(mutant)
        number, test = self._first_test(program, changed, worker, program.tests, numbers)
        self._sound.update(program.tests[one] for one in (numbers if number == NOTHING else numbers[: numbers.index(number)]))
        if number == NOTHING:
            return Verdict(mutant, "")
        self._check_test(program, number, worker)
        order.learn(mutant, number)
        return Verdict(mutant, test or program.tests[number])

    def first_scene(self, program: Program, changed: Changed, worker: Worker, order: Sequence[int]) -> int:
        """The number of the scene that notices, NOTHING when none does."""
        if program is not SECOND:
            return python_killing.first_that_notices(changed, self.stage.folder, worker.scenes, order)
        with script_killing.put_into(worker.copy, changed):
            return script_killing.first_that_notices(worker.copy, self.stage.folder, worker.scenes, order)

    def _first_test(
        self, program: Program, changed: Changed, worker: Worker, tests: Sequence[str], order: Sequence[int]
    ) -> tuple[int, str]:
        if program is not SECOND:
            return python_killing.first_test_that_notices(changed, tests, order)
        with script_killing.put_into(worker.copy, changed):
            return python_killing.first_test_that_notices(changed, tests, order, worker.copy)

    def _check_test(self, program: Program, number: int, worker: Worker) -> None:
        name = program.tests[number]
        with self._sounding:
            if name not in self._sound and self._first_test(program, unchanged(program), worker, (name,), [0])[0] != NOTHING:
                raise UnchangedIsNoticed(f"{program.folder}: {name}")
            self._sound.add(name)

    def check_scenes(self, program: Program, worker: Worker) -> None:
        """Raises UnchangedIsNoticed when a scene is judged wrongly by the program as it is."""
        number = self.first_scene(program, unchanged(program), worker, range(len(worker.scenes)))
        if number != NOTHING:
            raise UnchangedIsNoticed(f"{program.folder}: {self.stage.scenes[0][number].name}")

    def check_program(self, program: Program, worker: Worker, given: Mapping[str, str]) -> None:
        """Tries the program as it is on all scenes, and on the tests that are given as hints; those that pass are used as such.
        Raises UnchangedIsNoticed for a scene."""
        if program.has_stage:
            self.check_scenes(program, worker)
        if tests := sorted(set(given.values())):
            passing = set(python_killing.passing(unchanged(program), tests, worker.copy if program is SECOND else None))
            self.hints.update({name: test for name, test in given.items() if test in passing})


def unchanged(program: Program) -> Changed:
    """A program as it is."""
    path = program.sources(ROOT)[0]
    return Changed(path, (ROOT / path).read_text("utf-8"))


def judge_all(
    work: Sequence[tuple[Program, Mutant]],
    stage: Stage,
    told: Callable[[Verdict], None],
    trusted: frozenset[str] = frozenset(),
    hints: Mapping[str, str] | None = None,
) -> None:
    """Verdicts on all, told as they come; first scenes and hints are tried with every program as it is. Raises UnchangedIsNoticed."""
    bench = Bench(stage, trusted)
    programs = [program for program in PROGRAMS if any(one is program for one, _ in work)]
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(len(stage.scenes)) as pool:
        free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for number, scenes in enumerate(stage.scenes):
            (place := Path(name, str(number))).mkdir()
            free.put(Worker(script_killing.copied(place), trials(scenes)))

        def with_worker(task: Callable[[Worker], None]) -> None:
            worker = free.get()
            try:
                task(worker)
            finally:
                free.put(worker)

        def judged(program: Program, mutant: Mutant) -> Callable[[Worker], None]:
            def task(worker: Worker) -> None:
                began = time.monotonic()
                told(replace(bench.judge(program, mutant, worker), seconds=time.monotonic() - began))

            return task

        def as_it_is(program: Program) -> Callable[[Worker], None]:
            names = {mutant.name for one, mutant in work if one is program}
            given = {name: test for name, test in (hints or {}).items() if name in names}
            return lambda worker: bench.check_program(program, worker, given)

        for tasks in ([as_it_is(one) for one in programs], [judged(*one) for one in work]):
            waiting = [pool.submit(with_worker, task) for task in tasks]
            try:
                for one in waiting:
                    one.result()
            finally:
                for one in waiting:
                    one.cancel()
