"""A recount by the arguments of the command, for whoever runs many of them in one process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.tally.__main__ import options_of, parsed
from verifier.tally.chain.archive import recount_bundle
from verifier.tally.progress import Progress
from verifier.tally.report import verdict
from verifier.tally.steps import STEPS


@dataclass(frozen=True)
class Judged:
    """What a recount said: its verdict, the names of its findings and of void papers."""

    verdict: str
    names: list[str]
    void: list[str]


def judged(folder: Path, arguments: Sequence[str]) -> Judged:
    """The recount of a bundle; names of files are relative to the folder."""
    parser, given = parsed([str(folder / one) if (folder / one).is_file() else one for one in arguments])
    work = recount_bundle(given.evidence, options_of(parser, given), progress=Progress(quiet=True), steps=STEPS, told=lambda _: None)
    return Judged(verdict(work), sorted({one.name for one in work.findings}), sorted({one.name for one in work.void}))
