"""`make prove`: forge, halmos, slither, coverage and mutants over the contracts; a line each, and one JSON line with all figures.

PROVE=short (the default) draws fewer numbers; PROVE=long draws all (docs/proofs.md says how many and how long it takes).
`python -m scripts.build.prove forge slither` runs only those.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv-prove"
LONG = os.environ.get("PROVE", "short") == "long"
FORGE = {
    # The optimised code that is deployed, in long mode; the same sources without the optimiser in short mode.
    "FOUNDRY_PROFILE": "default" if LONG else "quick",
    "FOUNDRY_FUZZ_RUNS": "10000" if LONG else "256",
    "FOUNDRY_INVARIANT_RUNS": "4096" if LONG else "64",
    "FOUNDRY_INVARIANT_DEPTH": "96",
}
HALMOS = ["--storage-layout", "generic", "--loop", "12", "--no-status", "--solver-timeout-branching", "100"]
HALMOS += ["--solver-timeout-assertion", "60000", "--forge-build-out", "build/forge/symbolic/out"]
INVARIANTS = [ROOT / "tests" / "forge" / f"{kind}Invariants.t.sol" for kind in ("Poll", "Sealed", "Succession")]
EXPLAINED = ROOT / "tests" / "forge" / "slither_explained.json"
COVERAGE = "build/forge/lcov.info"


class ToolFailed(RuntimeError):
    """A tool ended without an answer that could be read."""


def run(command: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a tool at the project's root, with forge on its path; no answer is judged here."""
    path = f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def prepare() -> None:
    """Install halmos and slither into an environment of their own, once."""
    if not (VENV / "bin" / "halmos").exists() or not (VENV / "bin" / "slither").exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        subprocess.run([str(VENV / "bin" / "python"), *install, "-r", str(ROOT / "requirements-prove.lock")], check=True)


def forge() -> dict[str, Any]:
    """Rules, libraries and invariants in Solidity."""
    done = run(["forge", "test", "--json"], **FORGE)
    start = done.stdout.find("{")
    if start < 0:
        raise ToolFailed(f"forge test: {(done.stdout + done.stderr)[-2000:]}")
    results, _ = json.JSONDecoder().raw_decode(done.stdout[start:])
    tests = {name: one for suite in results.values() for name, one in suite["test_results"].items()}
    failed = [name for name, one in tests.items() if one["status"] != "Success"]
    campaigns = sum(name.startswith("invariant_") for name in tests)
    fuzzed = sum(name.startswith("testFuzz_") for name in tests)
    return {
        "forge_tests": len(tests) - campaigns,
        "forge_fuzzed": fuzzed,
        "forge_runs": int(FORGE["FOUNDRY_FUZZ_RUNS"]),
        "forge_invariants": sum(len(re.findall(r"function _holds_\w+", file.read_text())) for file in INVARIANTS),
        "forge_calls": int(FORGE["FOUNDRY_INVARIANT_RUNS"]) * int(FORGE["FOUNDRY_INVARIANT_DEPTH"]),
        "forge_failures": len(failed),
        "wrong": failed,
    }


def halmos() -> dict[str, Any]:
    """Proofs must hold; the twin of each must be refuted."""
    prepare()
    proofs, twins = _proofs("check_"), _proofs("twin_", "--early-exit")
    failed = sorted(name for name, passed in proofs.items() if not passed)
    unrefuted = sorted(name for name, passed in twins.items() if passed is not False)
    lonely = sorted({name.removeprefix("check_") for name in proofs} ^ {name.removeprefix("twin_") for name in twins})
    return {
        "halmos_proofs": len(proofs),
        "halmos_failed": len(failed),
        "must_fail_twins": len(twins) - len(unrefuted),
        "wrong": failed + unrefuted + lonely,
    }


def _proofs(prefix: str, *options: str) -> dict[str, bool | None]:
    """Function to True (proved), False (refuted by a counterexample) or None (neither)."""
    done = run(["halmos", "--function", prefix, *HALMOS, *options], FOUNDRY_PROFILE="symbolic")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    answers = {"PASS": True, "FAIL": False}
    found = {name: answers.get(word) for word, name in re.findall(r"^\[(\w+)\] (\w+)\(", plain, re.MULTILINE)}
    if not found:
        raise ToolFailed(f"halmos: {plain[-2000:]}")
    return found


