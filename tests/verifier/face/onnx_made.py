"""A tiny ONNX model written byte by byte (onnx.proto, protobuf's wire format): average the picture in squares, then one matrix."""

from __future__ import annotations

import numpy as np

POOL = 28
SEEN = 3 * (112 // POOL) ** 2


def _number(value: int) -> bytes:
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def _int(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _number(field << 3 | 2) + _number(len(data)) + data


def _ints(name: str, values: list[int]) -> bytes:
    return _bytes(5, _bytes(1, name) + b"".join(_int(8, value) for value in values) + _int(20, 7))


def _node(kind: str, inputs: list[str], output: str, attributes: bytes = b"") -> bytes:
    return _bytes(1, b"".join(_bytes(1, name) for name in inputs) + _bytes(2, output) + _bytes(4, kind) + attributes)


def _tensor(name: str, values: np.ndarray) -> bytes:
    return b"".join(_int(1, size) for size in values.shape) + _int(2, 1) + _bytes(8, name) + _bytes(9, values.astype("<f4").tobytes())


def _value(name: str, shape: list[int]) -> bytes:
    sizes = b"".join(_bytes(1, _int(1, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _int(1, 1) + _bytes(2, sizes)))


def make_model(matrix: np.ndarray, side: int = 112) -> bytes:
    """A model (1, 3, side, side) -> (1, columns of the matrix); the matrix has 48 rows when the side is 112."""
    graph = _node("AveragePool", ["face"], "squares", _ints("kernel_shape", [POOL, POOL]) + _ints("strides", [POOL, POOL]))
    graph += _node("Flatten", ["squares"], "row") + _node("MatMul", ["row", "matrix"], "vector") + _bytes(2, "tiny")
    graph += _bytes(5, _tensor("matrix", matrix)) + _bytes(11, _value("face", [1, 3, side, side]))
    graph += _bytes(12, _value("vector", [1, matrix.shape[1]]))
    return _int(1, 8) + _bytes(7, graph) + _bytes(8, _int(2, 13))
