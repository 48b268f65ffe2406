"""A claims file of invented lenders, the same for the same seed.

Nobody real is hit: region codes begin with 999, which no region has, and phones with 120, which no network has; check digits are right.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from backend.case.register.columns import COLUMNS
from scripts.generate.lenders import GeneratedLender, make_lenders
from scripts.generate.mistakes import PlantedMistake, plant_mistakes

Row = list[str]
say = Console(stderr=True)


def generate(
    lenders: int,
    seed: int,
    out: Path,
    file_format: str = "csv",
    *,
    classes: int = 1,
    mistakes: bool = False,
) -> tuple[Path, list[str]]:
    """Write the file; gives its path and one phone for each lender who gets a vote (no related parties, no claims of 0)."""
    path, mobiles, _ = generate_with_mistakes(lenders, seed, out, file_format, classes=classes, mistakes=mistakes)
    return path, mobiles


def generate_with_mistakes(
    lenders: int, seed: int, out: Path, file_format: str, *, classes: int = 1, mistakes: bool
) -> tuple[Path, list[str], list[PlantedMistake]]:
    """`generate`, and what was planted where."""
    dice = random.Random(seed)
    people = make_lenders(dice, lenders, classes)
    rows = list(_rows(dice, people))
    planted = plant_mistakes(dice, rows) if mistakes else []
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"claims-{lenders}-{seed}{'-mistakes' if mistakes else ''}.{file_format}"
    if file_format == "xlsx":
        _write_xlsx(path, rows)
    else:
        _write_csv(path, rows)
    return path, [person.mobiles[0] for person in people if person.votes], planted


def write_claims(dice: random.Random, people: Sequence[GeneratedLender], path: Path) -> None:
    """The claims of these people as CSV."""
    _write_csv(path, list(_rows(dice, people)))


def _rows(dice: random.Random, people: Sequence[GeneratedLender]) -> Iterator[Row]:
    """The claims of all lenders, mixed as an institution's ledger is."""
    claims = [(person, place) for person in people for place in range(len(person.amounts_fen))]
    dice.shuffle(claims)
    for number, (person, place) in enumerate(claims, start=1):
        yield person.row(place, f"DEMO-{number:07d}")


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.zh for column in COLUMNS])
        writer.writerows(track(rows, "writing", console=say, transient=True))


def _write_xlsx(path: Path, rows: Sequence[Row]) -> None:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("债权登记表")
    sheet.append([column.zh for column in COLUMNS])
    for row in track(rows, "writing", console=say, transient=True):
        sheet.append(row)
    workbook.save(path)
