"""The counting rules of protocol §7 as data, with tallies at and just beside each threshold.

What each case gives is written by hand; `tests.vectors.make` refuses to write a file in which its own count differs.
"""

from typing import Any

MEASURES = ["heads", "amount"]
NUMERATORS = ["for", "taking_part"]
DENOMINATORS = ["admitted", "taking_part", "for_against"]
Condition = tuple[str, str, str, int, int, bool]

HALF_OF_THOSE_TAKING_PART: Condition = ("heads", "for", "taking_part", 1, 2, True)
HALF_OF_FOR_AND_AGAINST: Condition = ("heads", "for", "for_against", 1, 2, True)

PRESETS: dict[str, list[Condition]] = {
    "CN_SZ_A": [("amount", "taking_part", "admitted", 2, 3, True), HALF_OF_THOSE_TAKING_PART],
    "CN_SZ_B": [
        ("amount", "taking_part", "admitted", 2, 3, False),
        HALF_OF_THOSE_TAKING_PART,
        ("amount", "for", "taking_part", 1, 2, True),
    ],
    "CN_EBL64": [HALF_OF_THOSE_TAKING_PART, ("amount", "for", "admitted", 1, 2, False)],
    "CN_EBL84": [HALF_OF_THOSE_TAKING_PART, ("amount", "for", "admitted", 2, 3, False)],
    "US_1126C": [HALF_OF_FOR_AND_AGAINST, ("amount", "for", "for_against", 2, 3, False)],
    "UK_899": [HALF_OF_FOR_AND_AGAINST, ("amount", "for", "for_against", 3, 4, False)],
}

# A class: admitted heads, admitted fen, then heads and fen for, against, abstaining; then whether the class carries the plan.
Row = tuple[int, int, int, int, int, int, int, int, bool]
TOP = 2**63 - 1  # the largest admitted amount; divisible by 7
THIRD = TOP // 3  # TOP leaves 1 over when divided by 3

SINGLE: list[tuple[str, str, Row]] = [
    # amount taking part > 2/3 of admitted, heads for > 1/2 of those taking part
    ("just over two thirds take part", "CN_SZ_A", (9, 900, 3, 301, 2, 200, 0, 100, True)),
    ("exactly two thirds take part, more is asked", "CN_SZ_A", (9, 900, 3, 300, 2, 200, 0, 100, False)),
    ("one fen below two thirds take part", "CN_SZ_A", (9, 900, 3, 299, 2, 200, 0, 100, False)),
    ("exactly half the heads are for", "CN_SZ_A", (9, 900, 2, 700, 2, 100, 0, 0, False)),
    ("abstaining heads hurt", "CN_SZ_A", (9, 900, 2, 700, 1, 50, 1, 50, False)),
    ("one head more than half", "CN_SZ_A", (9, 900, 3, 100, 2, 600, 0, 0, True)),
    ("abstaining amounts help the quorum", "CN_SZ_A", (9, 900, 2, 10, 0, 0, 1, 591, True)),
    ("nobody cast a ballot", "CN_SZ_A", (9, 900, 0, 0, 0, 0, 0, 0, False)),
    ("everybody abstained", "CN_SZ_A", (9, 900, 0, 0, 0, 0, 9, 900, False)),
    ("everybody is for", "CN_SZ_A", (9, 900, 9, 900, 0, 0, 0, 0, True)),
    ("claims of nothing at all", "CN_SZ_A", (3, 0, 3, 0, 0, 0, 0, 0, False)),
    # at least 2/3 take part by amount, more than half for by heads and by amount
    ("exactly two thirds take part", "CN_SZ_B", (9, 900, 3, 301, 2, 299, 0, 0, True)),
    ("one fen below two thirds take part", "CN_SZ_B", (9, 900, 3, 301, 2, 298, 0, 0, False)),
    ("exactly half the amount is for", "CN_SZ_B", (9, 900, 3, 300, 2, 300, 0, 0, False)),
    ("one fen more than half is for", "CN_SZ_B", (9, 900, 3, 451, 2, 449, 0, 0, True)),
    ("abstaining amounts hurt", "CN_SZ_B", (9, 900, 3, 300, 1, 299, 1, 1, False)),
    ("exactly half the heads are for", "CN_SZ_B", (9, 900, 3, 800, 3, 100, 0, 0, False)),
    ("nobody cast a ballot", "CN_SZ_B", (9, 900, 0, 0, 0, 0, 0, 0, False)),
    ("everybody abstained", "CN_SZ_B", (9, 900, 0, 0, 0, 0, 9, 900, False)),
    # heads for > 1/2 of those taking part, amount for >= 1/2 of admitted
    ("exactly half of the admitted amount is for", "CN_EBL64", (9, 900, 3, 450, 2, 450, 0, 0, True)),
    ("one fen below half of the admitted amount", "CN_EBL64", (9, 900, 3, 449, 2, 10, 0, 0, False)),
    ("half of an odd admitted amount rounds to no favour", "CN_EBL64", (9, 901, 3, 450, 2, 10, 0, 0, False)),
    ("half of an odd admitted amount, one fen more", "CN_EBL64", (9, 901, 3, 451, 2, 10, 0, 0, True)),
    ("exactly half the heads are for", "CN_EBL64", (9, 900, 3, 800, 2, 50, 1, 50, False)),
    ("nobody cast a ballot", "CN_EBL64", (9, 900, 0, 0, 0, 0, 0, 0, False)),
    ("nobody cast a ballot, nothing admitted", "CN_EBL64", (9, 0, 0, 0, 0, 0, 0, 0, False)),
    ("claims of nothing at all", "CN_EBL64", (3, 0, 2, 0, 1, 0, 0, 0, True)),
    # heads for > 1/2 of those taking part, amount for >= 2/3 of admitted
    ("exactly two thirds of the admitted amount are for", "CN_EBL84", (9, 900, 5, 600, 4, 300, 0, 0, True)),
    ("one fen below two thirds", "CN_EBL84", (9, 900, 5, 599, 4, 301, 0, 0, False)),
    ("two thirds of an amount that three does not divide", "CN_EBL84", (9, 901, 5, 600, 4, 301, 0, 0, False)),
    ("two thirds of such an amount, one fen more", "CN_EBL84", (9, 901, 5, 601, 4, 300, 0, 0, True)),
    ("everybody abstained", "CN_EBL84", (9, 900, 0, 0, 0, 0, 9, 900, False)),
    # heads for > 1/2 of for and against, amount for >= 2/3 of for and against
    ("exactly two thirds of for and against", "US_1126C", (9, 900, 2, 200, 1, 100, 0, 0, True)),
    ("one fen below two thirds", "US_1126C", (9, 900, 2, 199, 1, 100, 0, 0, False)),
    ("abstaining does not count", "US_1126C", (9, 900, 2, 200, 1, 100, 6, 600, True)),
    ("exactly half the heads", "US_1126C", (9, 900, 2, 800, 2, 10, 0, 0, False)),
    ("everybody abstained: nothing to count", "US_1126C", (9, 900, 0, 0, 0, 0, 9, 900, False)),
    ("nobody cast a ballot", "US_1126C", (9, 900, 0, 0, 0, 0, 0, 0, False)),
    ("one lender alone is for", "US_1126C", (9, 900, 1, 1, 0, 0, 0, 0, True)),
    ("one lender alone is against", "US_1126C", (9, 900, 0, 0, 1, 1, 0, 0, False)),
    # heads for > 1/2 of for and against, amount for >= 3/4 of for and against
    ("exactly three quarters of for and against", "UK_899", (9, 900, 2, 300, 1, 100, 0, 0, True)),
    ("one fen below three quarters", "UK_899", (9, 900, 2, 299, 1, 100, 0, 0, False)),
    ("abstaining does not count", "UK_899", (9, 900, 2, 300, 1, 100, 6, 500, True)),
    ("nobody cast a ballot", "UK_899", (9, 900, 0, 0, 0, 0, 0, 0, False)),
    ("everybody abstained", "UK_899", (9, 900, 0, 0, 0, 0, 9, 900, False)),
    # the largest amounts
    ("largest amounts, all for", "CN_SZ_A", (3, TOP, 3, TOP, 0, 0, 0, 0, True)),
    ("largest amounts, one fen below two thirds", "CN_EBL84", (3, TOP, 2, 2 * THIRD, 1, THIRD + 1, 0, 0, False)),
    ("largest amounts, one fen above two thirds", "CN_EBL84", (3, TOP, 2, 2 * THIRD + 1, 1, THIRD, 0, 0, True)),
    ("largest amounts, three quarters", "UK_899", (3, TOP, 2, 3 * 2**61, 1, 2**61 - 1, 0, 0, True)),
    ("largest amounts, one fen below three quarters", "UK_899", (3, TOP, 2, 3 * 2**61 - 1, 1, 2**61, 0, 0, False)),
    ("most heads there can be, half", "US_1126C", (2**24, TOP, 2**23, TOP - 1, 2**23, 1, 0, 0, False)),
    ("most heads there can be, one more than half", "US_1126C", (2**24, TOP, 2**23 + 1, TOP - 1, 2**23 - 1, 1, 0, 0, True)),
]

