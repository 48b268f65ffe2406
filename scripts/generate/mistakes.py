"""Mistakes that people make in claims files, planted one by one so that each can be looked for."""

from __future__ import annotations

import random
from collections.abc import Callable, MutableSequence
from dataclasses import dataclass

from backend.case.register.columns import COLUMNS

PLACES = {column.key: place for place, column in enumerate(COLUMNS)}
Row = list[str]


@dataclass(frozen=True)
class PlantedMistake:
    """A mistake in the file: true row number, column's key, the rule it breaks."""

    row: int
    field: str
    rule: str


def _set(field: str, value: str) -> Callable[[Row], None]:
    def change(row: Row) -> None:
        row[PLACES[field]] = value

    return change


def _wrong_digit(row: Row) -> None:
    number = row[PLACES["id_no"]]
    row[PLACES["id_no"]] = number[:-2] + str((int(number[-2]) + 1) % 10) + number[-1]


MISTAKES: tuple[tuple[str, str, Callable[[Row], None]], ...] = (
    ("id_no", "ResidentIdCheckDigitWrong", _wrong_digit),
    ("id_no", "NumberCutBySpreadsheet", _set("id_no", "9.99001E+17")),
    ("id_no", "ResidentIdMalformed", _set("id_no", "99900119900307")),
    ("id_no", "ResidentIdBirthDateWrong", _set("id_no", "999001199002301234")),
    ("mobile", "MobileMalformed", _set("mobile", "1200000000")),
    ("account", "CellMissing", _set("account", " \u2066")),
    ("principal_yuan", "AmountNegative", _set("principal_yuan", "-100.00")),
    ("principal_yuan", "AmountNotReadable", _set("principal_yuan", "约3万")),
    ("principal_yuan", "AmountTooLarge", _set("principal_yuan", "92233720368547758.08")),
    ("name", "NameUnreadable", _set("name", "王?")),
    ("name", "CellFormula", _set("name", "@SUM(A1)")),
    ("lender_type", "ValueUnknown", _set("lender_type", "其他")),
    ("id_type", "DocumentNotForLenderType", _set("lender_type", "企业")),
    ("related", "CellMissing", _set("related", "")),
    ("claim_no", "ClaimNumberTwice", _set("claim_no", "")),
)


def plant_mistakes(dice: random.Random, rows: MutableSequence[Row]) -> list[PlantedMistake]:
    """Change one row for each mistake; rows of persons with an 18-digit number. Gives them in row order."""
    plain = [place for place, row in enumerate(rows) if place > 0 and row[PLACES["id_no"]].isascii() and len(row[PLACES["id_no"]]) == 18]
    persons = [place for place in plain if rows[place][PLACES["lender_type"]] == "个人"]
    planted = []
    for place, (field, rule, change) in zip(dice.sample(persons, len(MISTAKES)), MISTAKES, strict=True):
        change(rows[place])
        if rule == "ClaimNumberTwice":
            rows[place][PLACES["claim_no"]] = rows[0][PLACES["claim_no"]]
        planted.append(PlantedMistake(place + 2, field, rule))
    return sorted(planted, key=lambda mistake: mistake.row)
