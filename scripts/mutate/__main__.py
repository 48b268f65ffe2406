"""`python -m scripts.mutate`: changes the contracts in small ways, one at a time, and sees whether the forge suite notices.

A mutant is one operator, number, word or statement of one of our contracts changed. Mutants that do not compile, or compile to code that
another one (or the original) has, are left out. The rest is deployed instead of the original by the tests of tests/forge; a mutant that
some test fails for is killed. Before anything else the unchanged sources are compiled twice, must give the same code, and must pass.

Survivors that change nothing anybody could see are explained one by one in tests/forge/mutants_explained.json; an explanation of a mutant
that is killed is wrong. One JSON line at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from scripts.mutate.changes import ROOT, Mutant, all_mutants
from scripts.mutate.judging import ALIVE, DUPLICATE, KILLED, NOT_COMPILED, Verdict, judge_all

EXPLAINED = ROOT / "tests" / "forge" / "mutants_explained.json"
#: Of a hundred unique mutants so many must be killed.
WANTED_OF_100 = 95
say = Console(stderr=True, highlight=False)


def kept(file: Path | None) -> dict[str, Verdict]:
    """What an earlier run found, as far as it still holds: tests that were added since kill no fewer, so survivors are judged again."""
    if file is None or not file.exists():
        return {}
    rows = [Verdict(**json.loads(line)) for line in file.read_text().splitlines()]
    return {row.name: row for row in rows if row.what != ALIVE}


def judge(mutants: list[Mutant], seconds: float, file: Path | None) -> list[Verdict]:
    """The verdicts on these mutants, those of an earlier run included."""
    known = kept(file)
    wanted = {mutant.name for mutant in mutants}
    found = [verdict for name, verdict in known.items() if name in wanted]
    open_ones = [mutant for mutant in mutants if mutant.name not in known]
    with Progress(console=say) as progress:
        task = progress.add_task("mutants", total=len(open_ones))

        def told(verdict: Verdict) -> None:
            found.append(verdict)
            progress.advance(task)
            if verdict.what == ALIVE:
                progress.console.print(f"ALIVE {verdict.name}", markup=False)
            if file is not None:
                with file.open("a") as rows:
                    rows.write(json.dumps(asdict(verdict)) + "\n")

        if open_ones:
            judge_all(open_ones, seconds, told)
    return found


def without_line(name: str) -> str:
    """A mutant's name as explanations give it: lines move."""
    return re.sub(r"^([^:]*):\d+:", r"\1:", name)


def drawn(mutants: list[Mutant], seed: int) -> list[Mutant]:
    """The mutants in an order drawn one by one, so that a change of one contract does not draw the others anew."""
    return sorted(mutants, key=lambda one: hashlib.sha256(f"{seed} {without_line(one.name)}".encode()).digest())


def figures(verdicts: list[Verdict]) -> dict[str, object]:
    """Counts and names; `unexplained` and `stale` should be empty."""
    names = {what: [one.name for one in verdicts if one.what == what] for what in (KILLED, ALIVE, NOT_COMPILED, DUPLICATE)}
    explained = {one["mutant"] for one in json.loads(EXPLAINED.read_text())}
    return {
        "tried": len(verdicts),
        "not_compiled": len(names[NOT_COMPILED]),
        "duplicates": len(names[DUPLICATE]),
        "mutants": len(names[KILLED]) + len(names[ALIVE]),
        "killed": len(names[KILLED]),
        "survivors": sorted(names[ALIVE]),
        "unexplained": sorted(name for name in names[ALIVE] if without_line(name) not in explained),
        "stale": sorted(explained & {without_line(name) for name in names[KILLED]} - {without_line(name) for name in names[ALIVE]}),
    }


def main() -> int:
    """Judge a sample (or all); 0 when every survivor is explained and, of all, at least 95 in 100 unique mutants were killed.

    A sample is too small to ask 95 in 100 of it: one survivor in twenty, all of them explained, would fail every third time.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=0, help="how many mutants to draw; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop drawing after this time")
    parser.add_argument("--match", default="", help="only files whose path contains this")
    parser.add_argument("--keep", type=Path, help="write verdicts into this file, and go on from what it has (after tests were added)")
    arguments = parser.parse_args()
    mutants = drawn([one for one in all_mutants() if arguments.match in one.path], arguments.seed)
    known = len(mutants)
    answer = {"possible": known, "seed": arguments.seed} | figures(
        judge(mutants[: arguments.sample or known], arguments.seconds, arguments.keep)
    )
    print(json.dumps(answer, ensure_ascii=False))
    unique, killed = answer["mutants"], answer["killed"]
    wanted = 0 if arguments.sample else WANTED_OF_100
    enough = isinstance(unique, int) and isinstance(killed, int) and unique and 100 * killed >= wanted * unique
    return 0 if enough and not answer["unexplained"] and not answer["stale"] else 1


if __name__ == "__main__":
    sys.exit(main())
