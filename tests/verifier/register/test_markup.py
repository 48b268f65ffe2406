"""Parts of a workbook as the standard has them: what programs show is what the tool and the service read."""

from __future__ import annotations

import secrets
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from backend.case.register.file_errors import FileFormatUnknown, FormulaNotPlain, FormulasWorkedOutAgain
from backend.ground.common.sealed import FieldCipher
from tests.backend.case.register.office import Office
from tests.vectors.register_files import HEADER, A, row
from verifier.register.claims.file import read_claims
from verifier.register.claims.rules import FileRefused

SHEET, BOOK, LINKS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
Edit = Callable[[bytes], bytes]
FOREIGN = b'xmlns:x="urn:demo"'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, FieldCipher(secrets.token_bytes(32)))
    yield office
    office.close()


def saved(path: Path, part: str, edit: Edit, book: Edit = bytes, claims: int = 1) -> Path:
    workbook = Workbook()
    for cells in (HEADER, *(row(number, A) for number in range(1, claims + 1))):
        workbook.worksheets[0].append([cell or None for cell in cells])
    workbook.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, parts[part] = parts[part], edit(parts[part])
    assert before != parts[part], "the edit changes something"
    parts[BOOK] = book(parts[BOOK])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def both_refuse(office: Office, path: Path) -> None:
    with pytest.raises(FileRefused) as tool:
        read_claims(path)
    assert tool.value.rule == "FileFormatUnknown"
    with pytest.raises(FileFormatUnknown):
        office.take(path, dry_run=True)


def both_take_one_claim(office: Office, path: Path) -> None:
    claims, report = read_claims(path), office.take(path, dry_run=True)
    assert (claims.rows, claims.broken_total) == (1, 0)
    assert (report.accepted, report.rejects_total) == (1, 0)


@pytest.mark.parametrize("encoding", [b"foo-bar", b"UTF-7", b"GBK", b"hex", b"punycode", b"iso-8859-1"])
@pytest.mark.parametrize("part", [SHEET, BOOK, LINKS])
def test_another_encoding_is_refused(office: Office, tmp_path: Path, part: str, encoding: bytes) -> None:
    def edit(xml: bytes) -> bytes:
        return b'<?xml version="1.0" encoding="' + encoding + b'"?>' + xml[xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0 :]

    both_refuse(office, saved(tmp_path / "a.xlsx", part, edit))


def test_utf_16_is_read(office: Office, tmp_path: Path) -> None:
    def edit(xml: bytes) -> bytes:
        text = xml.decode()
        text = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
        return f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")

    both_take_one_claim(office, saved(tmp_path / "a.xlsx", SHEET, edit))


@pytest.mark.parametrize(
    "extra",
    [
        b'<x:row %s r="3"><x:c r="A3"><x:v>1</x:v></x:c></x:row>' % FOREIGN,
        b'<row xmlns="urn:demo" r="3"><c r="A3"><v>1</v></c></row>',
        b"<x:from %s><x:row>7</x:row><x:v>8</x:v><x:f>9</x:f></x:from>" % FOREIGN,
    ],
)
def test_rows_of_another_vocabulary_are_no_claims(office: Office, tmp_path: Path, extra: bytes) -> None:
    path = saved(tmp_path / "a.xlsx", SHEET, lambda xml: xml.replace(b"</sheetData>", extra + b"</sheetData>"))
    both_take_one_claim(office, path)


@pytest.mark.parametrize(
    ("part", "begin", "end"),
    [
        (SHEET, b'<row r="2"', b"</sheetData>"),
        (SHEET, b"<sheetData>", b"<pageMargins"),
        (BOOK, b"<sheets>", b"<definedNames"),
    ],
)
@pytest.mark.parametrize("first", [b"", b"<from/>"], ids=["alone", "behind what holds no value"])
def test_content_that_some_programs_show_and_others_do_not_is_refused(
    office: Office, tmp_path: Path, part: str, begin: bytes, end: bytes, first: bytes
) -> None:
    """As one of several choices, say: each program takes another one."""

    def edit(xml: bytes) -> bytes:
        before, found, rest = xml.partition(begin)
        inside, also, after = rest.partition(end)
        assert found
        assert also
        return before + b"<x:Choice " + FOREIGN + b">" + first + found + inside + b"</x:Choice>" + also + after

    both_refuse(office, saved(tmp_path / "a.xlsx", part, edit))


