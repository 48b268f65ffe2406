"""The form of an identity file (protocol §15.1), without web, tables, chain or clock."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from backend.vote.identities.errors import IdentityFileRefused

MOST_PHOTOS = 5
_HASH = re.compile(r"0x[0-9a-f]{64}")
_KEYS = {"index", "salt", "photos", "person"}


@dataclass(frozen=True)
class Counts:
    """What officials are told of a file: how many lenders, photos and persons it binds."""

    lenders: int
    photos: int
    persons: int


def count(content: bytes, leaf_count: int) -> Counts:
    """The counts of a file about a register of so many leaves. Raises: IdentityFileRefused with the row."""
    if not content.endswith(b"\n"):
        raise IdentityFileRefused(row=content.count(b"\n") + 1, why_zh="行末没有换行符", why_en="it does not end with a line feed")
    photos = persons = lenders = 0
    before = -1
    for row, text in enumerate(content[:-1].split(b"\n"), start=1):
        line = _line(row, text)
        if not before < line["index"] < leaf_count:
            raise IdentityFileRefused(row=row, why_zh="序号须逐行递增，并在登记表内", why_en="indexes rise and are in the register")
        before = line["index"]
        lenders, photos, persons = lenders + 1, photos + len(line["photos"]), persons + (line["person"] is not None)
    return Counts(lenders, photos, persons)


def _line(row: int, text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode(), parse_float=_no_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise IdentityFileRefused(row=row, why_zh="不是一个 JSON 对象", why_en="it is no JSON object") from error
    if not isinstance(found, dict) or set(found) != _KEYS or not _is_whole(found["index"]):
        raise IdentityFileRefused(row=row, why_zh="字段不符", why_en="it has index, salt, photos and person")
    photos, person = found["photos"], found["person"]
    hashes = [found["salt"], *(photos if isinstance(photos, list) else [None]), *([] if person is None else [person])]
    if not all(isinstance(one, str) and _HASH.fullmatch(one) for one in hashes):
        raise IdentityFileRefused(row=row, why_zh="数字指纹应为 0x 和 64 位小写十六进制", why_en="a hash is 0x and 64 lower-case digits")
    if len(photos) > MOST_PHOTOS or not (photos or person):
        words = f"每人至多 {MOST_PHOTOS} 张照片，且至少有照片或身份信息", f"it has up to {MOST_PHOTOS} photos, and a photo or a person"
        raise IdentityFileRefused(row=row, why_zh=words[0], why_en=words[1])
    return found


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _no_number(value: str) -> Any:
    raise ValueError(value)
