"""Work sheets for two officials: a table to fill in, and a page to print. They hold names and amounts, and are for those two alone."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from io import StringIO
from pathlib import Path

from backend.ground.common.money import say_yuan
from verifier.sampling.paper import Found

from .drawing import Drawn, Opened
from .errors import SheetWrong

CSV_NAME, PAGE_NAME = "worksheet.csv", "worksheet.html"
COLUMNS = (
    "编号 / index",
    "命中次数 / hits",
    "表决组 / class",
    "登记表行号 / rows",
    "姓名 / name",
    "登记金额(元) / registered yuan",
    "流水或合同金额(元) / amount in records",
    "结论 / finding",
    "凭证与备注 / evidence",
)
INDEX, FINDING = 0, 7
WORDS = {
    **{"相符": Found.AGREES, "多记": Found.OVERSTATED, "查无": Found.UNKNOWN},
    **{str(found): found for found in Found},
}


@dataclass(frozen=True)
class Line:
    """One lender to look at."""

    index: int
    hits: int
    class_name: str
    rows: str
    name: str
    yuan: str

    @property
    def cells(self) -> list[str]:
        return [str(self.index), str(self.hits), self.class_name, self.rows, self.name, self.yuan, "", "", ""]


def lines_of(drawn: Drawn, opened: Opened, names: Mapping[int, str]) -> list[Line]:
    """By rising index; `names` are by the first row of the claims file."""
    leaves, classes = opened.leaves, opened.header.class_names
    found = []
    for index, hits in drawn.hits.items():
        rows = opened.rows[index]
        name, yuan = names.get(rows[0], "") if rows else "", say_yuan(leaves.amounts[index])
        found.append(Line(index, hits, classes[leaves.classes[index]], " ".join(map(str, rows)), name, yuan))
    return found


def as_csv(lines: list[Line]) -> bytes:
    """A table for a spreadsheet, with the mark by which one knows UTF-8; a text that would be a formula there gets an apostrophe."""
    target = StringIO()
    rows = csv.writer(target, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows([[_harmless(cell) for cell in line.cells] for line in lines])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _harmless(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@") else cell


def as_page(lines: list[Line], drawn: Drawn) -> bytes:
    """The same to be printed and signed by hand; needs nothing from anywhere."""
    draw = drawn.draw
    head = "".join(f"<th>{escape(name)}</th>" for name in COLUMNS)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line.cells) + "</tr>\n" for line in lines)
    how_zh = f"按金额抽取 {len(draw.indexes)} 次" if draw.indexes else "逐人核对全部出借人"
    how_en = f"{len(draw.indexes)} draws by size" if draw.indexes else "every lender, nothing drawn"
    text = f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>登记表抽查底稿 / Register sample</title>
<style>
body {{ font: 10pt/1.4 serif; margin: 1.5cm }} table {{ border-collapse: collapse; width: 100% }}
th, td {{ border: 1px solid #444; padding: .2em .4em; vertical-align: top }}
thead {{ display: table-header-group }} tr {{ break-inside: avoid }}
td:nth-child(6), td:nth-child(7) {{ text-align: right }} td:nth-child(n+7) {{ min-width: 6em; height: 2.2em }}
</style></head><body>
<h1>登记表抽查底稿 / Register sample</h1>
<p>第 {draw.register_number} 号登记表，{how_zh}；种子取自第 {draw.block_number} 号区块 0x{draw.block_hash.hex()}。
请对照银行流水和合同逐人填写：<b>相符</b>（记录中的本金不少于登记金额）、<b>多记</b>（记录中的本金较少）、<b>查无</b>（查不到此人或此笔债权）。
含个人信息，用后按规定保管或销毁。</p>
<p>Register {draw.register_number}, {how_en}; the seed is from block {draw.block_number}. Hold each lender against bank records
and contracts: <b>agrees</b> (the records show the registered amount or more), <b>overstated</b> (they show less),
<b>unknown</b> (no such person or claim). Personal data: keep or destroy it as the rules say.</p>
<table><thead><tr>{head}</tr></thead><tbody>
{body}</tbody></table>
<p>工作组人员 / officials: ______________________　______________________　日期 / date: ______________</p>
</body></html>
"""
    return text.encode()


def read_findings(path: Path, wanted: set[int]) -> dict[int, str]:
    """The findings of a sheet that was filled in. Raises: SheetWrong, OSError."""
    found: dict[int, str] = {}
    try:
        rows = list(csv.reader(StringIO(path.read_text("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SheetWrong(file=path.name, line=1, what=f"{error}") from error
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        index, word = _cells_of(path, number, row)
        if index not in wanted or index in found:
            raise SheetWrong(file=path.name, line=number, what=f"编号 / index {index}")
        found[index] = str(WORDS[word])
    if missing := sorted(wanted - found.keys()):
        raise SheetWrong(file=path.name, line=len(rows) + 1, what=f"缺少编号 / missing index {missing[0]}")
    return found


def _cells_of(path: Path, number: int, row: list[str]) -> tuple[int, str]:
    index = row[INDEX].strip() if row else ""
    word = row[FINDING].strip().lower() if len(row) > FINDING else ""
    if not (index.isascii() and index.isdigit() and len(index) < 10):
        raise SheetWrong(file=path.name, line=number, what="编号 / index")
    if word not in WORDS:
        raise SheetWrong(file=path.name, line=number, what=f"结论 / finding: {word[:20] or '（空）'}")
    return int(index), word
