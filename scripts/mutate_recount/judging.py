"""Two workers try mutants, each with files and nodes of its own."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from scripts.mutate_recount import python_killing, script_killing
from scripts.mutate_recount.mutant import Changed, Mutant
from scripts.mutate_recount.programs import FIRST, PROGRAMS, SECOND, Program
from scripts.mutate_recount.python_killing import ROOT
from scripts.mutate_recount.stage import Stage
from scripts.mutate_recount.trial import NOTHING, Order, Trial, by_findings, trials


class UnchangedIsNoticed(Exception):
    """A scene or test fails without any change, so that it says nothing about mutants."""


@dataclass(frozen=True)
class Verdict:
    """What noticed a mutant: a scene or a file of tests, "" for nothing."""

    mutant: Mutant
    noticed_by: str


@dataclass
class Worker:
    """One of those that try mutants: its copy of the second recount and its scenes."""

    copy: Path
    scenes: list[Trial]


@dataclass
class Bench:
    """Where mutants are tried. What noticed one is tried first on those like it; a list of tests counts once it passed without a change."""

    stage: Stage
    orders: dict[str, Order] = field(default_factory=dict)
    _passed: dict[str, threading.Lock] = field(default_factory=dict)
    _sound: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        scenes = trials(self.stage.scenes[0])
        for program in PROGRAMS:
            self.orders[f"{program.folder} scenes"] = Order(len(scenes), by_findings(ROOT, scenes))
            self.orders[f"{program.folder} tests"] = Order(len(program.tests))
            self._passed[program.folder] = threading.Lock()

    def judge(self, program: Program, mutant: Mutant, worker: Worker) -> Verdict:
        """Scenes first, where there are any, then tests."""
        changed = mutant.changed
        with ExitStack() as put:
            if program is SECOND:
                put.enter_context(script_killing.put_into(worker.copy, changed))
            for kind in ("scenes", "tests") if program.has_stage else ("tests",):
                order = self.orders[f"{program.folder} {kind}"]
                number = self._try(kind, program, changed, worker, order.of(mutant))
                if number != NOTHING:
                    order.learn(mutant, number)
                    return Verdict(mutant, program.tests[number] if kind == "tests" else self.stage.scenes[0][number].name)
        return Verdict(mutant, "")

    def _try(self, kind: str, program: Program, changed: Changed, worker: Worker, order: Sequence[int]) -> int:
        if kind == "scenes":
            if program is FIRST:
                return python_killing.first_that_notices(changed, self.stage.folder, worker.scenes, order)
            return script_killing.first_that_notices(worker.copy, self.stage.folder, worker.scenes, order)
        copy = worker.copy if program is SECOND else None
        return python_killing.first_test_that_notices(changed, program.tests, order, copy)

    def check_unchanged(self, program: Program, worker: Worker) -> None:
        """Raises UnchangedIsNoticed when any scene or test fails on the program as it is."""
        path = program.sources(ROOT)[0]
        unchanged = Mutant(path, f"{path}: unchanged", False, (ROOT / path).read_text)
        verdict = self.judge(program, unchanged, worker)
        if verdict.noticed_by:
            raise UnchangedIsNoticed(f"{program.folder}: {verdict.noticed_by}")


def judge_all(work: Sequence[tuple[Program, Mutant]], stage: Stage, told: Callable[[Verdict], None]) -> None:
    """Verdicts on all, told as they come; first every program is tried as it is. Raises UnchangedIsNoticed."""
    bench = Bench(stage)
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
            return lambda worker: told(bench.judge(program, mutant, worker))

        def as_it_is(program: Program) -> Callable[[Worker], None]:
            return lambda worker: bench.check_unchanged(program, worker)

        for tasks in ([as_it_is(one) for one in programs], [judged(*one) for one in work]):
            waiting = [pool.submit(with_worker, task) for task in tasks]
            try:
                for one in waiting:
                    one.result()
            finally:
                for one in waiting:
                    one.cancel()
