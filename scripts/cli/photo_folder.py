"""A folder of reference photos named by claim number: whose each is, which can be used, and the files that come of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.ground.common.errors import BadInput
from backend.ground.common.spreadsheets import table_csv
from backend.ground.common.text import same_key
from verifier.issuer.bindings.errors import IdentityFileNotReadable
from verifier.issuer.bindings.file import MOST_PHOTOS, SALT_BYTES, Line, read_file

IDENTITIES, REFERENCES, REJECTS, NOT_STORED = "identities.jsonl", "references.jsonl", "rejects.csv", "not-stored.csv"
_FURTHER = re.compile(r"(.+)~[2-9]")
_OF_THE_DESKTOP = frozenset({"thumbs.db", "desktop.ini"})
_HEADER = ("文件 file", "规则 rule", "说明", "what to correct")


class PhotoOfNobody(BadInput):
    """No lender of the frozen register has this claim number."""

    zh = "冻结的登记表中没有债权编号 {claim_no}。请把文件改名为债权编号；同一人的其余照片在编号后加 ~2、~3。"
    en = "The frozen register has no claim number {claim_no}. Name the file by the claim number; add ~2, ~3 for further photos."


class NotAPhotoFile(BadInput):
    """A folder or a link stands among the photos."""

    zh = "这是文件夹或链接，不是照片文件。"
    en = "This is a folder or a link and no photo."


class PhotoOfTwoLenders(BadInput):
    """One picture cannot be two people; which of them it is a person has to say."""

    zh = "与 {other} 是同一张照片，但属于不同的出借人。请核对是谁的照片。"
    en = "This is the same picture as {other}, under another lender. Find out whose it is."


class PhotoTwice(BadInput):
    """The same picture stands twice under one lender."""

    zh = "与 {other} 是同一张照片，只采用一张。"
    en = "This is the same picture as {other}; one of them is used."


class TooManyPhotos(BadInput):
    """An identity file binds at most five photos of one lender."""

    zh = "每名出借人至多 {most} 张照片，这一张没有采用。"
    en = "Each lender has at most {most} photos; this one is not used."


@dataclass(frozen=True)
class Reject:
    """A file that is not used, the broken rule, and the sentence in both languages."""

    file: str
    rule: str
    zh: str
    en: str

    @classmethod
    def of(cls, file: str, error: BadInput) -> Reject:
        """From the rule's error."""
        return cls(file, error.code, error.say("zh"), error.say("en"))


@dataclass(frozen=True)
class Named:
    """A file that names a lender of the register."""

    file: str
    index: int


@dataclass(frozen=True)
class Reference:
    """A photo that can be used: file, index, and the keccak by which the identity file names it."""

    file: str
    index: int
    photo: bytes


def named_photos(folder: Path, places: Mapping[str, int]) -> tuple[list[Named], list[Reject]]:
    """The folder's photos by name, and what is none; what a desktop leaves in folders is left aside. `places`: index by claim number."""
    named, rejects = list[Named](), list[Reject]()
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if entry.name.startswith(".") or entry.name.lower() in _OF_THE_DESKTOP:
            continue
        if not entry.is_file(follow_symlinks=False):
            rejects.append(Reject.of(entry.name, NotAPhotoFile()))
            continue
        stem = entry.name.rpartition(".")[0] or entry.name
        further = _FURTHER.fullmatch(stem)
        keys = [same_key(stem), *([same_key(further[1])] if further else [])]
        index = next((places[key] for key in keys if key in places), None)
        if index is None:
            rejects.append(Reject.of(entry.name, PhotoOfNobody(claim_no=stem[:64])))
        else:
            named.append(Named(entry.name, index))
    return named, rejects


def chosen(found: Sequence[Reference]) -> tuple[list[Reference], list[Reject]]:
    """Those that are bound to their lender, in the order of their names; a picture under two lenders binds neither."""
    by_photo: dict[bytes, list[Reference]] = {}
    for one in found:
        by_photo.setdefault(one.photo, []).append(one)
    kept, rejects, counts = list[Reference](), list[Reject](), dict[int, int]()
    for one in found:
        alike = by_photo[one.photo]
        stranger = next((other for other in alike if other.index != one.index), None)
        if stranger is not None:
            rejects.append(Reject.of(one.file, PhotoOfTwoLenders(other=stranger.file)))
        elif alike[0] is not one:
            rejects.append(Reject.of(one.file, PhotoTwice(other=alike[0].file)))
        elif counts.get(one.index, 0) == MOST_PHOTOS:
            rejects.append(Reject.of(one.file, TooManyPhotos(most=MOST_PHOTOS)))
        else:
            counts[one.index] = counts.get(one.index, 0) + 1
            kept.append(one)
    return kept, rejects


def identity_file(references: Sequence[Reference], former: bytes, leaf_count: int) -> bytes:
    """The file that officials sign. Salts of a `former` one stay, so that the same photos give the same file and signatures stand."""
    try:
        salts = {line.index: line.salt for line in read_file(former, leaf_count)}
    except IdentityFileNotReadable:  # there is none, or it is of another register: salts are drawn
        salts = {}
    photos: dict[int, list[bytes]] = {}
    for one in references:
        photos.setdefault(one.index, []).append(one.photo)
    lines = (Line(index, salts.get(index) or os.urandom(SALT_BYTES), tuple(photos[index]), None) for index in sorted(photos))
    return "".join(line.as_text() for line in lines).encode()


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def rejects_csv(rejects: Sequence[Reject]) -> bytes:
    """For a spreadsheet, by file."""
    return table_csv(_HEADER, [(one.file, one.rule, one.zh, one.en) for one in sorted(rejects, key=lambda one: one.file)])


def references_jsonl(references: Sequence[Reference]) -> bytes:
    """What is handed to the identity verifier, a line a photo."""
    rows = [{"file": one.file, "index": one.index, "photo": "0x" + one.photo.hex()} for one in references]
    return b"".join(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n" for row in rows)


def read_references(path: Path) -> Iterator[Reference]:
    """The lines again."""
    for line in path.read_bytes().decode("utf-8", "surrogateescape").splitlines():
        row = json.loads(line)
        yield Reference(row["file"], row["index"], bytes.fromhex(row["photo"][2:]))
