"""`python -m scripts.mutate`: changes the contracts in small ways, one at a time, and sees whether the forge suite notices.

A mutant is one operator, number, word or statement of one of our contracts changed. Mutants that do not compile, or compile to code that
another one (or the original) has, are left out. The rest is deployed instead of the original by the tests of tests/forge; a mutant that
some test fails for is killed. Before anything else the unchanged sources are compiled twice, must give the same code, and must pass.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CONTRACTS = ROOT / "contracts"
#: Word for word: what is looked for, and what may stand there instead.
SWAPS: list[tuple[str, list[str]]] = [
    (r"<=", ["<", "=="]),
    (r"(?<![<>=!])>=", [">", "=="]),
    (r"(?<![<>=!-])<(?![<=])", ["<=", ">="]),
    (r"(?<![<>=-])>(?![>=])", [">=", "<="]),
    (r"==", ["!="]),
    (r"!=", ["=="]),
    (r"&&", ["||"]),
    (r"\|\|", ["&&"]),
    (r"<<", [">>"]),
    (r">>", ["<<"]),
    (r"(?<=[\w)\]] )\+(?= [\w(])", ["-"]),
    (r"(?<=[\w)\]] )-(?= [\w(])", ["+"]),
    (r"(?<=[\w)\]] )\*(?= [\w(])", ["+"]),
    (r"(?<=[\w)\]] )&(?= [\w(~])", ["|"]),
    (r"(?<=[\w)\]] )\|(?= [\w(])", ["&"]),
    (r"\+\+", ["--"]),
    (r"\+=", ["-="]),
    (r"!(?=[\w_])(?!=)", [""]),
    (r"\btrue\b", ["false"]),
    (r"\bfalse\b", ["true"]),
    (r"(?<![\w.])(?:0|[1-9]\d{0,3})\b(?![\w.])", ["+1", "-1"]),
    (r"(?<=^)( +)(?:emit |revert |_require\w*\(|_\w+\(.*\);$)", ["drop"]),
    (r"\bif \(", ["if (true || ", "if (false && "]),
    (r"\bonlyPlainAccount\b(?! ?\()", [""]),
    (r"\baddmod\b", ["mulmod"]),
    (r"\bmulmod\b", ["addmod"]),
]
SKIPPED = ("interfaces/", "types/", "approval/PasskeyVerifier.sol")
SUITE = ["--no-match-contract", "PollInvariantsTest"]


@dataclass(frozen=True)
class Mutant:
    """One change: file, line (from 1), what stood there and what stands there now."""

    path: str
    line: int
    before: str
    after: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.path}:{self.line}: {self.before.strip()}  ->  {self.after.strip()}"


def is_code(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not bare.startswith(("//", "import ", "pragma ", "error ", "event ", "using ", "library ", "function "))


def changed(line: str, found: re.Match[str], swap: str) -> str:
    """The line with the swap in the match's place."""
    if swap == "drop":
        return line[: found.end(1)] + "{}" if line.rstrip().endswith(";") else line
    if swap in ("+1", "-1"):
        number = int(found[0]) + int(swap)
        return line if number < 0 else line[: found.start()] + str(number) + line[found.end() :]
    return line[: found.start()] + swap + line[found.end() :]


def close_condition(line: str, swap: str) -> str:
    """`if (false && a || b)` would not be what is meant: the former condition gets its own brackets when it ends on this line."""
    if not swap.startswith("if ("):
        return line
    start = line.index(swap) + len(swap)
    depth = 0
    for place in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[place], 0)
        if depth < 0:
            return f"{line[:start]}({line[start:place]}){line[place:]}"
    return line


def mutants_of(path: str) -> Iterator[Mutant]:
    """All mutants of one file."""
    lines = (ROOT / path).read_text().split("\n")
    for number, line in enumerate(lines):
        code = line.split(" //")[0]
        if not is_code(code):
            continue
        for pattern, swaps in SWAPS:
            for found in re.finditer(pattern, code):
                for swap in swaps:
                    after = close_condition(changed(line, found, swap), swap)
                    if after != line:
                        yield Mutant(path, number + 1, line, after, "\n".join([*lines[:number], after, *lines[number + 1 :]]))


def all_mutants() -> list[Mutant]:
    files = sorted(file.relative_to(ROOT).as_posix() for file in CONTRACTS.rglob("*.sol"))
    ours = [file for file in files if not file.removeprefix("contracts/").startswith(SKIPPED)]
    unique = {(m.path, m.text): m for file in ours for m in mutants_of(file)}
    return list(unique.values())


