"""CSV in whatever way it is saved, and within what bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.case.register import file_errors, store
from backend.case.register.imports import HOPELESS_ROWS
from scripts.rig.memory import forget_peak, peak_mb
from tests.backend.case.register.office import HEADER, Office, claim, csv_text, write_csv


def saved(office: Office, content: bytes) -> Path:
    path = office.folder / "file.csv"
    path.write_bytes(content)
    return path


def names(office: Office, import_id: str) -> list[str]:
    with office.sessions.reading() as session:
        rows = store.lenders_between(session, import_id, 0, 100)
        return [office.seal.open_lender(import_id, row.number, row.sealed).name for row in rows]


@pytest.mark.parametrize("separator", ["\t", ";", "|", "，"])
def test_other_separators_are_found_by_the_header(office: Office, separator: str) -> None:
    text = csv_text([claim(1, principal_yuan="1234.50", note="甲;乙")])
    if separator == "，":
        text = text.replace(",", separator)
    else:
        text = "\r\n".join(separator.join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines())
    report = office.take(saved(office, text.encode("utf-8-sig")), dry_run=True)
    assert (report.accepted, report.total_fen, report.rejects) == (1, 123_450, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_every_encoding_that_programs_write(office: Office, encoding: str) -> None:
    name = "测试龴" if encoding != "gbk" else "测试"
    report = office.take(write_csv(office.folder / "a.csv", [claim(1, name=name)], encoding))
    assert names(office, report.id) == [name]


def test_a_sign_that_gb18030_kept_private_is_the_sign_that_is_meant(office: Office) -> None:
    content = csv_text([claim(1, name="测甲")]).encode("gb18030").replace("甲".encode("gb18030"), b"\xfe\x59", 1)
    report = office.take(saved(office, content))
    assert names(office, report.id) == ["测\u9fb4"]


def test_excels_own_line_about_the_separator_is_followed(office: Office) -> None:
    text = "sep=;\r\n" + csv_text([claim(1), claim(2, mobile="1")]).replace(",", ";")
    report = office.take(saved(office, text.encode("utf-8-sig")), dry_run=True)
    assert [(reject.cell, reject.rule) for reject in report.rejects] == [("F4", "MobileMalformed")]


def test_old_line_ends_and_empty_columns_at_the_right_are_no_matter(office: Office) -> None:
    text = csv_text([claim(1), claim(2)]).replace("\r\n", "," * 1000 + "\r")
    assert office.take(saved(office, text.encode()), dry_run=True).accepted == 2


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<html><table><tr><td>x</td></tr></table>", file_errors.FileFormatUnknown),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', file_errors.FileFormatUnknown),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), file_errors.FileFormatUnknown),
        (b"%PDF-1.7", file_errors.FileFormatUnknown),
        (b"{\\rtf1", file_errors.FileFormatUnknown),
        ("债权编号,姓名".encode("utf-16-le"), file_errors.EncodingUnknown),
        ("债权编号".encode("utf-32"), file_errors.EncodingUnknown),
        (",".join([*HEADER, *["x"] * 20_000]).encode(), file_errors.TooManyColumns),
        (",".join([*HEADER, *["x"] * 1_000_000]).encode(), file_errors.TooManyColumns),
        (",".join(HEADER).encode() + b"\n" + b"," * 30 + b"x\n", file_errors.TooManyColumns),
        (",".join(HEADER).encode() + b"\n" + b"x" * 300_000, file_errors.CsvMalformed),
        (",".join(HEADER).encode() + b'\n"' + b"x\n" * 100_000, file_errors.CsvMalformed),
        (b"\n" * 5_000_000, file_errors.TooManyRows),
        (b",\n" * 2_100_000, file_errors.EmptyCellsMany),
    ],
    ids=lambda value: value[:20].hex() if isinstance(value, bytes) else value.__name__,
)
def test_what_cannot_be_a_register_is_refused_soon(office: Office, content: bytes, error: type[file_errors.FileRefused]) -> None:
    path = saved(office, content)
    forget_peak()
    before = peak_mb()
    with pytest.raises(error):
        office.take(path, dry_run=True)
    assert peak_mb() - before < 100


def test_a_nul_or_half_a_word_is_refused_by_its_cell(office: Office) -> None:
    report = office.take(saved(office, csv_text([claim(1, name="张\0三"), claim(2, note="\ufffd")]).encode()), dry_run=True)
    assert [(reject.cell, reject.rule) for reject in report.rejects] == [("C2", "CellUnprintable"), ("K3", "CellUnprintable")]


def test_a_file_without_hope_is_given_up(office: Office) -> None:
    rows = [claim(n, mobile="1") for n in range(HOPELESS_ROWS + 500)]
    report = office.take_rows(rows, dry_run=True)
    assert (report.refused, report.stopped_at_row) == (HOPELESS_ROWS + 1, HOPELESS_ROWS + 2)


def test_a_file_with_hope_is_read_to_its_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.case.register.imports.HOPELESS_ROWS", 10)
    report = office.take_rows([claim(n, mobile="1" if n % 3 == 0 else f"120{n:08d}") for n in range(100)], dry_run=True)
    assert (report.refused, report.rows, report.stopped_at_row) == (34, 100, None)


def test_currency_columns_of_ones_own_must_not_say_otherwise(office: Office) -> None:
    def take(header: str, *words: str) -> list[tuple[str, str]]:
        lines = csv_text([claim(n) for n, _ in enumerate(words)]).splitlines()
        text = "\n".join(f"{line},{word}" for line, word in zip(lines, (header, *words), strict=True))
        return [(reject.cell, reject.rule) for reject in office.take(saved(office, text.encode()), dry_run=True).rejects]

    assert take("币种", "人民币", "CNY", "") == []
    assert take("币种", "人民币", "美元", "HKD") == [("H3", "ValueUnknown"), ("H4", "ValueUnknown")]
    assert take("单位", "元", "万元", "示例公司") == [("H3", "ValueUnknown")]
