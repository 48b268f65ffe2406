"""A model whose weights are packed in blocks comes out with plain ones, the same bytes each time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from verifier.face.models.folding import folded
from verifier.face.models.wire import Field, FormBroken, Tensor, fields, texts, written

PACKED = np.array([[1, -2, 3], [4, 5, -6], [7, 8, 9], [10, 11, 12]], dtype=np.int8)
SCALES, ZEROS = np.array([[0.5, 1.0, 2.0], [0.25, 0.1, 1.0]], dtype=np.float32), np.array([[0, 1, 0], [0, 0, 2]], dtype=np.int8)
NUMBERS = {np.dtype(np.float32): 1, np.dtype(np.int8): 3, np.dtype(np.int64): 7}


def tensor(name: str, values: np.ndarray) -> bytes:
    shape: list[Field] = [(1, 0, size) for size in values.shape]
    return written([*shape, (2, 0, NUMBERS[values.dtype]), (8, 2, name.encode()), (9, 2, values.tobytes())])


def node(kind: str, inputs: list[str], output: str, *settings: bytes) -> bytes:
    given: list[Field] = [(1, 2, name.encode()) for name in inputs]
    return written([*given, (2, 2, output.encode()), (4, 2, kind.encode()), *((5, 2, one) for one in settings)])


def setting(name: str, value: int) -> bytes:
    return written([(1, 2, name.encode()), (3, 0, value)])


def model(**changes: bytes) -> bytes:
    values: dict[str, Any] = {"w": PACKED, "s": SCALES, "z": ZEROS}
    unpack = node("DequantizeLinear", ["w", "s", "z"], "plain", setting("axis", 0), setting("block_size", 2))
    parts: list[Field] = [
        (1, 2, changes.get("unpack", unpack)),
        (1, 2, node("Reshape", ["plain", "shape"], "weight")),
        (1, 2, node("MatMul", ["data", "weight"], "answer")),
        *((5, 2, tensor(name, value)) for name, value in values.items()),
        (5, 2, tensor("shape", np.array([6, 2], dtype=np.int64))),
        *((11, 2, written([(1, 2, name.encode())])) for name in ("data", "weight", "w")),
        (12, 2, written([(1, 2, b"answer")])),
    ]
    return written([(1, 0, 6), (7, 2, written(parts))])


def test_weights_come_out_plain_and_the_graph_takes_one_input() -> None:
    (graph,) = [value for number, _, value in fields(folded(model(), "data")) if number == 7]
    parts = list(fields(graph))
    assert [texts(value, 4) for number, _, value in parts if number == 1] == [["MatMul"]]
    assert [texts(value, 1) for number, _, value in parts if number == 11] == [["data"]]
    (weight,) = [Tensor.read(value) for number, _, value in parts if number == 5]
    expected = (PACKED - np.repeat(ZEROS, 2, axis=0)).astype(np.float32) * np.repeat(SCALES, 2, axis=0)
    assert weight.name == "weight"
    assert np.array_equal(weight.values, expected.reshape(6, 2))


def test_the_same_bytes_come_out_each_time() -> None:
    assert folded(model(), "data") == folded(model(), "data")


@pytest.mark.parametrize("broken", [model()[:-3], b"\xff\xff", model(unpack=node("DequantizeLinear", ["w", "s", "z"], "plain"))])
def test_what_is_no_such_model_is_refused(broken: bytes) -> None:
    with pytest.raises((FormBroken, UnicodeDecodeError)):
        folded(broken, "data")
