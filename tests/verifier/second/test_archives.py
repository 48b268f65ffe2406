"""Archives that two readers could understand in two ways are refused; those of other tools are read."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.verifier.second.second import needs_node, recount_all

pytestmark = needs_node
END = b"PK\x05\x06"


def contents(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def packed(bundle: Path, target: Path, method: int, *, seekable: bool = True) -> None:
    """The same files packed in another way; a stream that cannot seek has each file's sizes behind it."""

    class Stream:
        def __init__(self) -> None:
            self.file = target.open("wb")

        def write(self, data: bytes) -> int:
            return self.file.write(data)

        def flush(self) -> None:
            self.file.flush()

        def close(self) -> None:
            self.file.close()

    stream = Stream()
    with stream.file, zipfile.ZipFile(target if seekable else stream, "w", method) as archive:
        for name, content in contents(bundle):
            archive.writestr(name, content)


RIGHT: dict[str, Callable[[Path, Path], None]] = {
    "stored": lambda bundle, target: packed(bundle, target, zipfile.ZIP_STORED),
    "deflated": lambda bundle, target: packed(bundle, target, zipfile.ZIP_DEFLATED),
    "streamed": lambda bundle, target: packed(bundle, target, zipfile.ZIP_DEFLATED, seekable=False),
}


def spoiled(change: Callable[[bytearray], bytes]) -> Callable[[Path, Path], None]:
    def made(bundle: Path, target: Path) -> None:
        target.write_bytes(change(bytearray(bundle.read_bytes())))

    return made


def _list_at(raw: bytes | bytearray) -> int:
    return int(struct.unpack("<I", raw[-6:-2])[0])


def _with_comment(raw: bytearray) -> bytes:
    raw[-2:] = b"\x04\x00"
    return bytes(raw) + b"note"


def _with_a_file_s_comment(bundle: Path, target: Path) -> None:
    """In the list, behind a file's name: bytes that no tool shows."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents(bundle):
            entry = zipfile.ZipInfo(name)
            entry.comment = b"note"
            archive.writestr(entry, content)


def _in_front(raw: bytearray) -> bytes:
    return b"#!/bin/sh\n" + bytes(raw)


def _gap(raw: bytearray) -> bytes:
    """Bytes between the last file and the list."""
    at = _list_at(raw)
    raw[-6:-2] = struct.pack("<I", at + 5)
    return bytes(raw[:at]) + b"extra" + bytes(raw[at:])


def _two_ends(raw: bytearray) -> bytes:
    return bytes(raw) + bytes(raw[-22:])


def _other_name_inside(raw: bytearray) -> bytes:
    """A file's own head names it otherwise than the list."""
    at = raw.index(b"published/plan.pdf")
    raw[at : at + 18] = b"published/plan.pdx"
    return bytes(raw)


def _other_size_inside(raw: bytearray) -> bytes:
    raw[22] ^= 1
    return bytes(raw)


def _encrypted(raw: bytearray) -> bytes:
    raw[_list_at(raw) + 8] |= 1
    return bytes(raw)


def _other_method(bundle: Path, target: Path) -> None:
    """The list and the file's own head say alike that it is packed as bzip2 does, though it is packed in the common way."""
    packed(bundle, target, zipfile.ZIP_DEFLATED)
    raw = bytearray(target.read_bytes())
    raw[_list_at(raw) + 10] = raw[8] = 12
    target.write_bytes(raw)


def _checksum(raw: bytearray) -> bytes:
    raw[_list_at(raw) + 16] ^= 1
    raw[14] ^= 1
    return bytes(raw)


def _fewer(raw: bytearray) -> bytes:
    raw[-14:-10] = b"\x01\x00\x01\x00"
    return bytes(raw)


