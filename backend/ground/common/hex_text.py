"""Bytes as people and programs exchange them: 0x and lower-case hex digits."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema


def to_hex(data: bytes) -> str:
    """0x and lower-case digits."""
    return "0x" + data.hex()


def from_hex(text: object) -> bytes:
    """The bytes of a 0x text, upper or lower case. Raises: ValueError."""
    if isinstance(text, bytes):
        return text
    if not isinstance(text, str) or not text.startswith(("0x", "0X")) or not text.isascii() or len(text) > 20_000:
        raise ValueError("0x and hexadecimal digits are asked for")
    digits = text[2:]
    if any(character.isspace() for character in digits):
        raise ValueError("no spaces between the digits")
    return bytes.fromhex(digits)


def _signer(data: bytes) -> bytes:
    if not 20 <= len(data) <= 512:
        raise ValueError("a signer has 20 bytes (an address) or more (a verifying contract and a key)")
    return data


def _signature(data: bytes) -> bytes:
    if not 1 <= len(data) <= 8192:
        raise ValueError("a signature has 65 bytes (or more for passkeys)")
    return data


def _address(data: bytes) -> bytes:
    if len(data) != 20:
        raise ValueError("an address has 20 bytes")
    return data


_AS_TEXT = (BeforeValidator(from_hex), PlainSerializer(to_hex), WithJsonSchema({"type": "string", "pattern": "^0x[0-9a-fA-F]*$"}))
Hex = Annotated[bytes, *_AS_TEXT]
HexSigner = Annotated[bytes, *_AS_TEXT, AfterValidator(_signer)]
HexSignature = Annotated[bytes, *_AS_TEXT, AfterValidator(_signature)]
HexAddress = Annotated[bytes, *_AS_TEXT, AfterValidator(_address)]
