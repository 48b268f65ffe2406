"""An amount is taken only under a format that shows what is counted (protocol §18.2); the service and the tool judge every format alike."""

from __future__ import annotations

import re
import secrets
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from openpyxl import Workbook

from backend.case.register.file_errors import FileFormatUnknown
from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import Office
from tests.vectors.register_files import HEADER, A, row
from tests.verifier.register.vector_files import load
from verifier.register.claims.file import read_claims
from verifier.register.claims.rules import FileRefused

FORMATS: list[dict[str, Any]] = load("register_import.json")["number_formats"]
SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIRST_OWN = 1_000
Edit = Callable[[str], str]
Judged = set[tuple[str, str]]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, FieldCipher(secrets.token_bytes(32)))
    yield office
    office.close()


def saved(path: Path, amounts: list[object], styles: Edit, sheet: Edit, header: str = HEADER[7]) -> Path:
    workbook = Workbook()
    workbook.calculation.fullCalcOnLoad = False  # as spreadsheet programs save it, which have worked their formulas out
    workbook.worksheets[0].append([header if cell == HEADER[7] else cell for cell in HEADER])
    for number, amount in enumerate(amounts, 1):
        workbook.worksheets[0].append([amount if place == 7 else cell or None for place, cell in enumerate(row(number, A))])
    workbook.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for part, edit in ((STYLES, styles), (SHEET, sheet)):
        parts[part] = edit(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def own(number: int, code: str) -> str:
    return f"<numFmt numFmtId='{number}' formatCode={quoteattr(code)}/>"


def with_styles(formats: str, used: list[int]) -> Edit:
    xfs = "".join(f"<xf numFmtId='{number}'/>" for number in used)
    return lambda _: f"<styleSheet xmlns='{MAIN}'><numFmts>{formats}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>"


def one_style_a_row(xml: str) -> str:
    """Style n for the amount of claim n, and the first for all other cells."""
    bare = re.sub(r'(<c r="[A-Z]+[0-9]+")(?: s="[0-9]+")?', r"\1", xml)
    return re.sub(r'<c r="H([0-9]+)"', lambda found: f'{found[0]} s="{int(found[1]) - 1}"', bare)


def as_it_is(xml: str) -> str:
    return xml


def judged(office: Office, path: Path) -> Judged:
    """The broken rules by cell, which have to be the same for both."""
    tool = {(broken.cell, broken.rule) for broken in read_claims(path).broken}
    service = {(reject.cell, reject.rule) for reject in office.take(path, dry_run=True).rejects}
    assert tool == service
    return tool


@pytest.mark.parametrize(
    ("asked", "amount", "header"), [("yuan", 1000, "待收本金(元)"), ("wan", 1000, "待收本金(万元)"), ("text", "1000.00", "待收本金(元)")]
)
def test_both_take_what_the_vectors_take(office: Office, tmp_path: Path, asked: str, amount: object, header: str) -> None:
    formats = [each["format"] for each in FORMATS]
    numbers = [each if isinstance(each, int) else FIRST_OWN + place for place, each in enumerate(formats)]
    codes = "".join(own(number, each) for number, each in zip(numbers, formats, strict=True) if isinstance(each, str))
    path = saved(tmp_path / "a.xlsx", [amount] * len(formats), with_styles(codes, [0, *numbers]), one_style_a_row, header)
    assert judged(office, path) == {(f"H{place}", each[asked]) for place, each in enumerate(FORMATS, 2) if each[asked]}


ODD = {("H2", "AmountShownOtherwise")}


@pytest.mark.parametrize(
    ("formats", "used", "sheet"),
    [
        (own(1000, ";;;"), [0, 1000], one_style_a_row),
        (own(1000, "0.00") + own(1000, '"10.00"'), [0, 1000], one_style_a_row),
        (own(1000, '"10.00"') + own(1000, "0.00"), [0, 1000], one_style_a_row),
        (own(2, '"10.00"'), [0, 2], one_style_a_row),
        (own(14, "0.00") + own(48, "0.00"), [0, 48], one_style_a_row),
        ("", [0, 1000], one_style_a_row),
        ("", [0], one_style_a_row),
        ("", [0, 2], lambda xml: re.sub('r="H2"(?: s="[0-9]+")?', 'r="H2" s="01"', xml)),
        ("", [0, 2], lambda xml: re.sub('r="H2"(?: s="[0-9]+")?', 'r="H2" s="x"', xml)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("amount", [1000, 1000.5])
def test_a_format_that_is_not_told_plainly_is_none(
    office: Office, tmp_path: Path, formats: str, used: list[int], sheet: Edit, amount: float
) -> None:
    assert judged(office, saved(tmp_path / "a.xlsx", [amount], with_styles(formats, used), sheet)) == ODD


def test_a_cell_without_a_style_has_the_first(office: Office, tmp_path: Path) -> None:
    def no_style(xml: str) -> str:
        return re.sub(r'(<c r="[A-Z]+[0-9]+") s="[0-9]+"', r"\1", xml)

    path = saved(tmp_path / "a.xlsx", [1000], with_styles(own(1000, '"10.00"'), [1000]), no_style)
    assert judged(office, path) == ODD


def test_the_format_also_holds_for_what_a_formula_gave(office: Office, tmp_path: Path) -> None:
    def formula(xml: str) -> str:
        return re.sub('(<c r="H2"[^>]*>)<v>', r"\1<f>500*2</f><v>", one_style_a_row(xml))

    assert judged(office, saved(tmp_path / "a.xlsx", [1000], with_styles("", [0, 4]), formula)) == set()
    assert judged(office, saved(tmp_path / "a.xlsx", [1000], with_styles(own(1000, '"10.00"'), [0, 1000]), formula)) == ODD


@pytest.mark.parametrize(
    ("links", "kind", "part"),
    [
        ("xl/_rels/workbook.xml.rels", "styles", "xl/styles.xml"),
        ("xl/_rels/workbook.xml.rels", "sharedStrings", "xl/sharedStrings.xml"),
        ("_rels/.rels", "officeDocument", "xl/workbook.xml"),
    ],
)
@pytest.mark.parametrize("second", [False, True])
def test_no_part_is_read_that_programs_do_not_take(office: Office, tmp_path: Path, links: str, kind: str, part: str, second: bool) -> None:
    """They follow links: a plain part under the usual name would be read, and another one shown."""
    link = (
        f'<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="/xl/other.xml"/>'
    )
    path = saved(tmp_path / "a.xlsx", [1000], as_it_is, as_it_is)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[links].decode()
    text = text if second else re.sub(f'<Relationship [^>]*/{kind}"[^>]*/>', "", text)
    parts[links] = text.replace("</Relationships>", f"{link}</Relationships>").encode()
    parts["xl/other.xml"] = parts.get(part, b"<sst/>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(FileRefused) as tool:
        read_claims(path)
    with pytest.raises(FileFormatUnknown):
        office.take(path, dry_run=True)
    assert tool.value.rule == "FileFormatUnknown"


@pytest.mark.parametrize(("cell", "value"), [("I2", 1), ("I2", "大额组"), ("J2", "是"), ("A2", 7), ("C2", "测试乙"), ("K2", "x")])
def test_no_other_cell_is_read_under_a_format_that_shows_it_otherwise(office: Office, tmp_path: Path, cell: str, value: object) -> None:
    workbook: Any = Workbook()
    for cells in (HEADER, row(1, A)):
        workbook.active.append([each or None for each in cells])
    workbook.active[cell].value, workbook.active[cell].number_format = value, '"否";"否";"否";"否"'
    workbook.save(tmp_path / "a.xlsx")
    assert judged(office, tmp_path / "a.xlsx") == {(cell, "CellNotText")}
