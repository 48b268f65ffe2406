"""Runs a mutant of the Python recount on the stage, in a process of its own; each starts from one where the libraries are loaded."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import multiprocessing
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from scripts.mutate_recount.python_changes import Mutant

ROOT = Path(__file__).resolve().parents[2]
#: A mutant that takes so long on what takes seconds otherwise has been noticed.
SECONDS = 120
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["scripts.mutate_recount.warm"])


@dataclass(frozen=True)
class Trial:
    """A scene as a mutant is tried on it: arguments, the verdict that is due, and the finding that has to be named."""

    arguments: list[str]
    verdict: str
    finding: str


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, module: str, path: Path, source: str) -> None:
        self._module, self._path, self._source = module, path, source

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
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)  # noqa: S102 - our own source, with one thing changed


def _module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _instate(mutant: Mutant) -> None:
    sys.meta_path.insert(0, _Mutated(_module_of(mutant.path), ROOT / mutant.path, mutant.source))


def _misjudges(folder: Path, trial: Trial, judged: Any) -> bool:
    """Whether this scene is judged otherwise than it must be; a tool that breaks or ends is noticed as well."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            said = judged(folder, trial.arguments)
    except BaseException:
        return True
    return said.verdict != trial.verdict or (trial.finding != "" and trial.finding not in {*said.names, *said.void})


def _on_stage(told: Connection, mutant: Mutant, folder: Path, trials: Sequence[Trial], order: Sequence[int]) -> None:
    """Tells the number of the first scene that notices, -1 when none does."""
    _instate(mutant)
    try:
        from verifier.tally.scenes import judged
    except BaseException:
        told.send(0)
        return
    told.send(next((number for number in order if _misjudges(folder, trials[number], judged)), -1))


def _in_tests(told: Connection, mutant: Mutant, tests: Sequence[str]) -> None:
    """Tells 0 when one of the tests fails, -1 when all pass."""
    _instate(mutant)
    import pytest

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])
    told.send(-1 if code == 0 else 0)


def _asked(work: Any, *arguments: Any, seconds: float) -> int:
    """What a process told; 0 when it told nothing in time: it broke, or hung."""
    heard, told = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=work, args=(told, *arguments), daemon=True)
    process.start()
    told.close()
    try:
        return heard.recv() if heard.poll(seconds) else 0
    except EOFError:
        return 0
    finally:
        process.kill()
        process.join()


def first_that_notices(mutant: Mutant, folder: Path, trials: Sequence[Trial], order: Sequence[int]) -> int:
    """The number of the scene that is judged wrongly, -1 when none is."""
    return _asked(_on_stage, mutant, folder, list(trials), list(order), seconds=SECONDS)


def tests_notice(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether one of these tests fails with the mutant."""
    return _asked(_in_tests, mutant, list(tests), seconds=5 * SECONDS) != -1
