"""What may happen to the validators of four organisations, and to whoever asks them."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.consortium.stage import ConsortiumStage
from scripts.consortium.story import ENGINE
from scripts.consortium.validator import Validator
from scripts.faults.between import GOOD, LYING, STALE
from scripts.faults.closing import CUTOFF_SECONDS
from scripts.faults.conditions import await_ready
from scripts.faults.nodes import left_out, refuse_receipts
from scripts.faults.stage import Outcome

FOLDER = Path("var/consortium-faults")
WINDOW_SECONDS = 600
WATCHED_SECONDS, HALTED_SECONDS, BAD_SECONDS, HUNG_SECONDS = 14.0, 8.0, 12.0, 15.0
BACK_SECONDS = 120.0
CLOCK_SECONDS = 60
say = Console(stderr=True)
Harm = Callable[[ConsortiumStage], float]


def one_killed(choose: Callable[[ConsortiumStage], Validator]) -> Harm:
    """SIGKILL to one validator: the others go on; it comes back and catches up."""

    def happen(stage: ConsortiumStage) -> float:
        victim, height = choose(stage), stage.network.height()
        victim.kill()
        stage.figures.worst("pause_after_kill_s", stage.longest_pause(height, WATCHED_SECONDS))
        stage.restart(victim)
        stage.figures.worst("catch_up_s", stage.network.await_equal(BACK_SECONDS, stage.network.height()))
        return time.monotonic()

    return happen


def proposer(stage: ConsortiumStage) -> Validator:
    """Whose turn it is."""
    return stage.network.proposer()


def no_proposer(stage: ConsortiumStage) -> Validator:
    """Somebody else."""
    return next(one for one in stage.network.validators[1:] if one is not stage.network.proposer())


def two_killed(stage: ConsortiumStage) -> float:
    """Two of four gone: no block, 503, no receipts; both come back."""
    victims, height = stage.network.validators[:2], stage.network.height()
    for one in victims:
        one.kill()
    halted(stage)
    if stage.network.height() > height + 1:
        raise AssertionError("two of four validators made blocks")
    began = time.monotonic()
    stage.restart(victims[0])
    stage.network.await_block(stage.network.height() + 1, BACK_SECONDS)
    stage.figures.worst("quorum_back_to_block_s", time.monotonic() - began)
    stage.restart(victims[1])
    stage.figures.worst("catch_up_s", stage.network.await_equal(BACK_SECONDS, stage.network.height()))
    return time.monotonic()


def halted(stage: ConsortiumStage) -> None:
    """The service says so, and gives no receipt from then on."""
    await_ready(stage, wanted=503, seconds=40)
    time.sleep(5)  # what was being answered just now
    before = stage.receipts_now()
    refuse_receipts(stage)
    time.sleep(HALTED_SECONDS)
    stage.figures.receipted_5s_after_halt += stage.receipts_now() - before


def all_killed(stage: ConsortiumStage) -> float:
    """SIGKILL to all four in the middle of the vote: no block that any of them had is lost."""
    heads = stage.network.heads()
    best = max(heads, key=lambda one: one.number)
    for one in stage.network.validators:
        one.kill()
    began = time.monotonic()
    stage.restart(*stage.network.validators)
    stage.network.await_block(best.number + 1, BACK_SECONDS)
    stage.figures.worst("back_after_all_killed_s", time.monotonic() - began)
    stage.network.await_equal(BACK_SECONDS, best.number)
    if {one.node.hash_of(best.number) for one in stage.network.validators} != {best.hash}:
        stage.figures.height_lost += 1
        raise AssertionError(f"block {best.number} is another one now")
    return time.monotonic()


def hung(stage: ConsortiumStage) -> float:
    """The proposer's machine stands still for a while, connections open."""
    victim, height = proposer(stage), stage.network.height()
    if victim is stage.network.validators[-1]:  # whom this watcher asks
        victim = stage.network.validators[1]
    victim.pause()
    try:
        stage.longest_pause(height, HUNG_SECONDS)
    finally:
        victim.go_on()
    stage.figures.worst("hung_catch_up_s", stage.network.await_equal(BACK_SECONDS, stage.network.height()))
    return time.monotonic()


def asked_first(mode: str) -> Harm:
    """The node asked first goes bad: it alone is left out."""

    def happen(stage: ConsortiumStage) -> float:
        line = stage.consortium.line
        line.mode = mode
        try:
            time.sleep(BAD_SECONDS)  # the fault's own length
            await_ready(stage, wanted=200, seconds=10)
            if (out := left_out(stage)) != {stage.network.validators[0].name}:
                raise AssertionError(f"left out: {sorted(out)}")
        finally:
            line.mode = GOOD
        return time.monotonic()

    return happen


def old_copy(stage: ConsortiumStage) -> float:
    """A node restored from a copy that was made before the vote."""
    victim = stage.network.validators[1]
    victim.kill()
    shutil.rmtree(victim.data)
    shutil.copytree(victim.place.folder / "old-copy", victim.data)
    stage.restart(victim)
    stage.figures.worst("catch_up_s", stage.network.await_equal(BACK_SECONDS, stage.network.height()))
    return time.monotonic()


