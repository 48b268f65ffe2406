"""Runs a mutant of a Python recount on the stage or in tests, each in a process of its own that begins with the libraries loaded."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.mutate_recount.mutant import Changed
from scripts.mutate_recount.trial import NOTHING, SECONDS, Trial

if TYPE_CHECKING:  # loaded in each process that runs tests
    import pytest

#: How pytest runs a file within this process; libraries were imported before it, so what it says of that is no failure.
#: A mutant may go round for ever: a test that takes so long has noticed it.
ALONE = ("-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "-W", "default", "--timeout", "100")
ROOT = Path(__file__).resolve().parents[2]
TEST_SECONDS = 600
#: Of pytest's exit codes, those of a run in which nothing failed.
OK, NONE_THERE = 0, 5
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["scripts.mutate_recount.warm"])


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, changed: Changed) -> None:
        self._path, self._text = ROOT / changed.path, changed.text
        self._module = changed.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if any(name == "verifier" or name.startswith("verifier.") for name in sys.modules):
            raise RuntimeError("a recount was loaded before the mutant")

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        is_package = self._path.name == "__init__.py"
        spec = importlib.util.spec_from_loader(fullname, self, origin=str(self._path), is_package=is_package)
        if spec is not None and is_package:
            spec.submodule_search_locations = [str(self._path.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._path)
        exec(compile(self._text, str(self._path), "exec"), module.__dict__)  # noqa: S102 - our own source, with one thing changed


def _misjudges(folder: Path, trial: Trial, judged: Any) -> bool:
    """Whether this scene is judged otherwise than it must be; a tool that breaks or ends is noticed as well."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            said = judged(folder, trial.arguments)
    except BaseException:
        return True
    return said.verdict != trial.verdict or (trial.finding != "" and trial.finding not in {*said.names, *said.void})


def _on_stage(told: Connection, changed: Changed, folder: Path, trials: Sequence[Trial], order: Sequence[int]) -> None:
    """Tells the number of each scene before it is tried, and at the end whether the last one noticed."""
    sys.meta_path.insert(0, _Mutated(changed))
    told.send(order[0])
    from verifier.tally.scenes import judged

    for number in order:
        told.send(number)
        if _misjudges(folder, trials[number], judged):
            return
    told.send(NOTHING)


class _Watched:
    """Tells each test of a run as it begins, and lets only those run that are asked for, if any are."""

    def __init__(self, told: Connection, only: frozenset[str] = frozenset()) -> None:
        self._told, self._only = told, only
        self.passed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._only:
            items[:] = [one for one in items if one.nodeid in self._only]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._told.send(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.passed.append(report.nodeid)


def _before_tests(told: Connection, changed: Changed, second: Path | None) -> None:
    """The program under test is the changed one, and nothing is drawn by lot."""
    if second is None:
        sys.meta_path.insert(0, _Mutated(changed))
    told.send(0)
    os.environ.pop("PYTEST_ADDOPTS", None)  # meant for the run that this may be a part of
    import hypothesis

    hypothesis.settings.register_profile("mutants", derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
    if second is not None:
        import tests.verifier.second.second as tool

        tool.FOLDER = second


def _run(files: Sequence[str], watched: _Watched, *more: str) -> int:
    """pytest's word on these files."""
    import pytest

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main([*ALONE, *more, *files], plugins=[watched]))


def _in_tests(told: Connection, changed: Changed, tests: Sequence[str], order: Sequence[int], second: Path | None) -> None:
    """Tells the number of each file of tests, or of a single test, before it runs, and NOTHING when all passed."""
    _before_tests(told, changed, second)
    for number in order:
        told.send(number)
        file, mark, _ = tests[number].partition("::")
        only = frozenset({tests[number]}) if mark else frozenset()
        # A file whose vectors are not there is left out, and so is a test that is no longer there.
        if _run([file], _Watched(told, only), "-x") not in {OK, NONE_THERE}:
            return
    told.send(NOTHING)


def _passing(told: Connection, changed: Changed, tests: Sequence[str], second: Path | None) -> None:
    """Tells those of the single tests that pass, as one list, and NOTHING."""
    _before_tests(told, changed, second)
    watched = _Watched(told, frozenset(tests))
    _run(sorted({one.partition("::")[0] for one in tests}), watched)
    told.send(watched.passed)
    told.send(NOTHING)


def _leading(work: Any, *arguments: Any) -> None:
    """Works as the head of a group of processes, so that all that it starts end with it and with whoever asked; waits for none of them."""
    os.setsid()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(*arguments)
    finally:
        os._exit(0)


def _end_with_parent() -> None:
    """A mutant may run for ever; nobody listens to it any longer."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)


class Heard(NamedTuple):
    """The last number that a process told before it ended, broke, or was silent for too long; the test that it was at; what passed."""

    number: int
    test: str
    passed: tuple[str, ...]


def _last_word(work: Any, *arguments: Any, seconds: float) -> Heard:
    """What one process tells, which ends with it."""
    heard, told = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_leading, args=(work, told, *arguments))
    process.start()
    told.close()
    last: int | None = None
    test, passed = "", ()
    with contextlib.suppress(EOFError):
        while last != NOTHING and heard.poll(seconds):
            word = heard.recv()
            if isinstance(word, list):
                passed = tuple(word)
            elif isinstance(word, str):
                test = word
            else:
                last, test = int(word), ""
    if process.pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
    if last is None:
        raise RuntimeError("a mutant was never begun")
    return Heard(last, test, passed)


def first_that_notices(changed: Changed, folder: Path, trials: Sequence[Trial], order: Sequence[int]) -> int:
    """The number of the scene that is judged wrongly, NOTHING when none is."""
    return _last_word(_on_stage, changed, folder, list(trials), list(order), seconds=SECONDS).number


def first_test_that_notices(changed: Changed, tests: Sequence[str], order: Sequence[int], second: Path | None = None) -> tuple[int, str]:
    """The number of the file of tests, or of the single test (file::name), in which one fails, and that one's name; NOTHING when all pass.
    `second` is the folder of a second recount for them."""
    heard = _last_word(_in_tests, changed, list(tests), list(order), second, seconds=TEST_SECONDS)
    return heard.number, heard.test


def passing(changed: Changed, tests: Sequence[str], second: Path | None = None) -> tuple[str, ...]:
    """Those of the single tests that are there and pass."""
    return _last_word(_passing, changed, list(tests), second, seconds=TEST_SECONDS).passed
