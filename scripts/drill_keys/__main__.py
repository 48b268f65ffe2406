"""`python -m scripts.drill_keys` (make drill-keys): every subset of 2 of 3 and 3 of 6 trustees opens or is refused. The last line is JSON.

Files alone, by the trustee's own tool: a poll's key is made and opened, and so are the sealed openings of an invented register. Then a
small poll on a real chain loses its backend's database after the close, and has to come to the result that the backend came to.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

from scripts.drill_keys import lost_database
from scripts.drill_keys.openings import Openings
from scripts.drill_keys.poll_key import PollKey

SCHEMES = ((2, 3), (3, 6))


@dataclass
class Figures:
    """Subsets tried; `wrong` counts those that opened and should not have, were refused and should not, or gave something else."""

    cases: int = 0
    opened: int = 0
    refused: int = 0
    openings_opened: int = 0
    openings_refused: int = 0
    wrong: int = 0
    database_deleted: bool = False
    same_result: bool = False
    seconds: float = 0.0


def drill(folder: Path, figures: Figures, threshold: int, seats: int) -> None:
    """One scheme, all its subsets. Raises: StepFailed where an honest step is refused."""
    key, openings = PollKey(folder / "key", threshold, seats), Openings(folder / "openings", threshold, seats)
    key.make()
    key.shares()
    openings.make()
    openings.hand_in()
    secrets, expected = set(), openings.expected()
    for size in range(seats + 1):
        for chosen in combinations(range(seats), size):
            secret, sums = key.secret_of(chosen), openings.sums_of(chosen)
            figures.cases += 1
            figures.opened += bool(secret)
            figures.refused += not secret
            figures.openings_opened += sums == expected
            figures.openings_refused += not sums
            figures.wrong += bool(secret) is not (size >= threshold) or (sums == expected) is not (size >= threshold)
            secrets |= {secret} - {""}
    figures.wrong += len(secrets) != 1


def lose_database(folder: Path, figures: Figures) -> None:
    """The poll that loses it. Raises: what a step that fails raises."""
    folder.mkdir()
    told = lost_database.drill(folder)
    figures.database_deleted, figures.same_result = told.database_deleted, told.same_result


def main() -> int:
    """Drill both schemes and the lost database; returns 0 when nothing was wrong."""
    figures, began = Figures(), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        for threshold, seats in SCHEMES:
            print(f"{threshold} of {seats} …", file=sys.stderr)
            folder = Path(name) / f"{threshold}-of-{seats}"
            folder.mkdir()
            drill(folder, figures, threshold, seats)
        print("a poll without its database …", file=sys.stderr)
        lose_database(Path(name) / "lost", figures)
    figures.seconds = round(time.monotonic() - began, 1)
    print(json.dumps(asdict(figures)))
    return 0 if figures.wrong == 0 and figures.database_deleted and figures.same_result else 1


if __name__ == "__main__":
    sys.exit(main())
