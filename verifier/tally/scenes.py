"""A recount by the arguments of the command, for whoever runs many of them in one process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.tally.__main__ import options_of, parsed, recount
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
    """The recount of a bundle, or of a poll at a node; names of files are relative to the folder."""
    parser, given = parsed([str(folder / one) if not one.startswith("--") and (folder / one).exists() else one for one in arguments])
    options, progress = options_of(parser, given), Progress(quiet=True)
    if given.evidence:
        work = recount_bundle(given.evidence, options, progress=progress, steps=STEPS, told=lambda _: None)
    else:
        work = recount(given.rpc, given.published, options, progress=progress)
    return Judged(verdict(work), sorted({one.name for one in work.findings}), sorted({one.name for one in work.void}))
