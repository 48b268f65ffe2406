"""What people see of a workbook is what both importers read of it, or is refused by both (protocol §18.2, vectors/workbooks.json)."""

from __future__ import annotations

import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from backend.ground.common.errors import LenderVoteError
from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import Office
from tests.vectors.register_files import HEADER, A, B, C, row
from tests.verifier.register.vector_files import load
from verifier.register.claims.file import read_claims
from verifier.register.claims.rules import FileRefused

VECTORS: dict[str, Any] = load("workbooks.json")
SHEET = "xl/worksheets/sheet1.xml"
Said = tuple[str, object]
READ: Said = ("read", 3)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"), FieldCipher(secrets.token_bytes(32)))
    yield office
    office.close()


def saved(path: Path) -> dict[str, str]:
    """Three claims of 1,000 yuan, as a spreadsheet program saves them; by part."""
    workbook = Workbook()
    workbook.calculation.fullCalcOnLoad = False
    for cells in (HEADER, row(1, A), row(2, B), row(3, C)):
        workbook.worksheets[0].append([1000 if cell == "1000.00" else cell or None for cell in cells])
    workbook.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def written(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def both(office: Office, path: Path) -> Said:
    """How many claims both read, or the rule and cell by which both refuse."""
    tool, service = by_tool(path), by_service(office, path)
    assert tool == service
    return tool


def by_tool(path: Path) -> Said:
    try:
        claims = read_claims(path)
    except FileRefused as error:
        return error.rule, error.facts.get("cell")
    return next(((broken.rule, broken.cell) for broken in claims.broken), ("read", claims.rows))


def by_service(office: Office, path: Path) -> Said:
    try:
        report = office.take(path, dry_run=True)
    except LenderVoteError as error:
        return error.code, error.facts.get("cell")
    return next(((reject.rule, reject.cell) for reject in report.rejects), ("read", report.accepted))


@pytest.mark.parametrize("case", VECTORS["elements"], ids=lambda case: case["name"])
def test_content_under_foreign_elements(office: Office, tmp_path: Path, case: dict[str, Any]) -> None:
    parts = saved(tmp_path / "a.xlsx")
    before, end, after = parts[case["part"]].rpartition("</")
    parts[case["part"]] = before + case["xml"] + end + after
    assert both(office, written(tmp_path / "a.xlsx", parts)) == (READ if case["read"] else ("FileFormatUnknown", None))


@pytest.mark.parametrize(
    ("part", "before", "inside"),
    [
        (SHEET, "<v>1000</v>", '<f ca="1">900000</f>'),
        (SHEET, "<v>1000</v>", "<v>900000</v>"),
        (SHEET, "<sheetData>", '<cols><col min="8" max="8" width="9" hidden="1"/></cols>'),
        ("xl/styles.xml", "</cellXfs>", '<xf numFmtId="10"/>'),
        ("xl/styles.xml", "<fonts", '<numFmts><numFmt numFmtId="2" formatCode="0.00,,"/></numFmts>'),
        ("xl/workbook.xml", "<calcPr", '<calcPr fullCalcOnLoad="1"/>'),
    ],
)
def test_content_where_programs_look_for_it(office: Office, tmp_path: Path, part: str, before: str, inside: str) -> None:
    """Each a way to show people another amount in some programs."""
    parts = saved(tmp_path / "a.xlsx")
    begin, found, end = parts[part].partition(before)
    assert found
    parts[part] = f'{begin}<x:Choice xmlns:x="urn:demo">{inside}</x:Choice>{found}{end}'
    assert both(office, written(tmp_path / "a.xlsx", parts)) == ("FileFormatUnknown", None)
