"""What a mutant is tried on, and in which order, so that most are noticed at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.mutate_recount.mutant import Mutant

if TYPE_CHECKING:  # mutants must be put in place before a recount is loaded
    from scripts.tampers.scenes import Scene

#: Nothing noticed.
NOTHING = -1
#: One scene takes a twentieth of a second; a tool that needs so long for one hangs, which is noticed.
SECONDS = 40
#: A word that one test alone has weighs so much: more than the place of a test among the others.
ONE = 1000
_WORD = re.compile("[A-Z]?[a-z]{3,}|[A-Z]{4,}")


@dataclass(frozen=True)
class Trial:
    """A scene as a mutant is tried on it: arguments, the verdict that is due, and the finding that has to be named."""

    arguments: list[str]
    verdict: str
    finding: str


def trials(scenes: Sequence[Scene]) -> list[Trial]:
    """Scenes without what people call them."""
    return [Trial(scene.arguments, scene.verdict, scene.finding) for scene in scenes]


class Order:
    """Numbers of what mutants are tried on. What noticed other changes of the same function comes first, then what noticed those of the
    same file, then by the rank that is given: lower first."""

    def __init__(self, count: int, rank: Callable[[Mutant, int], int] = lambda _, number: number) -> None:
        self._count, self._rank = count, rank
        self._noticed: Counter[tuple[str, int]] = Counter()

    def of(self, mutant: Mutant) -> list[int]:
        """All numbers, in the order for this mutant."""
        noticed = self._noticed
        return sorted(
            range(self._count), key=lambda one: (-noticed[mutant.owner, one], -noticed[mutant.path, one], self._rank(mutant, one))
        )

    def learn(self, mutant: Mutant, number: int) -> None:
        """This one noticed the mutant."""
        self._noticed[mutant.owner, number] += 1
        self._noticed[mutant.path, number] += 1


def by_findings(root: Path, stage: Sequence[Trial]) -> Callable[[Mutant, int], int]:
    """One honest scene first, which most changes of arithmetic break, then lies whose finding the mutant's file names, then all others."""
    texts: dict[str, str] = {}

    def rank(mutant: Mutant, number: int) -> int:
        text = texts.setdefault(mutant.path, (root / mutant.path).read_text("utf-8"))
        finding = stage[number].finding
        is_early = number == 0 or (finding != "" and f'"{finding}"' in text)
        return number if is_early else number + len(stage)

    return rank


def by_words(root: Path, tests: Sequence[str]) -> Callable[[Mutant, int], int]:
    """Vectors first, which are quick; then the tests that speak of what the mutant's name speaks of, by words that few tests have."""
    texts = [_words((root / test.split()[0]).read_text("utf-8")) for test in tests]
    tests_with = Counter(word for text in texts for word in text)

    def rank(mutant: Mutant, number: int) -> int:
        if "vectors" in tests[number]:
            return number - ONE * len(tests)
        shared = (word for word in _words(mutant.name) & texts[number] if tests_with[word] < len(tests))
        return number - sum(ONE // tests_with[word] for word in shared)

    return rank


def _words(text: str) -> set[str]:
    """Words of four letters and more, also of names_in_parts and namesInParts."""
    return {word.lower() for word in _WORD.findall(text)}
