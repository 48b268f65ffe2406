"""What is looked for: numbers that open a ballot, and choices as a device that seals none would send them, each in every form."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from backend.ground.common.seals import ORDER


@dataclass(frozen=True)
class Needle:
    """Bytes, and what it means to find them."""

    label: str
    form: str
    bytes: bytes


def number_forms(label: str, value: bytes) -> Iterator[Needle]:
    """A number of so many bytes, written as programs write numbers: bytes, hex, base64, decimal, a library's or Python's own digits."""
    number = int.from_bytes(value, "big")
    yield Needle(label, "bytes", value)
    yield Needle(label, "bytes, lowest first", value[::-1])
    yield Needle(label, "hex", f"{number:x}".encode())  # zeros before it may be there or not
    yield Needle(label, "hex, capitals", f"{number:X}".encode())
    yield Needle(label, "decimal", str(number).encode())
    yield Needle(label, "Python's digits", _digits_of_30_bits(number))
    for ahead in range(3):  # where in a longer text of base64 it may begin
        encoded = base64.b64encode(bytes(ahead) + value)
        whole = encoded[(0, 2, 3)[ahead] : len(encoded.rstrip(b"=")) - 1]  # letters that depend on these bytes alone
        yield Needle(label, "base64", whole)
        yield Needle(label, "base64, for addresses", whole.replace(b"+", b"-").replace(b"/", b"_"))


def _digits_of_30_bits(number: int) -> bytes:
    digits = []
    while number:
        digits.append((number & (2**30 - 1)).to_bytes(4, "little"))
        number >>= 30
    return b"".join(digits)


def secret_forms(label: str, secret: int) -> Iterator[Needle]:
    """A number of the group and its negative, which is as good."""
    for value in (secret, ORDER - secret):
        yield from number_forms(label, value.to_bytes(32, "big"))


def choice_forms(label: str, index: int, choice: int) -> Iterator[Needle]:
    """A lender's plain choice beside the lender, as the API of an open poll, a log line or a program's own words would have it."""
    for name in ("index", "lender_index", "lenderIndex"):
        for quote, colon, comma in (('"', ":", ","), ('"', ": ", ", "), ("'", ": ", ", ")):
            place = f"{quote}{name}{quote}{colon}{index}{comma}"
            yield Needle(label, "choice", f"{place}{quote}choice{quote}{colon}{choice}".encode())
            yield Needle(label, "choices", f"{place}{quote}choices{quote}{colon}[{choice}".encode())
            yield Needle(label, "plain", f"{place}{quote}plain{quote}{colon}{choice}".encode())
        yield Needle(label, "fields", f"{name}={index}, choice={choice}".encode())
        yield Needle(label, "form", f"{name}={index}&choice={choice}".encode())
