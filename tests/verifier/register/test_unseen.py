"""What of a workbook people do not see is named, and by the tool as by the service (protocol §18.2)."""

from __future__ import annotations

import json
import re
import secrets
import zipfile
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import Office
from tests.vectors import reference as ref
from tests.vectors.register_files import HEADER
from tests.vectors.seeds import hex_of
from tests.verifier.register.papers import Papers
from verifier.register.claims.file import read_claims
from verifier.register.claims.unseen import Unseen
from verifier.register.report import as_json, print_outcome

SHEET = "xl/worksheets/sheet1.xml"


def hide(path: Path, rows: list[list[str]]) -> Path:
    workbook: Any = Workbook()
    sheet = workbook.active
    for cells in (HEADER, *rows):
        sheet.append([cell or None for cell in cells])
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[4].height = 77
    sheet.row_dimensions[500].hidden = True  # with nothing in it
    sheet.column_dimensions["H"].hidden = True
    sheet.column_dimensions["K"].width = 77
    workbook.create_sheet("lists").append(["是"])
    workbook["lists"].sheet_state = "veryHidden"
    workbook.create_sheet("empty").sheet_state = "hidden"
    workbook.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[SHEET].decode().replace('ht="77"', 'ht="0"')
    parts[SHEET] = re.sub('width="77"', 'width="0.0"', text).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_both_name_the_same(tmp_path: Path, papers: Papers) -> None:
    path = hide(tmp_path / "a.xlsx", papers.rows)
    office = Office(tmp_path, FieldCipher(secrets.token_bytes(32)))
    service = office.take(path, dry_run=True).unseen
    office.close()
    tool = read_claims(path).unseen
    assert tool == Unseen(["lists"], 2, [3, 4], ["H", "K"])
    assert tuple(tuple(each) if isinstance(each, list) else each for each in astuple(tool)) == astuple(service)[:4]


def test_both_name_columns_that_only_the_sheet_hides(tmp_path: Path, papers: Papers) -> None:
    """Columns without a width of their own have the sheet's."""
    workbook: Any = Workbook()
    sheet = workbook.active
    for cells in (HEADER, *papers.rows):
        sheet.append([cell or None for cell in cells])
    for letter in "ABCDEFGHI":
        sheet.column_dimensions[letter].width = 12
    sheet.sheet_format.defaultColWidth = 0
    workbook.save(tmp_path / "a.xlsx")
    office = Office(tmp_path, FieldCipher(secrets.token_bytes(32)))
    service = office.take(tmp_path / "a.xlsx", dry_run=True).unseen
    office.close()
    tool = read_claims(tmp_path / "a.xlsx").unseen
    assert tool.hidden_columns
    assert set(tool.hidden_columns) <= set("JKLMNOPQRSTUVWXYZ")
    assert list(service.hidden_columns) == tool.hidden_columns


@pytest.mark.parametrize(("language", "word"), [("zh", "隐藏"), ("en", "hidden")])
def test_an_official_reads_of_them(papers: Papers, tmp_path: Path, language: str, word: str) -> None:
    papers.claims = hide(tmp_path / "a.xlsx", papers.rows)
    papers.header["claims_keccak"] = hex_of(ref.keccak(papers.claims.read_bytes()))
    papers.write_openings()
    outcome = papers.check()
    assert outcome.status == 0
    lines: list[str] = []
    print_outcome(outcome, language, lines.append)
    noted = [line for line in lines if word in line]
    assert [place in line for place, line in zip(("3、4", "H、K", "lists"), noted, strict=True)] == [True] * 3
    assert json.loads(as_json(outcome))["unseen"] == asdict(outcome.unseen)
