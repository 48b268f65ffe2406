"""Runs the trials of liveness on several processes and counts them; a bar on stderr says how far it is."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from verifier.face.decision import Way
from verifier.face.lab.bounds import upper95
from verifier.face.lab.liveness_evaluation import SPECIES, Trials, rows_of
from verifier.face.lab.turned_heads import turned_heads

GENUINE = "genuine"
_room: dict[str, Trials] = {}


def run_trials(
    folder: Path, half: str | None, attacks: int, workers: int, *, quiet: bool, way: Way = "dlib", willing: int = 0
) -> dict[str, Any]:
    """Figures of scripted genuine sessions (`willing` of them; 0: as many as attacks) and of every species, never pooled.

    Raises: ValueError.
    """
    if attacks < 1 or workers < 1:
        raise ValueError("at least one attack and one worker are needed")
    seated, willing = Trials(folder, half, way), willing or attacks
    facts = {"people": len({one.person for one in seated.sittings}), "photos": len(seated.sittings), "half": half or "all"}
    jobs = [(name, number) for name in (GENUINE, *SPECIES) for number in range(willing if name == GENUINE else attacks)]
    accepted: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    bar = Progress(console=Console(stderr=True), disable=quiet)
    with multiprocessing.get_context("spawn").Pool(workers, _prepare, (folder, half, way)) as pool, bar:
        task = bar.add_task("sessions", total=len(jobs))
        for name, passed, why in pool.imap_unordered(_play, jobs, chunksize=5):
            accepted[name] += passed
            refusals.update([why] if why else [])
            bar.advance(task)
    species = {
        name: {"attacks": attacks, "accepted": accepted[name], "upper95": round(upper95(accepted[name], attacks), 4)} for name in SPECIES
    }
    refused = willing - accepted[GENUINE]
    bpcer = {"bpcer": round(refused / willing, 4), "bpcer_upper95": round(upper95(refused, willing), 4), "genuine": willing}
    turns = turned_heads(rows_of(folder, half), seated.frames, seated.bounds)
    return {"species": species, **bpcer, "refusals": dict(refusals), "real_turns": turns, **facts}


def _prepare(folder: Path, half: str | None, way: Way) -> None:
    _room["trials"] = Trials(folder, half, way)


def _play(job: tuple[str, int]) -> tuple[str, bool, str]:
    name, number = job
    if name == GENUINE:
        why = _room["trials"].genuine(number)
        return name, not why, why
    return name, _room["trials"].attack(name, number), ""
