"""Workbooks that claim little and unpack to much, or that keep their reader busy for ever."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

from backend.case.register.columns import COLUMNS

MB = 2**20
_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"


def workbook(parts: dict[str, bytes] | None = None, sheets: int = 1) -> bytes:
    """A workbook of so many sheets with our header each, and parts that replace or join its own."""
    numbers = range(1, sheets + 1)
    tabs = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(f'<Relationship Id="rId{n}" Type="{_KIND}" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
    made = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": f"<workbook {_MAIN} {_LINKS}><sheets>{tabs}</sheets></workbook>".encode(),
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>".encode(),
        **{f"xl/worksheets/sheet{n}.xml": sheet(header()) for n in numbers},
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in made.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet(rows: bytes, after: bytes = b"") -> bytes:
    """A sheet's part."""
    return f"<worksheet {_MAIN}><sheetData>".encode() + rows + b"</sheetData>" + after + b"</worksheet>"


def header() -> bytes:
    """Our header as row 1."""
    cells = "".join(f'<c t="inlineStr"><is><t>{column.zh}</t></is></c>' for column in COLUMNS)
    return f"<row>{cells}</row>".encode()


def far_cells() -> bytes:
    """Three sheets, each with one letter in the last corner."""
    far = b'<row r="1999999"><c r="Z1999999" t="inlineStr"><is><t>x</t></is></c></row>'
    return workbook({f"xl/worksheets/sheet{n}.xml": sheet(far) for n in (1, 2, 3)}, sheets=3)


def far_corner() -> bytes:
    """Our header, and one letter in the last corner that there is."""
    return workbook({_SHEET: sheet(header() + b'<row r="1048576"><c r="Z1048576"><v>1</v></c></row>')})


def unpacking(name: str, megabytes: int) -> bytes:
    """A part of zeros that nobody reads."""
    return workbook({name: bytes(megabytes * MB)})


def lying_sizes() -> bytes:
    """The directory says that the sheet has a thousand bytes; it unpacks to 300 MB."""
    content = bytearray(workbook({_SHEET: sheet(header() + b"<row/>" * (50 * MB))}))
    true = struct.pack("<I", len(sheet(header() + b"<row/>" * (50 * MB))))
    place = content.find(true)
    while place >= 0:
        content[place : place + 4] = struct.pack("<I", 1000)
        place = content.find(true, place)
    return bytes(content)


def nested() -> bytes:
    """Archives in archives in the sheet's place."""
    inner = unpacking("xl/media/a.bin", 300)
    for _ in range(5):
        inner = workbook({"xl/embeddings/inner.xlsx": inner})
    return workbook({_SHEET: inner})


def overlapping() -> bytes:
    """A hundred entries that share one packed megabyte."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(bytes(10 * MB)) + packed.flush()
    base = workbook()
    place = base.rfind(b"PK\x05\x06")
    count, length, offset = struct.unpack_from("<H", base, place + 10)[0], *struct.unpack_from("<LL", base, place + 12)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), 10 * MB, 1, 0) + b"a" + body
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), 10 * MB, len(name), 0, 0, 0, 0, 0, offset) + name
        for name in (b"m%03d" % number for number in range(100))
    )
    directory = base[offset : offset + length] + entries
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count + 100, count + 100, len(directory), offset + len(local), 0)
    return base[:offset] + local + directory + end


def long_directory() -> bytes:
    """A directory of half a million entries."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 500_000
    start = b"PK\x03\x04" + bytes(26)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), len(start), 0)
    return start + directory + end


def shared_strings(entry: bytes, megabytes: int) -> bytes:
    """So many megabytes of one entry."""
    return workbook({"xl/sharedStrings.xml": b"<sst>" + entry * (megabytes * MB // len(entry)) + b"</sst>"})


def one_long_string(megabytes: int = 100) -> bytes:
    """One shared text without end."""
    return workbook({"xl/sharedStrings.xml": b"<sst><si><t>" + b"x" * (megabytes * MB) + b"</t></si></sst>"})


def rows_of(rows: Iterable[bytes] | bytes) -> bytes:
    """A sheet of our header and these rows."""
    return workbook({_SHEET: sheet(header() + (rows if isinstance(rows, bytes) else b"".join(rows)))})


def long_token() -> bytes:
    """An attribute without end."""
    return rows_of(b'<row a="' + b"x" * (100 * MB) + b'"/>')


def entities() -> bytes:
    """A billion laughs in the sheet's place."""
    laughs = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    return workbook({_SHEET: b'<!DOCTYPE x [<!ENTITY a0 "ha">' + laughs + b"]><worksheet><sheetData>&a9;</sheetData></worksheet>"})


def outside_entity() -> bytes:
    """An entity that names a file of this machine."""
    text = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>'
    return workbook({"xl/sharedStrings.xml": text})


def refused_rows(count: int = 1_000_000) -> bytes:
    """Our header, and rows that break every rule."""
    return rows_of(b"<row><c><v>1</v></c><c><v>1</v></c></row>" * count)


def merged(count: int = 1_000_000) -> bytes:
    """Our header, a row, and merged cells without end."""
    row = b'<row r="2"><c r="A2"><v>1</v></c></row>'
    return workbook({_SHEET: sheet(header() + row, b"<mergeCells>" + b'<mergeCell ref="A1:K1"/>' * count + b"</mergeCells>")})


def styles(megabytes: int = 100) -> bytes:
    """Cell formats without end."""
    return workbook(
        {"xl/styles.xml": b"<styleSheet><cellXfs>" + b'<xf numFmtId="14"/>' * (megabytes * MB // 19) + b"</cellXfs></styleSheet>"}
    )
