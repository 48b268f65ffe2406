"""What an attack is, what takes its mend out, and what a run of it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Patch:
    """A text in a source file, which must stand there exactly once, and what stands there when the mend is off."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """How an attack ended: who let it pass, and who stopped or named it, with the rule or finding by which they did."""

    passed: tuple[str, ...] = ()
    stopped: Mapping[str, str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Nobody who judges it noticed."""
        return not self.stopped

    @property
    def failed(self) -> bool:
        """Everybody who judges it noticed."""
        return bool(self.stopped) and not self.passed


#: Does the attack in the tree that the program stands in; the folder is empty and its own.
Run = Callable[[Path], Told]


@dataclass(frozen=True)
class Attack:
    """An attack by name; `who` makes it, `patches` take its mend out of a copy of the sources."""

    name: str
    who: str
    run: Run
    patches: tuple[Patch, ...]
    is_quick: bool = False


@dataclass(frozen=True)
class Left:
    """An attack that the system does not stop by itself; `row` stands in docs/threat-model.md word for word."""

    name: str
    reason: str
    row: str


def passed(*judges: str) -> Told:
    """It worked."""
    return Told(passed=judges)


def stopped(judge: str, by: str) -> Told:
    """Somebody refused or named it."""
    return Told(stopped={judge: by})


def judged(judge: str, by: str) -> Told:
    """Stopped by that rule, or passed where there is none."""
    return stopped(judge, by) if by else passed(judge)