def wrong_clock(stage: ConsortiumStage) -> float:
    """A validator whose clock is far behind: to it all blocks come from the future. The others go on; put right it catches up."""
    victim, height = no_proposer(stage), stage.network.height()
    victim.stop()
    victim.clock_seconds = -CLOCK_SECONDS
    stage.restart(victim)
    stage.longest_pause(height, WATCHED_SECONDS)
    if stage.network.height() < height + 3:
        raise AssertionError("the others did not go on")
    victim.stop()
    victim.clock_seconds = 0
    stage.restart(victim)
    stage.figures.worst("catch_up_s", stage.network.await_equal(BACK_SECONDS, stage.network.height()))
    return time.monotonic()


def no_disk(stage: ConsortiumStage) -> float:
    """A validator that can write no more: the others go on; it comes back when there is room."""
    victim, height = no_proposer(stage), stage.network.height()
    subprocess.run(["prlimit", "--pid", str(victim.pid), "--fsize=0:0"], check=True)
    stage.longest_pause(height, WATCHED_SECONDS)
    if stage.network.height() < height + 3:
        raise AssertionError("the others did not go on")
    victim.kill()
    stage.restart(victim)
    stage.figures.worst("catch_up_s", stage.network.await_equal(BACK_SECONDS, stage.network.height()))
    return time.monotonic()


def cut_across_the_close(stage: ConsortiumStage) -> float:
    """Two and two hear nothing of each other from the last seconds of intake until after the close."""
    stage.may_miss = True
    time.sleep(max(0.0, stage.intake_seconds_left() - 8))
    halves = {one.name for one in stage.network.validators[:2]}
    height = stage.network.height()
    stage.network.part(halves)
    try:
        await_ready(stage, wanted=503, seconds=40)
        time.sleep(max(0.0, stage.intake_seconds_left() + CUTOFF_SECONDS + 2))
        refuse_receipts(stage)
        if stage.network.height() > height + 1:
            raise AssertionError("two of four validators made blocks")
    finally:
        stage.network.join()
    began = time.monotonic()
    stage.network.await_block(stage.network.height() + 1, BACK_SECONDS)
    stage.figures.worst("quorum_back_to_block_s", time.monotonic() - began)
    stage.await_close(90)
    return time.monotonic()


FAULTS: dict[str, Harm] = {
    "proposer killed": one_killed(proposer),
    "another validator killed": one_killed(no_proposer),
    "two of four killed": two_killed,
    "all killed in mid-vote": all_killed,
    "proposer's machine hung": hung,
    "stale node asked first": asked_first(STALE),
    "lying node asked first": asked_first(LYING),
    "node restored from an old copy": old_copy,
    "validator without disk": no_disk,
    "validator whose clock is behind": wrong_clock,
    "cut two and two across the close": cut_across_the_close,
}
AT_THE_CLOSE = "cut two and two across the close"


def run(folder: Path = FOLDER, window_seconds: int = WINDOW_SECONDS) -> int:
    """All of them on one poll; 0 when all were survived. The last line is JSON."""
    began = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    outcomes: dict[str, Outcome] = {}
    with closing(ConsortiumStage(folder, window_seconds)) as stage:
        stage.open()
        for name, harm in FAULTS.items():
            stage.is_closing = name == AT_THE_CLOSE
            outcomes[name] = suffered(stage, name, harm)
        line = last_line(outcomes, stage, time.monotonic() - began)
    print(json.dumps(line))
    return 0 if line["survived"] == line["faults"] else 1


def suffered(stage: ConsortiumStage, name: str, harm: Harm) -> Outcome:
    """One fault, and what it came to."""
    began = time.monotonic()

    def happen(_: Any) -> float:
        return harm(stage)

    outcome = stage.suffer(happen, seed=1)
    mark = "[green]ok[/green]  " if outcome.survived else "[red]FAIL[/red]"
    say.print(f"{mark} {name} ({time.monotonic() - began:.0f} s): {outcome}", highlight=False, soft_wrap=True)
    return outcome


def last_line(outcomes: dict[str, Outcome], stage: ConsortiumStage, seconds: float) -> dict[str, Any]:
    """What the run comes to."""
    found = list(outcomes.values())
    return {
        "engine": ENGINE,
        "faults": len(found),
        "survived": sum(one.survived for one in found),
        "receipts": sum(one.receipts for one in found),
        "lost": sum(one.lost for one in found),
        "doubled": sum(one.doubled for one in found),
        "false_receipts": sum(one.false_receipts for one in found),
        "missed_unnamed": sum(one.missed for one in found if not one.may_miss),
        **asdict(stage.figures),
        "failed": sorted(name for name, one in outcomes.items() if not one.survived),
        "seconds": round(seconds, 1),
    }
