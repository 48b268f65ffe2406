"""Archives that two readers could understand in two ways are refused by the first recount as by the second (protocol §16)."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import pytest

from scripts.tampers.forge.bundle import write
from scripts.tampers.forge.vote import ForgedVote
from tests.verifier.second.test_archives import BROKEN, RIGHT, contents
from verifier.tally.chain.zip_file import ZipFile
from verifier.tally.findings import Wrong
from verifier.tally.scenes import judged


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    vote = ForgedVote().build()
    vote.chain.seal()
    return write(vote, tmp_path_factory.mktemp("bundle") / "evidence.zip")


@pytest.mark.parametrize("name", RIGHT)
def test_archive__of_another_tool_is_read(name: str, forged: Path, tmp_path: Path) -> None:
    RIGHT[name](forged, tmp_path / "right.zip")
    assert judged(tmp_path, ["--evidence", "right.zip"]).verdict == "agrees"


@pytest.mark.parametrize("name", BROKEN)
def test_archive__that_is_ambiguous_is_refused(name: str, forged: Path, tmp_path: Path) -> None:
    BROKEN[name](forged, tmp_path / "broken.zip")
    found = judged(tmp_path, ["--evidence", "broken.zip"])
    assert found.verdict == "differs"
    assert {"bundle.unreadable", "step.blocked"} <= set(found.names)
    assert "step.failed" not in found.names


def _one_file(path: Path, packed: bytes, size: int, crc: int) -> ZipFile:
    """An archive of one file whose packed bytes, length and checksum are made up."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("a.txt", (1980, 1, 1, 0, 0, 0)), packed)
    raw = bytearray(path.read_bytes())
    listed = raw.index(b"PK\x01\x02")
    for head, shift in ((0, 0), (listed, 2)):
        raw[head + shift + 8 : head + shift + 10] = (8).to_bytes(2, "little")
        raw[head + shift + 14 : head + shift + 18] = crc.to_bytes(4, "little")
        raw[head + shift + 22 : head + shift + 26] = size.to_bytes(4, "little")
    path.write_bytes(raw)
    return ZipFile(path)


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


CONTENT = b"the result is what was counted" * 10


def test_file__is_unpacked_whole(tmp_path: Path) -> None:
    archive = _one_file(tmp_path / "a.zip", _deflated(CONTENT), len(CONTENT), zlib.crc32(CONTENT))
    assert b"".join(archive.parts(archive.entries[0])) == CONTENT


@pytest.mark.parametrize(
    ("packed", "size"),
    [(_deflated(CONTENT) + b"hidden", len(CONTENT)), (_deflated(CONTENT), 100), (_deflated(CONTENT)[:-3], len(CONTENT)), (b"", 0)],
    ids=["bytes behind the stream", "longer than it says", "cut off", "no stream"],
)
def test_file__that_is_more_or_less_than_it_says_is_refused(packed: bytes, size: int, tmp_path: Path) -> None:
    archive = _one_file(tmp_path / "a.zip", packed, size, zlib.crc32(CONTENT[:size]))
    with pytest.raises(Wrong, match=r"bundle\.unreadable"):
        list(archive.parts(archive.entries[0]))


def test_list__with_a_comment_to_a_file_is_refused(forged: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in contents(forged):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.comment = b"certified" if name == "manifest.json" else b""
            archive.writestr(info, content)
    assert "bundle.unreadable" in judged(tmp_path, ["--evidence", "a.zip"]).names
