"""The few forms of an ONNX file that its preparation reads and writes: fields of protocol buffers, and tensors held in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: ONNX's numbers of the types that occur, and how numpy reads them (little-endian, as the format has them).
_TYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8"}
FLOAT = 1

Field = tuple[int, int, Any]


class FormBroken(ValueError):
    """The bytes are no protocol buffer, or hold a tensor of a kind that is not read here."""


def fields(data: bytes) -> Iterator[Field]:
    """Number, kind and value of each field: an int for kind 0, else bytes. Raises: FormBroken."""
    place = 0
    try:
        while place < len(data):
            key, place = _varint(data, place)
            number, kind = key >> 3, key & 7
            if kind == 0:
                value, place = _varint(data, place)
                yield number, kind, value
                continue
            length, place = _varint(data, place) if kind == 2 else ({1: 8, 5: 4}[kind], place)
            if place + length > len(data):
                raise FormBroken("a field reaches beyond the end")
            yield number, kind, data[place : place + length]
            place += length
    except (IndexError, KeyError) as error:
        raise FormBroken("no protocol buffer") from error


def written(parts: Iterable[Field]) -> bytes:
    """The bytes of fields, in their order."""
    out = bytearray()
    for number, kind, value in parts:
        out += _as_varint(number << 3 | kind)
        if kind == 0:
            out += _as_varint(value)
        else:
            out += (_as_varint(len(value)) if kind == 2 else b"") + value
    return bytes(out)


def texts(message: bytes, number: int) -> list[str]:
    """All texts of one field."""
    return [value.decode() for found, _, value in fields(message) if found == number]


@dataclass(frozen=True)
class Tensor:
    """A named array."""

    name: str
    values: NDArray[Any]

    @classmethod
    def read(cls, message: bytes) -> Tensor:
        """From a TensorProto. Raises: FormBroken."""
        shape: list[int] = []
        kind, name, raw = 0, "", b""
        numbers: list[int] = []
        for number, form, value in fields(message):
            if number == 1:
                shape += [value] if form == 0 else _packed(value)
            elif number == 2:
                kind = value
            elif number == 4:  # float_data
                raw += value
            elif number in {5, 7}:  # int32_data, int64_data
                numbers += [value] if form == 0 else _packed(value)
            elif number == 8:
                name = value.decode()
            elif number == 9:
                raw = value
        if kind not in _TYPES:
            raise FormBroken(f"{name}: a tensor of kind {kind}")
        flat = np.frombuffer(raw, _TYPES[kind]) if raw else np.array([_signed(one) for one in numbers]).astype(_TYPES[kind])
        return cls(name, flat.reshape(shape))

    def message(self) -> bytes:
        """A TensorProto of float32."""
        shape: list[Field] = [(1, 0, size) for size in self.values.shape]
        return written([*shape, (2, 0, FLOAT), (8, 2, self.name.encode()), (9, 2, self.values.astype("<f4").tobytes())])


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _packed(data: bytes) -> list[int]:
    place, found = 0, []
    while place < len(data):
        value, place = _varint(data, place)
        found.append(value)
    return found


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, place


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
