"""`python -m scripts.mutate_recount [--mutants 240] [--seed 1]`: changes the recounts in small ways, one at a time, and sees who notices.

A mutant is one check, comparison, word or number of verifier/tally, verifier/second, verifier/register or verifier/ranges changed. It is
tried on all lies and honest polls of scripts/tampers: one that is judged otherwise than it must be has noticed it. What nothing there
notices meets the program's own tests. Scenes and tests count only where the program passes them as it is.

Survivors that change nothing anybody could see are explained one by one in tests/scripts/mutate_recount/explained.json; an explanation
whose mutant is no longer there, or is killed, is wrong. To try the explained ones on all tests takes half as long as all others do:
`--doubt` does it, and a run over all mutants; a sample tries them on the scenes alone. Mutants are drawn by a hash of their names, so
that a change of one source changes little of the sample. What noticed a mutant before is tried first (tests/scripts/mutate_recount/
noticed.json, which `--learn` keeps up). One JSON line at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scripts.mutate_recount.explained import explanations, without_mutant
from scripts.mutate_recount.hints import hints, keep
from scripts.mutate_recount.judging import Verdict, judge_all
from scripts.mutate_recount.mutant import Mutant
from scripts.mutate_recount.programs import PROGRAMS, Program, drawn
from scripts.mutate_recount.python_killing import ROOT
from scripts.mutate_recount.stage import built

WORKERS = 2
#: Of a hundred mutants so many must be killed; a sample of fewer is too small to ask it.
WANTED_OF_100 = 95
LEAST_SAMPLE = 200
say = Console(stderr=True, highlight=False)


@dataclass
class Figures:
    """What was found; `explained` gives the reasons by name."""

    explained: dict[str, str]
    possible: int = 0
    without_mutant: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)
    explained_but_killed: list[str] = field(default_factory=list)
    noticed: dict[str, str] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """One mutant, judged."""
        name = verdict.mutant.name
        self.counts["mutants"] += 1
        self.counts["checks"] += verdict.mutant.is_check
        if verdict.noticed_by:
            self.counts["killed"] += 1
            self.noticed[name] = verdict.noticed_by
            if name in self.explained:
                self.explained_but_killed.append(name)
        elif name in self.explained:
            self.counts["explained"] += 1
        else:
            self.unexplained.append(name)

    @property
    def is_enough(self) -> bool:
        """Whether every survivor is explained, no explanation is wrong, and enough are killed."""
        mutants, killed = self.counts["mutants"], self.counts["killed"]
        wanted = WANTED_OF_100 if mutants >= LEAST_SAMPLE else 0
        is_wrong = self.unexplained or self.explained_but_killed or self.without_mutant
        return mutants > 0 and 100 * killed >= wanted * mutants and not is_wrong

    def line(self) -> dict[str, int]:
        """Counts alone."""
        names = ("mutants", "killed", "explained", "checks")
        return {name: self.counts[name] for name in names} | {
            "unexplained": len(self.unexplained),
            "explained_but_killed": len(self.explained_but_killed),
            "explained_without_mutant": len(self.without_mutant),
            "possible": self.possible,
        }


def sample(figures: Figures, count: int, seed: int, match: str) -> list[tuple[Program, Mutant]]:
    """So many mutants of each program as its share is (0: all), in an order that the seed gives."""

    def rank(name: str) -> bytes:
        return sha256(f"{seed}/{name}".encode()).digest()

    chosen: list[tuple[Program, Mutant]] = []
    names: list[str] = []
    for program in PROGRAMS:
        mutants = list(program.mutants(ROOT))
        names += [one.name for one in mutants]
        mutants = [one for one in mutants if match in one.name]
        wanted = -(-count * program.share_percent // 100) if count else len(mutants)
        chosen += [(program, one) for one in drawn(mutants, wanted, rank)]
    figures.possible, figures.without_mutant = len(names), without_mutant(figures.explained, names)
    return sorted(chosen, key=lambda one: rank(f"in turns/{one[1].name}"))


def judge(work: Sequence[tuple[Program, Mutant]], figures: Figures, told: Path | None, trusted: frozenset[str]) -> None:
    """All of them, with their progress."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=say) as progress, tempfile.TemporaryDirectory() as name:
        task = progress.add_task("scenes", total=len(work))

        def heard(verdict: Verdict) -> None:
            figures.add(verdict)
            if told is not None:
                with told.open("a") as lines:
                    lines.write(json.dumps([verdict.mutant.name, verdict.noticed_by, round(verdict.seconds, 1)], ensure_ascii=False) + "\n")
            if not verdict.noticed_by:
                how = "explained" if verdict.mutant.name in figures.explained else "ALIVE"
                progress.console.print(f"{how}: {verdict.mutant.name}", markup=False, soft_wrap=True)
            progress.update(task, advance=1, description=f"mutants, {figures.counts['killed']} killed")

        with built(Path(name), WORKERS) as stage:
            progress.update(task, description="without a change")
            judge_all(work, stage, heard, trusted, hints(ROOT))


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge a sample (or all); 0 when every survivor is explained, no explanation is wrong, and at least 95 in 100 were killed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutate_recount", description="Changes the recounts and sees who notices.")
    parser.add_argument("--mutants", type=int, default=240, help="how many to draw; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--match", default="", help="only those whose name holds this, such as verifier/tally/steps")
    parser.add_argument("--doubt", action="store_true", help="try explained mutants on the tests as well")
    parser.add_argument("--told", type=Path, metavar="FILE", help="write each verdict and its seconds into this file as well")
    parser.add_argument("--learn", action="store_true", help="keep which test noticed which mutant, so that the next run tries it first")
    given = parser.parse_args(arguments)
    figures = Figures(explanations(ROOT))
    try:
        work = sample(figures, given.mutants, given.seed, given.match)
        doubts = given.doubt or given.mutants == 0
        judge(work, figures, given.told, frozenset() if doubts else frozenset(figures.explained))
    finally:
        if given.learn:
            keep(ROOT, figures.noticed)
        wrong = {"unexplained": figures.unexplained, "explained, but killed": figures.explained_but_killed}
        for what, names in {**wrong, "explained, but not there": figures.without_mutant}.items():
            for name in names:
                say.print(f"{what}: {name}", markup=False, soft_wrap=True)
        print(json.dumps(figures.line() | {"seed": given.seed}))
    return 0 if figures.is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