class Compiler:
    """The compiler as a process that stays; raises CompilerStopped when it ends."""

    def __init__(self) -> None:
        environment = {**os.environ, "NODE_PATH": str(ROOT / "node_modules")}
        command = ["node", "scripts/mutants.js"]
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


class CompilerStopped(RuntimeError):
    """The compiler ended before it answered."""


class BaselineWrong(RuntimeError):
    """The unchanged contracts do not compile to the same code twice, or do not pass: no mutant could be judged."""


def code_hash(artifacts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps({name: one["bytecode"] for name, one in artifacts.items()}).encode()).hexdigest()


def failing_test(artifacts: dict[str, Any], folder: Path) -> str:
    """Run the suite on these artifacts; the name of a test that failed, or "" when all passed."""
    environment = dict(os.environ)
    for name, artifact in artifacts.items():
        file = folder / f"{name}.json"
        file.write_text(json.dumps(artifact))
        environment[f"{name.upper()}_ARTIFACT"] = str(file.relative_to(ROOT))
    environment |= {"FOUNDRY_PROFILE": "quick", "FOUNDRY_FUZZ_RUNS": "24", "NO_COLOR": "1"}
    command = ["node_modules/.bin/forge", "test", "--fail-fast", *SUITE]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return "(did not end)"
    if done.returncode == 0 and "; 0 failed" in done.stdout:
        return ""
    found = re.search(r"\[FAIL[^\n]*\] (\w+)\(", done.stdout)
    if found is None:
        raise BaselineWrong(f"forge did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return found[1]


def check_baseline(compiler: Compiler, folder: Path) -> str:
    """Hash of the unchanged code. Raises: BaselineWrong."""
    first, second = compiler({}), compiler({})
    if "artifacts" not in first or "artifacts" not in second:
        raise BaselineWrong(first.get("error", "does not compile"))
    if code_hash(first["artifacts"]) != code_hash(second["artifacts"]):
        raise BaselineWrong("two compilations of the same sources differ")
    if failed := failing_test(first["artifacts"], folder):
        raise BaselineWrong(f"the unchanged contracts fail {failed}")
    return code_hash(first["artifacts"])


@dataclass
class Figures:
    tried: int = 0
    not_compiled: int = 0
    duplicates: int = 0
    killed: int = 0
    survivors: list[str] | None = None


def judge(mutants: list[Mutant], seconds: float, folder: Path) -> Figures:
    """Judge the mutants in turn until the time, which runs from the end of the baseline, is up."""
    compiler, figures = Compiler(), Figures(survivors=[])
    try:
        seen = {check_baseline(compiler, folder)}
        began = time.monotonic()
        for mutant in mutants:
            if time.monotonic() - began > seconds:
                break
            figures.tried += 1
            answer = compiler({mutant.path: mutant.text})
            if "error" in answer:
                figures.not_compiled += 1
                continue
            if (code := code_hash(answer["artifacts"])) in seen:
                figures.duplicates += 1
                continue
            seen.add(code)
            failed = failing_test(answer["artifacts"], folder)
            print(f"{'killed by ' + failed if failed else 'ALIVE':<60} {mutant.name}", file=sys.stderr, flush=True)
            figures.killed += bool(failed)
            if not failed and figures.survivors is not None:
                figures.survivors.append(mutant.name)
    finally:
        compiler.close()
    return figures


def main() -> int:
    """Judge a sample (or all); 0 when at least 95 in 100 unique mutants were killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=0, help="how many mutants to draw; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop drawing after this time")
    parser.add_argument("--match", default="", help="only files whose path contains this")
    arguments = parser.parse_args()
    mutants = [one for one in all_mutants() if arguments.match in one.path]
    known = len(mutants)
    random.Random(arguments.seed).shuffle(mutants)
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        figures = judge(mutants[: arguments.sample or known], arguments.seconds, Path(folder))
    unique = figures.tried - figures.not_compiled - figures.duplicates
    answer = {
        "possible": known,
        "tried": figures.tried,
        "not_compiled": figures.not_compiled,
        "duplicates": figures.duplicates,
        "mutants": unique,
        "killed": figures.killed,
        "seed": arguments.seed,
        "survivors": figures.survivors,
    }
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if unique and figures.killed >= 0.95 * unique else 1


if __name__ == "__main__":
    sys.exit(main())