def test_a_link_without_the_standards_namespace_leads_nowhere(office: Office, tmp_path: Path) -> None:
    relationships = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    both_refuse(office, saved(tmp_path / "a.xlsx", BOOK, lambda xml: xml.replace(relationships, b"urn:demo")))


def with_formula(attributes: bytes) -> Edit:
    """The amount by a formula whose saved value is 1,000 yuan."""

    def edit(xml: bytes) -> bytes:
        begin = xml.index(b'<c r="H2"')
        end = xml.index(b"</c>", begin)
        return xml[:begin] + b'<c r="H2"><f' + attributes + b">900+100</f><v>1000</v>" + xml[end:]

    return edit


def settled(book: bytes) -> bytes:
    """As a spreadsheet program saves it, which has worked all formulas out."""
    assert b' fullCalcOnLoad="1"' in book
    return book.replace(b' fullCalcOnLoad="1"', b"")


def test_formula_by_its_saved_value_is_read(office: Office, tmp_path: Path) -> None:
    both_take_one_claim(office, saved(tmp_path / "a.xlsx", SHEET, with_formula(b""), settled))


def test_formula_that_is_worked_out_at_every_opening_is_no_amount(office: Office, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", SHEET, with_formula(b' ca="1"'), settled)
    with pytest.raises(FileRefused, match="FormulaNotPlain"):
        read_claims(path)
    with pytest.raises(FormulaNotPlain):
        office.take(path, dry_run=True)


def both_refuse_formulas(office: Office, path: Path) -> None:
    with pytest.raises(FileRefused) as tool:
        read_claims(path)
    assert tool.value.rule == "FormulasWorkedOutAgain"
    with pytest.raises(FormulasWorkedOutAgain):
        office.take(path, dry_run=True)


ASKED_FOR = [*(b'fullCalcOnLoad="%s"' % word for word in (b"1", b"true", b" 1 ", b"on")), b'forceFullCalc="1"', b'calcCompleted="0"']


@pytest.mark.parametrize("flag", ASKED_FOR)
def test_formulas_that_the_book_has_worked_out_again_are_refused(office: Office, tmp_path: Path, flag: bytes) -> None:
    """A program that writes a book whole asks for it, and what others see may then differ from what is saved."""
    path = saved(tmp_path / "a.xlsx", SHEET, with_formula(b""), lambda book: book.replace(b'fullCalcOnLoad="1"', flag))
    both_refuse_formulas(office, path)


@pytest.mark.parametrize("flag", [b'fullCalcOnLoad="0"', b'fullCalcOnLoad="false"', b'forceFullCalc="0"', b'calcCompleted=" true "'])
def test_formulas_that_the_book_leaves_as_saved_are_read(office: Office, tmp_path: Path, flag: bytes) -> None:
    path = saved(tmp_path / "a.xlsx", SHEET, with_formula(b""), lambda book: book.replace(b'fullCalcOnLoad="1"', flag))
    both_take_one_claim(office, path)


def test_formula_far_down_is_refused_likewise(office: Office, tmp_path: Path) -> None:
    """It stands in a part of the sheet that is read long after the first row."""
    last = 4_001

    def edit(xml: bytes) -> bytes:
        begin = xml.index(b'<c r="H%d"' % last)
        return xml[:begin] + b'<c r="H%d"><f>900+100</f><v>1000</v>' % last + xml[xml.index(b"</c>", begin) :]

    both_refuse_formulas(office, saved(tmp_path / "a.xlsx", SHEET, edit, claims=last))
