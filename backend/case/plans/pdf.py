"""Whether a file is a PDF that opens, has pages, and carries nothing that acts by itself."""

from __future__ import annotations

import io
import json
import logging
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from backend.case.plans.errors import NotAPdf, PdfHasActiveContent, PdfTooLarge
from backend.ground.common.at_once import AtOnce

LIMIT_BYTES = 20 * 2**20
HEAD_BYTES = 1024
"""Readers look for the head of a PDF in so many bytes; some programs write a line before it."""
OBJECT_LIMIT = 200_000
TIME_LIMIT_SECONDS, PROCESSOR_LIMIT_SECONDS = 20, 6
"""The largest tagged file takes two seconds of a processor; a busy machine needs longer for them."""
MEMORY_LIMIT_BYTES = 320 * 2**20
STREAM_LIMIT_BYTES = 16 * 2**20
PACKED_LIMIT_BYTES = 64 * 2**20
"""Of all objects that are packed together, unpacked: 600,000 structure elements have 40 MiB."""
AT_ONCE, WAIT_SECONDS = 2, 60.0
ACTIVE = {
    *("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia"),
    *("/SubmitForm", "/ImportData", "/XFA", "/Rendition", "/GoToE"),
}

_NAMED = re.compile(b"/(?:" + b"|".join(name[1:].encode() for name in sorted(ACTIVE, key=len, reverse=True)) + rb")(?![0-9A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_readers = AtOnce(AT_ONCE, WAIT_SECONDS)

# pypdf reports every oddity of a broken file; the sentence below is what a person needs.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def check_pdf(data: bytes) -> int:
    """Number of pages. Raises: PdfTooLarge, NotAPdf, PdfHasActiveContent."""
    if len(data) > LIMIT_BYTES:
        raise PdfTooLarge(limit_mib=LIMIT_BYTES // 2**20)
    head = data.find(b"%PDF-", 0, HEAD_BYTES)
    if head < 0:
        raise NotAPdf(reason="%PDF")
    try:
        with apply_configuration(zlib_maximum_output_length=STREAM_LIMIT_BYTES, lzw_maximum_output_length=STREAM_LIMIT_BYTES):
            pages, found = _look_inside(data, head)
    except NotAPdf:
        raise
    except Exception as error:  # pypdf answers a broken file with many kinds of exception, RecursionError among them
        raise NotAPdf(reason=type(error).__name__) from error
    if pages < 1:
        raise NotAPdf(reason="0 页 / 0 pages")
    if found:
        raise PdfHasActiveContent(found=found)
    return pages


def check_pdf_apart(data: bytes) -> int:
    """`check_pdf` in a process of its own, with an end to its time and memory: a crafted file stops that process and nothing else.

    Raises: as `check_pdf`, Busy.
    """
    if len(data) > LIMIT_BYTES:
        raise PdfTooLarge(limit_mib=LIMIT_BYTES // 2**20)
    command = [sys.executable, "-m", "backend.case.plans.pdf"]
    folder = Path(__file__).parents[3]
    try:
        with _readers.place():
            done = subprocess.run(  # noqa: S603 our own interpreter and module; the file goes in as data
                command, input=data, capture_output=True, timeout=TIME_LIMIT_SECONDS, check=False, cwd=folder
            )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise NotAPdf(reason=f"> {TIME_LIMIT_SECONDS} s") from error
    except ValueError as error:
        raise NotAPdf(reason=f"> {PROCESSOR_LIMIT_SECONDS} s, > {MEMORY_LIMIT_BYTES // 2**20} MiB") from error
    if answer["active"]:
        raise PdfHasActiveContent(found=answer["active"])
    if answer["reason"]:
        raise NotAPdf(reason=answer["reason"])
    return int(answer["pages"])


def _answer() -> dict[str, object]:
    """What `check_pdf` says about the bytes on standard input, for `check_pdf_apart`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_LIMIT_SECONDS, PROCESSOR_LIMIT_SECONDS + 1))
    try:
        return {"pages": check_pdf(sys.stdin.buffer.read()), "active": "", "reason": ""}
    except PdfHasActiveContent as error:
        return {"pages": 0, "active": error.facts["found"], "reason": ""}
    except NotAPdf as error:
        return {"pages": 0, "active": "", "reason": error.facts["reason"]}


def _look_inside(data: bytes, head: int) -> tuple[int, str]:
    """Pages, and the name of what acts by itself."""
    reader = _open(data, head)
    pages = len(reader.pages)
    found = _active_content(reader, leave_out=_STRUCTURE)
    # A tagged file of some hundred pages has a million structure elements. They are gone through only if a name is somewhere that the
    # walk over everything else did not meet.
    if not found and _mentions_active(reader, data):
        found = _active_content(reader, leave_out=frozenset())
    return pages, found


_STRUCTURE = frozenset({"/StructTreeRoot"})


def _open(data: bytes, head: int) -> PdfReader:
    """Offsets count from the first byte or from the head, as programs please; the pages tell which."""
    try:
        reader = _unlock(PdfReader(io.BytesIO(data), strict=False))
        if head == 0 or len(reader.pages):
            return reader
    except Exception:
        if head == 0:
            raise
    return _unlock(PdfReader(io.BytesIO(data[head:]), strict=False))


def _unlock(reader: PdfReader) -> PdfReader:
    """Ready to be read, and worth it. Raises: NotAPdf."""
    if reader.is_encrypted and not reader.decrypt(""):  # with an owner's password alone anybody can read it
        raise NotAPdf(reason="打开需要密码 / a password is needed to open it")
    left = PACKED_LIMIT_BYTES
    for unpacked in _packed(reader):
        left -= len(unpacked)
        if left < 0:
            raise NotAPdf(reason=f"> {PACKED_LIMIT_BYTES // 2**20} MiB")
    return reader


def _packed(reader: PdfReader) -> Iterator[bytes]:
    """Every stream of objects that are packed together."""
    for stream in sorted({stream for stream, _ in reader.xref_objStm.values()}):
        yield reader.get_object(stream).get_data()  # type: ignore[union-attr]


def _mentions_active(reader: PdfReader, data: bytes) -> bool:
    """Whether a name of something that acts stands anywhere, also where objects are packed together."""
    return _names_active(data) or any(map(_names_active, _packed(reader)))


def _names_active(text: bytes) -> bool:
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text) if b"#" in text else text
    return _NAMED.search(plain) is not None


def _active_content(reader: PdfReader, leave_out: frozenset[str]) -> str:
    """The first name of something that acts, met on a walk over all objects; empty if there is none."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    steps = 0
    while waiting:
        value = waiting.pop()
        steps += 1
        if steps > OBJECT_LIMIT:
            raise NotAPdf(reason=f"> {OBJECT_LIMIT} objects")
        if isinstance(value, IndirectObject):
            if (value.idnum, value.generation) in seen:
                continue
            seen.add((value.idnum, value.generation))
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            # `get` follows references: an action's kind may be in an object of its own.
            names = {str(name) for name in value} | {str(value.get(name)) for name in ("/S", "/Type", "/Subtype")}
            if names & ACTIVE:
                return sorted(names & ACTIVE)[0]
            waiting.extend(value.raw_get(name) for name in value if name not in leave_out)
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))
    return ""


if __name__ == "__main__":
    print(json.dumps(_answer()))
