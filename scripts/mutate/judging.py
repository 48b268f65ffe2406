"""Compiles mutants and lets the forge suite judge them, two at a time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.mutate.changes import ROOT, Mutant

SUITE = ["--no-match-contract", "InvariantsTest"]
#: A mutant that loops without end runs out of gas instead; the dearest honest test takes a tenth of it.
GAS_LIMIT = 200_000_000
#: How long the unchanged contracts may take; a mutant may take five times as long as they took, or it does not end. So a machine that is
#: busy with other work kills no mutant.
PATIENCE_SECONDS = 1_200
PATIENCE_FACTOR = 5
LEAST_PATIENCE_SECONDS = 240
WORKERS = 2
KILLED, ALIVE, NOT_COMPILED, DUPLICATE = "killed", "alive", "not compiled", "duplicate"


class CompilerStopped(RuntimeError):
    """The compiler ended before it answered."""


class BaselineWrong(RuntimeError):
    """The unchanged contracts do not compile to the same code twice, or do not pass: no mutant could be judged."""


class Compiler:
    """The compiler as a process that stays; raises CompilerStopped when it ends."""

    def __init__(self) -> None:
        environment = {**os.environ, "NODE_PATH": str(ROOT / "node_modules")}
        command = ["node", "scripts/mutate/compile.js"]
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, replace: dict[str, str]) -> dict[str, Any]:
        """Artifacts by name, or the compiler's message under `error`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"id": 0, "replace": replace}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise CompilerStopped
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant; `by` is the test that noticed."""

    name: str
    what: str
    by: str = ""


@dataclass
class Bench:
    """One of the places where mutants are judged: a compiler and folders of its own, so that two do not meet."""

    folder: Path
    compiler: Compiler = field(default_factory=Compiler)
    patience_seconds: float = PATIENCE_SECONDS

    def failing_test(self, artifacts: dict[str, Any]) -> str:
        """Run the suite on these artifacts; the name of a test that failed, or "" when all passed."""
        environment = dict(os.environ)
        for name, artifact in artifacts.items():
            file = self.folder / f"{name}.json"
            file.write_text(json.dumps(artifact))
            environment[f"{name.upper()}_ARTIFACT"] = str(file.relative_to(ROOT))
        environment |= {"FOUNDRY_PROFILE": "quick", "FOUNDRY_FUZZ_RUNS": "24", "NO_COLOR": "1", "FOUNDRY_GAS_LIMIT": str(GAS_LIMIT)}
        environment |= {"FOUNDRY_OUT": str(self.folder / "out"), "FOUNDRY_CACHE_PATH": str(self.folder / "cache")}
        command = ["node_modules/.bin/forge", "test", "--fail-fast", *SUITE]
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=self.patience_seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return "(did not end)"
        # With --fail-fast forge was seen to exit with 0 although a test had failed: its words count.
        if found := re.search(r"\[FAIL[^\n]*\] (\w+)\(", done.stdout):
            return found[1]
        if done.returncode != 0 or ", 0 failed, 0 skipped" not in done.stdout:
            raise BaselineWrong(f"forge did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return ""


def code_hash(artifacts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps({name: one["bytecode"] for name, one in artifacts.items()}).encode()).hexdigest()


def check_baseline(bench: Bench) -> str:
    """Hash of the unchanged code. Raises: BaselineWrong."""
    first, second = bench.compiler({}), bench.compiler({})
    if "artifacts" not in first or "artifacts" not in second:
        raise BaselineWrong(first.get("error", "does not compile"))
    if code_hash(first["artifacts"]) != code_hash(second["artifacts"]):
        raise BaselineWrong("two compilations of the same sources differ")
    began = time.monotonic()
    if failed := bench.failing_test(first["artifacts"]):
        raise BaselineWrong(f"the unchanged contracts fail {failed}")
    bench.patience_seconds = max(LEAST_PATIENCE_SECONDS, PATIENCE_FACTOR * (time.monotonic() - began))
    return code_hash(first["artifacts"])


@contextmanager
def benches() -> Iterator[list[Bench]]:
    """All places, each of which has let the unchanged contracts pass; they agree on its code."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        places = [Path(folder) / str(number) for number in range(WORKERS)]
        for place in places:
            place.mkdir()
        found = [Bench(place) for place in places]
        try:
            yield found
        finally:
            for bench in found:
                bench.compiler.close()


class Judge:
    """Judges mutants; code that was seen before, or is the original's, counts as a duplicate."""

    def __init__(self, found: list[Bench], baseline: str) -> None:
        self._free = list(found)
        self._seen = {baseline}
        self._lock = threading.Lock()

    def judge(self, mutant: Mutant) -> Verdict:
        with self._lock:
            bench = self._free.pop()
        try:
            return self._judge(bench, mutant)
        finally:
            with self._lock:
                self._free.append(bench)

    def _judge(self, bench: Bench, mutant: Mutant) -> Verdict:
        answer = bench.compiler({mutant.path: mutant.text})
        if "error" in answer:
            return Verdict(mutant.name, NOT_COMPILED)
        code = code_hash(answer["artifacts"])
        with self._lock:
            if code in self._seen:
                return Verdict(mutant.name, DUPLICATE)
            self._seen.add(code)
        failed = bench.failing_test(answer["artifacts"])
        return Verdict(mutant.name, KILLED if failed else ALIVE, failed)


def judge_all(mutants: list[Mutant], seconds: float, told: Callable[[Verdict], None]) -> int:
    """Judge the mutants until the time, which runs from the end of the baseline, is up; how many were judged.

    Raises: BaselineWrong.
    """
    with benches() as found, ThreadPoolExecutor(WORKERS) as pool:
        baselines = set(pool.map(check_baseline, found))
        if len(baselines) != 1:
            raise BaselineWrong("two compilers made different code of the same sources")
        judge = Judge(found, baselines.pop())
        end = time.monotonic() + seconds

        def one(mutant: Mutant) -> bool:
            if time.monotonic() > end:
                return False
            told(judge.judge(mutant))
            return True

        return sum(pool.map(one, mutants))
