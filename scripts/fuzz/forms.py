"""Multipart bodies: a register, a plan, a photo, and what becomes of them on the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from scripts.fuzz.bodies import Body
from scripts.fuzz.odd_values import not_text

Part = tuple[str, str | None, bytes]
"""Field, file name, content."""


@dataclass(frozen=True)
class Materials:
    """Honest content of each field."""

    register: bytes
    plan: bytes
    pdf: bytes
    picture: bytes


def form_of(parts: list[Part], boundary: str = "x7f3b") -> bytes:
    """As a browser sends it."""
    out = b""
    for name, file_name, content in parts:
        told = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        told += "" if file_name is None else f'; filename="{file_name}"\r\nContent-Type: application/octet-stream'
        out += told.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + content + b"\r\n"
    return out + f"--{boundary}--\r\n".encode()


def odd_form(parts: list[Part], dice: random.Random) -> Body:
    """The form with one thing wrong, or as it is."""
    kind = "multipart/form-data; boundary=x7f3b"
    roll = dice.random()
    if roll < 0.15:
        return Body(form_of(parts), must_be_refused=False, kind=kind)
    if roll < 0.55:
        at = dice.randrange(len(parts))
        name, file_name, content = parts[at]
        spoiled = dice.choice(_SPOILERS)(content, dice)
        return Body(form_of([*parts[:at], (name, file_name, spoiled), *parts[at + 1 :]]), must_be_refused=False, kind=kind)
    if roll < 0.75:
        return Body(form_of(_other_parts(parts, dice)), must_be_refused=False, kind=kind)
    content = form_of(parts)
    broken = dice.choice(
        (
            content[: len(content) // 2], b"", b"--x7f3b--", content.replace(b"\r\n", b"\n"), content + content, b"\0" + content,
            content.replace(b"Content-Disposition", b"Content-Disposition: form-data; name=\xff\r\nX"), b"--x7f3b\r\n" * 2_000,
            b"--x7f3b\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", content.replace(b"; name=", b"; nome="),
        )
    )  # fmt: skip
    kind = dice.choice(
        (kind, kind, "multipart/form-data", "multipart/form-data; boundary=", f"{kind}; charset=utf-9", "multipart/mixed; boundary=x7f3b")
    )
    return Body(broken, must_be_refused=False, kind=kind)


def _other_parts(parts: list[Part], dice: random.Random) -> list[Part]:
    at = dice.randrange(len(parts))
    name, file_name, content = parts[at]
    long_name = "a" * 3_000 + ".csv"
    names = (
        "",
        "a.exe",
        "../../a.csv",
        "a\\b.csv",
        'a"b.csv',
        long_name,
        not_text(dice, "a.csv").replace("\n", ""),
        "登记表.csv",
        "%00.csv",
    )
    choices: tuple[list[Part], ...] = (
        [*parts[:at], *parts[at + 1 :]],
        [*parts, parts[at]],
        [*parts, ("extra", None, b"1")],
        [*parts[:at], (name, None if file_name is not None else "a.txt", content), *parts[at + 1 :]],
        [*parts[:at], (name, dice.choice(names), content), *parts[at + 1 :]],
        [*parts[:at], (not_text(dice, name).replace("\n", ""), file_name, content), *parts[at + 1 :]],
        [*parts, *[("n", None, b"")] * 1_200],
    )
    return dice.choice(choices)


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randint(0, len(content))]


def _flip(content: bytes, dice: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(dice.choice((1, 5, 50))):
        if out:
            out[dice.randrange(len(out))] = dice.randrange(256)
    return bytes(out)


def _insert(content: bytes, dice: random.Random) -> bytes:
    at = dice.randint(0, len(content))
    return content[:at] + not_text(dice).encode("utf-8", "surrogatepass") * dice.choice((1, 1, 1_000)) + content[at:]


def _cells(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = dice.randrange(len(lines))
    cells = lines[at].split(b",")
    odd = (
        b"",
        b"\0",
        b"-1",
        b"1e5",
        b"9" * 30,
        b"\xed\xa0\x80",
        "\u202e".encode(),
        b'"',
        b"'",
        "１，０００".encode(),
        b"=1+1",
        b"\t",
        "合计".encode(),
    )
    cells[dice.randrange(len(cells))] = dice.choice(odd)
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _nothing(_: bytes, dice: random.Random) -> bytes:
    return dice.choice(
        (b"", b"\0" * 5_000, b"PK\x03\x04", b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"{}", b"null", b"\xd0\xcf\x11\xe0")
    )


_SPOILERS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flip, _flip, _insert, _insert, _cells, _cells, _nothing)