def _beyond_the_end(bundle: Path, target: Path) -> None:
    """Of two files the first is said to be so long that the second one's own head would begin behind the archive's end."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents(bundle)[:2]:
            archive.writestr(name, content)
    raw = bytearray(target.read_bytes())
    first, second = _rows_at(raw, _list_at(raw))
    start = struct.unpack("<I", raw[second + 42 : second + 46])[0] - struct.unpack("<I", raw[first + 20 : first + 24])[0]
    length = len(raw) - start - 7
    raw[first + 20 : first + 24] = raw[18:22] = struct.pack("<I", length)
    raw[second + 42 : second + 46] = struct.pack("<I", start + length)
    target.write_bytes(raw)


def _other_sizes_behind(bundle: Path, target: Path) -> None:
    """Behind the first file of a stream, in place of its sizes with their sign, stand others without one."""
    packed(bundle, target, zipfile.ZIP_DEFLATED, seekable=False)
    raw = bytearray(target.read_bytes())
    sign = bytes(raw).index(b"PK\x07\x08")
    del raw[sign : sign + 4]
    raw[sign] ^= 1
    at = struct.unpack("<I", raw[-6:-2])[0] - 4
    raw[-6:-2] = struct.pack("<I", at)
    for row in _rows_at(raw, at)[1:]:
        raw[row + 42 : row + 46] = struct.pack("<I", struct.unpack("<I", raw[row + 42 : row + 46])[0] - 4)
    target.write_bytes(raw)


def _other_name_in_the_list(bundle: Path, target: Path) -> None:
    """An extra field that names the file otherwise stands in the list alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents(bundle):
            entry = zipfile.ZipInfo(name)
            entry.extra = b"\x55\x54\x01\x00\x00"
            archive.writestr(entry, content)
    raw = bytearray(target.read_bytes())
    at = bytes(raw).index(b"\x55\x54\x01\x00", _list_at(raw))
    raw[at : at + 2] = b"\x75\x70"
    target.write_bytes(raw)


def _rows_at(raw: bytes | bytearray, at: int) -> list[int]:
    """Where the rows of the list begin."""
    found = []
    while raw[at : at + 4] == b"PK\x01\x02":
        found.append(at)
        at += 46 + sum(struct.unpack("<3H", raw[at + 28 : at + 34]))
    return found


BROKEN: dict[str, Callable[[Path, Path], None]] = {
    "nothing": spoiled(lambda _: b""),
    "no archive": spoiled(lambda _: b"PK" * 50),
    "cut off": spoiled(lambda raw: bytes(raw[:-1])),
    "a comment": spoiled(_with_comment),
    "a comment on a file": _with_a_file_s_comment,
    "something in front": spoiled(_in_front),
    "a gap": spoiled(_gap),
    "two ends": spoiled(_two_ends),
    "another name inside": spoiled(_other_name_inside),
    "another size inside": spoiled(_other_size_inside),
    "encrypted": spoiled(_encrypted),
    "packed in an unknown way": _other_method,
    "another checksum": spoiled(_checksum),
    "fewer files than there are": spoiled(_fewer),
    "a file beyond the end": _beyond_the_end,
    "other sizes behind a file": _other_sizes_behind,
    "another name in the list's extra field": _other_name_in_the_list,
}


@pytest.fixture(scope="module")
def told(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    folder, arguments = tmp_path_factory.mktemp("archives"), []
    for number, make in enumerate([*RIGHT.values(), *BROKEN.values()]):
        make(bundle, folder / f"{number}.zip")
        arguments.append(["--evidence", f"{number}.zip"])
    return dict(zip([*RIGHT, *BROKEN], recount_all(folder, arguments), strict=True))


@pytest.mark.parametrize("name", RIGHT)
def test_archive__of_another_tool_is_read(name: str, told: dict[str, dict[str, object]]) -> None:
    assert told[name]["recount"] == "agrees", told[name]


@pytest.mark.parametrize("name", BROKEN)
def test_archive__that_is_ambiguous_is_refused(name: str, told: dict[str, dict[str, object]]) -> None:
    assert told[name]["names"] == ["bundle.unreadable", *(["poll.file"] if name != "another checksum" else []), "step.blocked"], told[name]


def test_directory__in_an_archive_is_no_file(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "with.zip", "w") as archive:
        archive.writestr("published/", b"")
        for name, content in contents(bundle):
            archive.writestr(name, content)
    (last,) = recount_all(tmp_path, [["--evidence", "with.zip"]])
    assert last["names"] == ["bundle.name", "poll.file", "step.blocked"]
