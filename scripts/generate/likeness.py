"""`python -m scripts.generate.likeness CLAIMS --out DIR` (lendervote rehearse): a rehearsal in the shape of a real claims file.

It has as many lenders and claims, as many voting classes with as many lenders each, and amounts of about the same sizes. Everybody in it
is invented: of the real file no name, document, phone, account, claim number or name of a class is taken over, and no amount as it is.
Beside it a case file for `lendervote case open` is written, marked as a rehearsal.
"""

from __future__ import annotations

import argparse
import errno
import json
import math
import os
import random
import secrets
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.case.register.claims import ClaimReader
from backend.case.register.columns import read_header
from backend.case.register.errors import RowRefused
from backend.case.register.file_errors import FileEmpty
from backend.case.register.merge import Merge, MergedLender
from backend.case.register.rules.words import LenderType
from backend.case.register.sheets import open_sheet
from backend.ground.common.errors import BadInput, LenderVoteError
from scripts.generate.claims import write_claims
from scripts.generate.lenders import LARGEST_FEN, GeneratedLender, invent_lender

CLAIMS_FILE, CASE_FILE = "rehearsal-claims.csv", "rehearsal-case.json"
#: So much may an invented amount lie beside those of the file that are next to it.
SPREAD = 0.15
LEAST_FEN = 100


class RowsRefused(BadInput):
    """The file could not be imported, so it has no shape yet."""

    zh = "文件中有 {count} 行未通过检查（第一行是第 {row} 行）。请先用“试导入”改正，再生成演练材料。"
    en = "{count} rows of the file are refused, the first of them row {row}. Correct them by a dry run of the import first."


@dataclass(frozen=True)
class Likeness:
    """What is taken over of one lender; the class by its place in the file."""

    company: bool
    claims: int
    amount_fen: int
    voting_class: int
    related: bool


def shape_of(path: Path) -> list[Likeness]:
    """Every lender of a claims file, merged as an import does. Raises: FileRefused, RowsRefused."""
    with open_sheet(path) as sheet:
        first = next(sheet.rows, None)
        if first is None:
            raise FileEmpty
        header = read_header(first[1], first[0])
        reader, merge, refused = ClaimReader(header), Merge(header), list[int]()
        for row, cells in sheet.rows:
            try:
                merge.add(reader.read(row, cells))
            except RowRefused:
                refused.append(row)
    if refused:
        raise RowsRefused(count=len(refused), row=refused[0])
    return _likenesses(list(merge))


def _likenesses(lenders: Sequence[MergedLender]) -> list[Likeness]:
    places: dict[str, int] = {}
    return [
        Likeness(
            company=lender.lender_type is LenderType.COMPANY,
            claims=lender.claims,
            amount_fen=lender.amount_fen,
            voting_class=places.setdefault(lender.voting_class, len(places)),
            related=lender.related,
        )
        for lender in lenders
    ]


def invent(dice: random.Random, shape: Sequence[Likeness]) -> list[GeneratedLender]:
    """As many invented lenders, in another order, with amounts drawn anew in each class."""
    by_class: dict[int, list[int]] = defaultdict(list)
    for one in shape:
        if one.amount_fen:
            by_class[one.voting_class].append(one.amount_fen)
    sizes = {number: sorted(found) for number, found in by_class.items()}
    order = dice.sample(range(len(shape)), len(shape))
    drawn = {number: dice.sample(range(len(found)), len(found)) for number, found in sizes.items()}
    people = []
    for number, place in enumerate(order):
        one = shape[place]
        total = _amount(dice, sizes[one.voting_class], drawn[one.voting_class].pop()) if one.amount_fen else 0
        people.append(
            invent_lender(
                dice, number, company=one.company, amounts_fen=_parts(dice, total, one.claims),
                voting_class=f"演练第{one.voting_class + 1}组", related=one.related,
            )
        )  # fmt: skip
    return people


def _amount(dice: random.Random, sizes: Sequence[int], rank: int) -> int:
    """An amount about as large as the one of that rank, of two digits and zeros: too coarse to tell which amount was there."""
    low, high = sizes[max(rank - 1, 0)], sizes[min(rank + 1, len(sizes) - 1)]
    # A draw, not an amount: it becomes whole fen at once.
    size = math.exp(dice.uniform(math.log(low), math.log(high))) * (1 + dice.uniform(-SPREAD, SPREAD))
    digits = int("1" + "0" * max(len(str(int(size))) - 2, 0))
    return min(max(int(size) // digits * digits, LEAST_FEN), LARGEST_FEN)


def _parts(dice: random.Random, total: int, count: int) -> tuple[int, ...]:
    """The total in so many amounts."""
    cuts = sorted(dice.randint(0, total) for _ in range(count - 1))
    return tuple(high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True))


def case_of(officials: int, threshold: int) -> dict[str, Any]:
    """A case for `lendervote case open`; people sign by the passkeys of their accounts unless a signer is filled in."""
    return {
        "// 1": "演练：以下均为虚构。各账户先登记通行密钥，或在机构、成员中补写 signer。/ Rehearsal. Register passkeys, or add signers.",
        "name": "演练案件",
        "rehearsal": True,
        "institution": {"name": "演练平台（虚构）", "credit_code": "91999900MA00000006"},
        "institution_account_name": "rehearsal-institution",
        "officials": [{"name": f"演练成员 {number}", "account_name": f"rehearsal-official-{number}"} for number in range(1, officials + 1)],
        "threshold": threshold,
    }


def rehearse(claims: Path, out: Path, officials: int, threshold: int, seed: int) -> dict[str, Any]:
    """Write both files into a folder; their paths and the figures. Raises: FileRefused, RowsRefused, FileExistsError."""
    shape = shape_of(claims)
    dice = random.Random(seed)
    people = invent(dice, shape)
    out.mkdir(parents=True, exist_ok=True)
    register, case = out / CLAIMS_FILE, out / CASE_FILE
    for path in (register, case):
        if path.exists():  # before either is written: nothing half done is left
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    write_claims(dice, people, register)
    case.write_text(json.dumps(case_of(officials, threshold), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    rows, classes = sum(one.claims for one in shape), len({one.voting_class for one in shape})
    return {"register": str(register), "case": str(case), "lenders": len(shape), "rows": rows, "classes": classes}


def main() -> int:
    """0 when both files were written, 1 when the claims file cannot be read."""
    parser = argparse.ArgumentParser(prog="lendervote rehearse", description=__doc__.splitlines()[0])
    parser.add_argument("claims", type=Path, help="the real claims file; it is only read")
    parser.add_argument("--out", type=Path, default=Path("rehearsal"), help="folder for both files")
    parser.add_argument("--officials", type=int, default=3)
    parser.add_argument("--threshold", type=int, default=2)
    given = parser.parse_args()
    try:
        # Another draw each time: whoever knew the seed could work out about which amounts there were.
        told = rehearse(given.claims, given.out, given.officials, given.threshold, secrets.randbits(64))
    except LenderVoteError as error:
        print(f"{error.say('zh')}\n{error.say('en')}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
