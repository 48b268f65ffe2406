"""What the institution's books have beside the claims: cards, addresses, devices, paid in and taken out; read for one run, never kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.case.register.sheets import open_sheet
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.hashing import keccak
from backend.ground.common.money import parse_yuan
from backend.ground.common.text import same_key
from backend.watch.flags.errors import BesideColumnsMissing, BesideRowWrong
from backend.watch.flags.rules.shared import Link

CLAIM = "claim_no"
COLUMNS = {
    CLAIM: "债权编号", "card": "银行卡号", "address": "联系地址", "device": "设备号",
    "paid_in_yuan": "累计充值（元）", "taken_out_yuan": "累计提现（元）",
}  # fmt: skip
LINKED = ("card", "address", "device")
MONEY = ("paid_in_yuan", "taken_out_yuan")


@dataclass
class Beside:
    """By lender's number: links, and fen paid in and taken out; the file's hash."""

    keccak: bytes = b""
    links: list[Link] = field(default_factory=list)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)


def read_beside(path: Path, number_of: Mapping[str, int], lookup: Callable[[str, str], bytes]) -> Beside:
    """`number_of`: the lender by the claim number's key; `lookup` makes keyed hashes. Claims that are not in the register are left out.

    Raises: FileRefused and its branches, BesideColumnsMissing, BesideRowWrong.
    """
    found = Beside(keccak(path.read_bytes()))
    with open_sheet(path) as sheet:
        rows = iter(sheet.rows)
        places = _places(next(rows, (1, ()))[1])
        for row, cells in rows:
            told = {name: str(cells[place]).strip() if place < len(cells) else "" for name, place in places.items()}
            number = number_of.get(same_key(told[CLAIM]))
            if number is None:
                continue
            found.links += [Link(kind, lookup(f"flags {kind}", same_key(told[kind])).hex(), number) for kind in LINKED if told.get(kind)]
            if all(name in places for name in MONEY):
                paid_in, taken_out = (_fen(told[name], row, COLUMNS[name]) for name in MONEY)
                before = found.moved.get(number, (0, 0))
                found.moved[number] = before[0] + paid_in, before[1] + taken_out
    return found


def _places(cells: object) -> dict[str, int]:
    names = {same_key(zh): name for name, zh in COLUMNS.items()} | {same_key(name): name for name in COLUMNS}
    headers = [same_key(str(cell)) for cell in cells] if isinstance(cells, list | tuple) else []
    places = {names[header]: place for place, header in enumerate(headers) if header in names}
    if CLAIM not in places or len(places) < 2:
        raise BesideColumnsMissing(known="、".join(zh for name, zh in COLUMNS.items() if name != CLAIM))
    return places


def _fen(text: str, row: int, column: str) -> int:
    try:
        return parse_yuan(text) if text else 0
    except LenderVoteError as error:
        raise BesideRowWrong(row=row, field=column) from error