def slither() -> dict[str, Any]:
    """What slither finds, less what is explained one by one; an explanation that explains nothing any more is wrong too."""
    prepare()
    done = run(["slither", ".", "--json", "-"], FOUNDRY_PROFILE="quick")
    start = done.stdout.find('{"success"')
    if start < 0:
        raise ToolFailed(f"slither: {(done.stdout + done.stderr)[-2000:]}")
    answer = json.loads(done.stdout[start:])
    findings = answer["results"].get("detectors", [])
    explained = json.loads(EXPLAINED.read_text())
    open_ones, used = [], set()
    for finding in findings:
        said = finding["description"].splitlines()[0]
        match = [i for i, one in enumerate(explained) if one["check"] == finding["check"] and one["where"] in said]
        used.update(match)
        if not match:
            open_ones.append(f"{finding['check']}: {said}")
    stale = [f"explains nothing: {one['check']} {one['where']}" for i, one in enumerate(explained) if i not in used]
    return {"slither_findings": len(open_ones), "slither_explained": len(findings) - len(open_ones), "wrong": open_ones + stale}


def coverage() -> dict[str, Any]:
    """Lines and branches of our own contracts that the forge tests reach."""
    where = {"FOUNDRY_OUT": "build/forge/coverage/out", "FOUNDRY_CACHE_PATH": "build/forge/coverage/cache"}
    command = ["forge", "coverage", "--no-match-contract", "InvariantsTest"]
    command += ["--report", "lcov", "--report-file", COVERAGE]
    done = run(command, FOUNDRY_PROFILE="quick", FOUNDRY_FUZZ_RUNS="16", **where)
    if done.returncode != 0:
        raise ToolFailed(f"forge coverage: {(done.stdout + done.stderr)[-2000:]}")
    lines, branches, missed = _read_coverage((ROOT / COVERAGE).read_text())
    return {"line_coverage": lines, "branch_coverage": branches, "wrong": missed}


def _read_coverage(report: str) -> tuple[float, float, list[str]]:
    """Percent of lines, percent of branches, and the places that were missed, of an lcov report."""
    hits: dict[str, list[bool]] = {"DA": [], "BRDA": []}
    missed, file = [], ""
    for entry in report.splitlines():
        kind, _, rest = entry.partition(":")
        if kind == "SF":
            file = rest
        if kind not in hits or not file.startswith("contracts/"):
            continue
        hit = rest.split(",")[-1] not in ("0", "-")
        hits[kind].append(hit)
        if not hit:
            missed.append(f"{'line' if kind == 'DA' else 'branch'} {file}:{rest.split(',')[0]}")
    percent = {kind: round(100 * sum(found) / max(1, len(found)), 2) for kind, found in hits.items()}
    return percent["DA"], percent["BRDA"], missed


def mutants() -> dict[str, Any]:
    """Small changes of the contracts that the forge tests must notice."""
    draw = [] if LONG else ["--sample", "40", "--seed", os.environ.get("PROVE_SEED", "1"), "--seconds", "180"]
    done = run([sys.executable, "-m", "scripts.mutate", *draw])
    lines = done.stdout.strip().splitlines()
    if not lines:
        raise ToolFailed(f"mutants: {done.stderr[-2000:]}")
    answer = json.loads(lines[-1])
    wrong = [*answer["unexplained"], *answer["stale"]]
    if done.returncode != 0 and not wrong:
        wrong = [f"only {answer['killed']} of {answer['mutants']} killed"]
    return {"mutants": answer["mutants"], "killed": answer["killed"], "wrong": wrong}


STEPS: dict[str, Callable[[], dict[str, Any]]] = {
    "forge": forge,
    "halmos": halmos,
    "slither": slither,
    "coverage": coverage,
    "mutants": mutants,
}


def main(names: list[str]) -> int:
    """0 when every step that was run found nothing wrong."""
    (ROOT / "build" / "forge").mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {"mode": "long" if LONG else "short"}
    wrong = 0
    for name in names or list(STEPS):
        began = time.monotonic()
        answer = STEPS[name]()
        found = answer.pop("wrong")
        wrong += bool(found)
        counts = ", ".join(f"{key.removeprefix(name + '_').replace('_', ' ')} {value}" for key, value in answer.items())
        print(f"{name:<9} {'WRONG' if found else 'right'}  {counts}  ({time.monotonic() - began:.0f} s)", flush=True)
        for one in found:
            print(f"          {one}", flush=True)
        figures |= answer
    print(json.dumps(figures, ensure_ascii=False))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
