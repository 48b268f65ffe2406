"""Has faults happen, one after the other, each on the installation it wants; what breaks on the way is an outcome, too."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console

from scripts.faults.closing import ClosingStage
from scripts.faults.on_postgresql import faults_of
from scripts.faults.plan import Ground, Planned
from scripts.faults.quiet import QuietStack
from scripts.faults.sealed.after import CLOSED, field_key_lost
from scripts.faults.sealed.before import CLOSING
from scripts.faults.sealed.places import PLACES
from scripts.faults.sealed.stage import SealedStage
from scripts.faults.stage import Fault, Outcome, Stage
from scripts.rig.postgresql import PostgreSQLMissing, PrivatePostgreSQL

DATA_DIR = Path("var/faults")
#: From seed to seed so many places on, to one of another kind; 20 seeds come to every place.
A_STEP = 7
say = Console(stderr=True)
Found = dict[str, list[Outcome]]


def run_lane(planned: Sequence[Planned], seeds: int | None, data_dir: Path) -> Found:
    """Every fault of a lane with every seed; `seeds` None: as many as each wants."""
    found: Found = defaultdict(list)
    for ground in Ground:
        faults = [one for one in planned if one.ground is ground]
        if not faults:
            continue
        times = seeds if seeds is not None else faults[0].seeds
        folder = data_dir / ground.replace(" ", "_")
        if ground is Ground.POSTGRESQL:
            _on_postgresql(faults, times, folder, found)
        elif ground is Ground.SEALED:
            _on_sealed(faults, times, folder, found, all_places=seeds is None)
        elif ground in (Ground.CLOSING, Ground.QUIET_CLOSING):
            _each_on_its_own(faults, times, folder, found)
        else:
            _on_one(functools.partial(_open, ground, folder), _acts(faults), range(1, times + 1), found)
    return dict(found)


def _open(ground: Ground, folder: Path) -> Stage:
    quiet = QuietStack(folder) if ground in (Ground.QUIET, Ground.QUIET_CLOSING) else None
    return ClosingStage(folder, quiet) if ground in (Ground.CLOSING, Ground.QUIET_CLOSING) else Stage(folder, stack=quiet)


def _acts(faults: Sequence[Planned]) -> dict[str, Fault]:
    return {one.name: one.act for one in faults if one.act is not None}


def _each_on_its_own(faults: Sequence[Planned], times: int, folder: Path, found: Found) -> None:
    for one in faults:
        for seed in range(1, times + 1):
            place = folder / f"{one.name.replace(' ', '_')}_{seed}"
            _on_one(functools.partial(_open, one.ground, place), _acts([one]), [seed], found)


def _on_postgresql(faults: Sequence[Planned], times: int, folder: Path, found: Found) -> None:
    """The database's faults; none where PostgreSQL is missing."""
    try:
        server = PrivatePostgreSQL()
    except PostgreSQLMissing as error:
        say.print(f"left out: {', '.join(one.name for one in faults)}: {error}")
        return
    with server:
        acts = {name: act for name, act in faults_of(server).items() if name in {one.name for one in faults}}
        _on_one(lambda: Stage(folder, server.url_for(folder)), acts, range(1, times + 1), found)


def _on_sealed(faults: Sequence[Planned], times: int, folder: Path, found: Found, *, all_places: bool) -> None:
    """One sealed poll for each seed. Together they kill the count at every place, or each at one where `times` was asked for."""
    acts = _acts(faults)
    for seed in range(1, times + 1):
        places = PLACES[seed - 1 :: times] if all_places else (PLACES[seed * A_STEP % len(PLACES)],)
        stage = functools.partial(SealedStage, folder / f"seed_{seed}", places, with_escrow=field_key_lost in acts.values())
        _on_one(stage, acts, [seed], found)


def _on_one(make: Callable[[], Stage], acts: dict[str, Fault], seeds: Sequence[int], found: Found) -> None:
    """All these faults on one installation. When that breaks, what did not happen any more is said and counts as not survived."""
    try:
        with closing(make()) as stage:
            stage.open()
            for seed in seeds:
                for name, act in acts.items():
                    found[name].append(_suffered(stage, name, act, seed))
    except Exception as error:
        say.print(f"[red]FAIL[/red] the installation broke: {type(error).__name__}: {error}", highlight=False)
        for name in acts:
            broke = f"the installation broke: {type(error).__name__}: {error}"[-1500:]
            found[name].append(Outcome(0, 0, 0, 0, 0, -1.0, 0, faults=[broke]))


def _suffered(stage: Stage, name: str, act: Fault, seed: int) -> Outcome:
    began = time.monotonic()
    outcome = _way_of(stage, name)(act, seed)
    outcome.plain_start_s = round(stage.start_s, 1)
    mark = "[green]ok[/green]  " if outcome.survived else "[red]FAIL[/red]"
    say.print(f"{mark} {name} (seed {seed}, {time.monotonic() - began:.0f} s): {outcome}", highlight=False, soft_wrap=True)
    return outcome


def _way_of(stage: Stage, name: str) -> Callable[[Fault, int], Outcome]:
    """Faults of a sealed poll have their time."""
    if isinstance(stage, SealedStage) and name in CLOSING:
        return stage.suffer_around_the_close
    return stage.suffer_after if isinstance(stage, SealedStage) and name in CLOSED else stage.suffer
