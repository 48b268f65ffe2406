"""A workbook is a zip archive; what it unpacks to is measured before anything opens it.

The sizes in the archive's directory may be untrue, so the entries are really unpacked, in pieces, and counted.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from backend.register.file_errors import FileFormatUnknown, FileTooLarge, SpreadsheetError, TooManyColumns, TooManyRows

MAX_ENTRIES = 2_000
MAX_COLUMNS = 26
MAX_ROWS = 2_000_000
_CHUNK_BYTES = 2**20
_OVERLAP_BYTES = 4_096
# A cell far to the right or far below would make the reader set aside memory for the whole rectangle up to it.
_FAR_CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["\'][A-Z]{2,}[0-9]')
_LOW_ROW = re.compile(rb'<(?:\w+:)?(?:c|row)\s[^<>]*?\br\s*=\s*["\'][A-Z]*(?:[0-9]{8,}|[2-9][0-9]{6})["\']')
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\s(?=[^<>]*\bt\s*=\s*["\']e["\'])[^<>]*?\br\s*=\s*["\']([A-Z]{1,3}[0-9]{1,7})["\']')


def check_workbook(path: Path, limit_bytes: int) -> None:
    """Refuse what is no workbook, unpacks to more than the limit, reaches beyond column Z, or shows spreadsheet errors.

    Raises: FileFormatUnknown, FileTooLarge, TooManyColumns, TooManyRows, SpreadsheetError.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > MAX_ENTRIES or not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
                raise FileFormatUnknown
            _measure(file, entries, limit_bytes)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise FileFormatUnknown from error


def _measure(file: IO[bytes], entries: list[zipfile.ZipInfo], limit_bytes: int) -> None:
    unpacked = 0
    for entry in entries:
        tail = b""
        for piece in _unpack(file, entry):
            unpacked += len(piece)
            if unpacked > limit_bytes:
                raise FileTooLarge(limit_mb=limit_bytes // 2**20)
            _look_at_cells(tail + piece)  # any entry: a sheet may stand under any name
            tail = piece[-_OVERLAP_BYTES:]


def _look_at_cells(xml: bytes) -> None:
    if _FAR_CELL.search(xml):
        raise TooManyColumns(limit=MAX_COLUMNS)
    if _LOW_ROW.search(xml):
        raise TooManyRows(limit=MAX_ROWS)
    found = _ERROR_CELL.search(xml)
    if found:
        raise SpreadsheetError(cell=found.group(1).decode())


def _unpack(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's true content in pieces, whatever size the directory claims."""
    file.seek(entry.header_offset)
    name_length, extra_length = struct.unpack("<26xHH", file.read(30))
    file.seek(entry.header_offset + 30 + name_length + extra_length)
    packed = entry.compress_size
    if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise FileFormatUnknown  # encrypted, or packed in a way that workbooks are not
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while packed > 0 and (chunk := file.read(min(packed, _CHUNK_BYTES))):
        packed -= len(chunk)
        if inflate is None:
            yield chunk
            continue
        while chunk:
            yield inflate.decompress(chunk, _CHUNK_BYTES)
            chunk = inflate.unconsumed_tail
