"""The four programs that are changed, and the tests that know each beside the stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from scripts.mutate_recount import python_changes, script_changes
from scripts.mutate_recount.mutant import Mutant


@dataclass(frozen=True)
class Program:
    """A recount: its folder, its sources, how many of a hundred mutants are of it, whether it is tried on the stage, its tests.

    `left_out` are files and folders in which nothing is checked: words for people, what runs tests.
    """

    folder: str
    ending: str
    share_percent: int
    has_stage: bool
    left_out: frozenset[str]
    tests: tuple[str, ...]

    def sources(self, root: Path) -> list[str]:
        """Paths of all files that are changed."""
        found = (path.relative_to(root).as_posix() for path in sorted((root / self.folder).rglob(f"*{self.ending}")))
        return [path for path in found if not path.removeprefix(f"{self.folder}/").startswith(tuple(self.left_out))]

    def mutants(self, root: Path) -> Iterator[Mutant]:
        """All that there are."""
        if self.ending == ".mjs":
            return script_changes.mutants_of(root, self.sources(root))
        return chain.from_iterable(python_changes.mutants_of(root, path) for path in self.sources(root))


def _files(folder: str, names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/test_{name}.py" for name in names.split())


FIRST = Program(
    "verifier/tally",
    ".py",
    35,
    True,
    frozenset({"__init__.py", "progress.py", "scenes.py"}),
    _files(
        "tests/verifier/tally",
        "vectors strictness issuer_log rlp agrees own_receipts unusual_votes rude_node lying_node parts evidence"
        " archives lies_beyond blocked seal_vectors sealed kaia kaia_node successions succession_vote",
    )
    + _files("tests/verifier/second", "sentences"),
)
SECOND = Program(
    "verifier/second",
    ".mjs",
    35,
    True,
    frozenset(
        {
            "vectors.mjs",
            "vectors/",
            "scenes.mjs",
        }
    ),
    _files(
        "tests/verifier/second",
        "vectors strictness command own_receipts forged archives sentences unusual_votes "
        "protocol_1 later_releases live rude_node cancelled ranges",
    )
    + _files("tests/verifier/tally", "sealed"),
)
REGISTER = Program(
    "verifier/register",
    ".py",
    20,
    False,
    frozenset({"__init__.py", "sentences.py"}),
    _files(
        "tests/verifier/register",
        "vectors text_files import_vectors act openings command workbooks findings numbers number_formats markup unseen"
        " same_as_service ranges",
    ),
)
#: Range proofs, which the first recount and the officials' tool both check with.
RANGES = Program(
    "verifier/ranges",
    ".py",
    10,
    False,
    frozenset({"__init__.py", "proving.py"}),
    _files("tests/verifier/ranges", "vectors soundness"),
)
PROGRAMS = (FIRST, SECOND, REGISTER, RANGES)


def drawn(mutants: Iterable[Mutant], count: int, rank: Callable[[str], bytes]) -> list[Mutant]:
    """So many by rank, three quarters of them checks that are taken out, as long as there are any: without one a lie passes."""
    ranked = sorted(mutants, key=lambda one: rank(one.name))
    checks = [one for one in ranked if one.is_check][: (3 * count + 3) // 4]
    taken = {one.name for one in checks}
    return checks + [one for one in ranked if one.name not in taken][: count - len(checks)]
