"""A broken rule of a claims file; rules go by the names that the protocol's vectors use."""

from __future__ import annotations


class RuleBroken(Exception):
    """One cell or row breaks a rule; `facts` are what its sentence speaks of."""

    def __init__(self, rule: str, **facts: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts = facts


class FileRefused(Exception):
    """The file as a whole cannot be read as a register."""

    def __init__(self, rule: str, **facts: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts = facts