CARRIES: Row = (9, 900, 5, 900, 0, 0, 0, 0, True)
FAILS: Row = (9, 900, 0, 0, 5, 900, 0, 0, False)
SILENT: Row = (9, 900, 0, 0, 0, 0, 0, 0, False)

SEVERAL: list[tuple[str, str, list[Row]]] = [
    (f"{what}, {name}", name, rows)
    for name in PRESETS
    for what, rows in (
        ("two classes carry", [CARRIES, CARRIES]),
        ("the second class does not carry", [CARRIES, FAILS]),
        ("the first class does not carry", [FAILS, CARRIES]),
        ("one class is silent", [CARRIES, CARRIES, SILENT]),
    )
]
SEVERAL.append(("sixteen classes carry", "UK_899", [CARRIES] * 16))
SEVERAL.append(("the last of sixteen classes does not carry", "UK_899", [CARRIES] * 15 + [FAILS]))


def as_object(condition: Condition) -> dict[str, Any]:
    """A condition as the published files write it (protocol §12)."""
    names = ("measure", "numerator", "denominator", "num", "den", "strict")
    return dict(zip(names, condition, strict=True))


def as_tuple(condition: Condition) -> tuple[int, int, int, int, int, bool]:
    """A condition as the contract takes it (protocol §7)."""
    measure, numerator, denominator, num, den, strict = condition
    return MEASURES.index(measure), NUMERATORS.index(numerator), DENOMINATORS.index(denominator), num, den, strict


def carries(conditions: list[Condition], row: Row) -> bool:
    """Whether a class carries the plan, by whole-number cross-multiplication."""
    admitted = {"heads": row[0], "amount": row[1]}
    votes = {"heads": (row[2], row[4], row[6]), "amount": (row[3], row[5], row[7])}
    if row[2] + row[4] == 0:
        return False
    for measure, numerator, denominator, num, den, strict in conditions:
        yes, no, abstain = votes[measure]
        above = {"for": yes, "taking_part": yes + no + abstain}[numerator]
        below = {"admitted": admitted[measure], "taking_part": yes + no + abstain, "for_against": yes + no}[denominator]
        left, right = above * den, below * num
        if not (left > right if strict else left >= right):
            return False
    return True
