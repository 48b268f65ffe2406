"""Attacks by a forged evidence bundle, judged by both recounts as an auditor runs them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from scripts.attacks.kinds import Attack, Patch, Run, Told
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.catalogue import LIES, VOID
from scripts.tampers.lies.kinds import Brought, Lie
from scripts.tampers.recounts import FIRST, SECOND, Said, ask

RECOUNTS = {"recount": FIRST, "second recount": SECOND}


def lie(kind: str, name: str) -> Lie:
    """One of the catalogue of tampers, by its name."""
    (found,) = [one for one in (*LIES, *VOID) if (one.kind, one.name) == (kind, name)]
    return found


def agrees(one: Said) -> str:
    """Nothing where a recount agrees with the forged bundle, else the findings by which it does not."""
    return "" if one.verdict == "agrees" else " ".join(sorted(one.names)) or one.verdict


def stands(one: Said) -> str:
    """Nothing where a right poll was made to look wrong; else the verdict, which stays right."""
    return one.verdict if one.verdict in ("agrees", "agrees, papers void") else ""


def written(told: Lie, folder: Path) -> list[str]:
    """The bundle and what is brought to it; arguments of a recount."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name that stands twice is one of the lies
        brought: Brought = told.write(folder / "bundle.zip")
    arguments = ["--evidence", "bundle.zip"]
    for place, (option, content) in enumerate(brought.files.items()):
        (folder / f"brought-{place}").write_bytes(content)
        arguments += [option, f"brought-{place}"]
    for option, value in brought.options.items():
        arguments += [option, value]
    return arguments


def judged_by_recounts(arguments: list[str], folder: Path, stops: Callable[[Said], str] = agrees) -> Told:
    """What both recounts make of it."""
    names = {judge: stops(ask(tool, arguments, folder)) for judge, tool in RECOUNTS.items()}
    return Told(tuple(judge for judge, by in names.items() if not by), {judge: by for judge, by in names.items() if by})


def bundle(told: Lie, stops: Callable[[Said], str] = agrees) -> Run:
    """The attack: bring this bundle to the recounts."""
    return lambda folder: judged_by_recounts(written(told, folder), folder, stops)


def told_lie(name: str, patches: tuple[Patch, ...], kind: str, who: str, quick: bool = False) -> Attack:
    """The attack by a lie of the catalogue, under the lie's own name."""
    return Attack(name, who, bundle(lie(kind, name)), patches, quick)


def forged(name: str, finding: str, before: Callable[[ForgedVote], None]) -> Lie:
    """A bundle of a vote that is forged so."""
    return Lie("attack", name, finding, before=before)
