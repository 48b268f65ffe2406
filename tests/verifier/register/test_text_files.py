"""Text files: encodings, separators, lines and cells without end, files of other kinds."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from pathlib import Path

import pytest

from tests.verifier.register.papers import HEADER, rows_of_eight
from tests.verifier.register.test_workbooks import broken, refused
from verifier.register.claims import file as claims_file
from verifier.register.claims import text_table
from verifier.register.claims.file import read_claims

ROWS = [HEADER, *rows_of_eight()]


def text(separator: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(ROWS)
    return written.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "x.csv").write_bytes(text().encode(encoding))
    claims = read_claims(tmp_path / "x.csv")
    assert (claims.rows, len(claims.merge.lenders), claims.broken) == (10, 8, [])


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "，"])
def test_separators(tmp_path: Path, separator: str) -> None:
    (tmp_path / "x.csv").write_text(text(separator), encoding="utf-8", newline="")
    assert len(read_claims(tmp_path / "x.csv").merge.lenders) == 8


def test_a_first_line_may_name_the_separator_and_counts_as_a_row(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("sep=;\r\n" + text(";"), encoding="utf-8", newline="")
    claims = read_claims(tmp_path / "x.csv")
    assert claims.merge.lenders[0].first_row == 3


def test_a_row_of_totals_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text() + '合计：,,,,,,,"604,999.99"\r\n', encoding="utf-8", newline="")
    assert broken(read_claims(tmp_path / "x.csv")) == {("A12", "SummaryRow")}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "FileEmpty"),
        (b"\r\n,,\r\n", "FileEmpty"),
        (text().split("\r\n", maxsplit=1)[0].encode(), "FileEmpty"),
        (b"a,b\r\n1,2\r\n", "ColumnsMissing"),
        (text().replace("平台账号", "手机号").encode(), "ColumnTwice"),
        (text().replace("待收本金(元)", "待收本金(美元)").encode(), "HeaderNotKnown"),
        (text().replace("待收本金(元)", "年底待收本金").encode(), "HeaderNotKnown"),
        (text().encode() + b'"x', "CsvMalformed"),
        (text().encode() + b'"x"y,\r\n', "CsvMalformed"),
        (text().encode() + b"\xff\xff\xff", "EncodingUnknown"),
        (text().encode() + b"," * 30 + b"x\r\n", "TooManyColumns"),
        (text().encode() + b"x" * 40_000 + b"\r\n", "CsvMalformed"),
        (text().encode() + b"x" * 600_000 + b"\r\n", "CsvMalformed"),
        (text().encode() + b"," * 600_000 + b"\r\n", "TooManyColumns"),
        (b"<html><table>", "FileFormatUnknown"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "FileFormatUnknown"),
        (b"%PDF-1.7", "FileFormatUnknown"),
        (b"PK\x03\x04", "FileFormatUnknown"),
        (b"PK\x05\x06" + bytes(18), "FileFormatUnknown"),
        (b"\x1f\x8b\x08", "FileFormatUnknown"),
    ],
)
def test_what_is_no_claims_file_is_refused(tmp_path: Path, content: bytes, rule: str) -> None:
    (tmp_path / "x").write_bytes(content)
    assert refused(lambda: read_claims(tmp_path / "x")) == rule


def test_files_and_rows_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text(text(), encoding="utf-8", newline="")
    monkeypatch.setattr(text_table, "MOST_ROWS", 5)
    assert refused(lambda: read_claims(tmp_path / "x.csv")) == "TooManyRows"
    monkeypatch.setattr(claims_file, "MOST_BYTES", 100)
    assert refused(lambda: read_claims(tmp_path / "x.csv")) == "FileTooLarge"


def test_a_file_without_hope_is_given_up(tmp_path: Path) -> None:
    with (tmp_path / "x.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(text())
        file.write("x,y\r\n" * 400_000)
    began = time.monotonic()
    claims = read_claims(tmp_path / "x.csv")
    assert claims.broken_rows == claims_file.HOPELESS_ROWS + 1
    assert len(claims.broken) == 1000
    assert claims.broken_total > 6 * claims_file.HOPELESS_ROWS
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("seed", range(60))
def test_changed_bytes_end_in_words(tmp_path: Path, seed: int) -> None:
    import random

    from verifier.register.claims.rules import FileRefused

    dice = random.Random(seed)
    content = bytearray(text().encode("gb18030" if seed % 2 else "utf-8"))
    for _ in range(dice.choice([1, 5, 50])):
        content[dice.randrange(len(content))] = dice.randrange(256)
    (tmp_path / "x.csv").write_bytes(bytes(content))
    with contextlib.suppress(FileRefused):
        read_claims(tmp_path / "x.csv")
