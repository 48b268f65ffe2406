"""Why nothing could be compared: the tool ends with status 2."""

from __future__ import annotations


class NotCompared(Exception):
    """A branch; `facts` are what the sentence speaks of."""

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts


class OpeningsUnreadable(NotCompared):
    """Not an openings file, or one that was cut."""


class OpeningsTooLarge(NotCompared):
    """Larger than the openings of the largest register."""


class OpeningsNotOpened(NotCompared):
    """Another password, or a changed file: nobody can tell which."""


class ActUnreadable(NotCompared):
    """Not the JSON of an act."""


class CalledWrongly(NotCompared):
    """Options that do not go together, or values in another form."""


class FileNotRead(NotCompared):
    """A file is not there or cannot be read."""


class TooLittleMemory(NotCompared):
    """The files ask for more memory than the tool takes."""
