"""A mutant: one file of a recount with one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Mutant:
    """The name tells file, function and change, not the line, so that it lasts; `made` gives the file's new text."""

    path: str
    name: str
    is_check: bool
    made: Callable[[], str]

    @property
    def owner(self) -> str:
        """File and function."""
        return ": ".join(self.name.split(": ")[:2])

    @property
    def changed(self) -> Changed:
        """The file as it is tried."""
        return Changed(self.path, self.made())


class Changed(NamedTuple):
    """A file with another text."""

    path: str
    text: str
