"""SFace's file made ready: weights as plain floats, one input. The same bytes in give the same bytes out, on any machine.

The file as its makers give it holds weights in blocks of small integers, unpacked anew at each run, and names every weight among the
inputs of the graph, 29 of them of no node any more. Without both onnxruntime needs two thirds of the time, and says nothing at loading.
"""

from __future__ import annotations

import numpy as np

from verifier.face.models.wire import Field, FormBroken, Tensor, fields, texts, written

_GRAPH, _NODE, _INITIALIZER, _INPUT, _VALUE_INFO = 7, 1, 5, 11, 13
_BLOCKS, _NEW_SHAPE = "DequantizeLinear", "Reshape"


def folded(model: bytes, input_name: str) -> bytes:
    """The model with constant weights unpacked, and `input_name` as its only input. Raises: FormBroken."""
    return written([(number, kind, _graph(value, input_name) if number == _GRAPH else value) for number, kind, value in fields(model)])


def _graph(graph: bytes, input_name: str) -> bytes:
    parts = list(fields(graph))
    tensors = {tensor.name: tensor for number, _, value in parts if number == _INITIALIZER for tensor in [Tensor.read(value)]}
    unpacked: dict[str, Tensor] = {}
    nodes: list[bytes] = []
    for node in [value for number, _, value in parts if number == _NODE]:
        (kind,), inputs = texts(node, 4), texts(node, 1)
        known = [unpacked.get(name) or tensors.get(name) for name in inputs]
        if kind not in {_BLOCKS, _NEW_SHAPE} or None in known:
            nodes.append(node)
            continue
        (output,) = texts(node, 2)
        first, *others = [one for one in known if one]
        values = _plain(node, first, others) if kind == _BLOCKS else first.values.reshape(others[0].values.tolist())
        unpacked[output] = Tensor(output, values)
    used = {name for node in nodes for name in texts(node, 1)}
    kept: list[Field] = []
    for number, form, value in parts:
        if number in {_NODE, _VALUE_INFO}:
            continue
        if number == _INITIALIZER and Tensor.read(value).name not in used:
            continue
        if number == _INPUT and texts(value, 1) != [input_name]:
            continue
        kept.append((number, form, value))
    weights: list[Field] = [(_INITIALIZER, 2, tensor.message()) for name, tensor in unpacked.items() if name in used]
    return written([*((_NODE, 2, node) for node in nodes), *kept, *weights])


def _plain(node: bytes, packed: Tensor, others: list[Tensor]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """(value - zero point) * scale, each scale for one block along an axis."""
    settings = {texts(value, 1)[0]: _whole(value) for number, _, value in fields(node) if number == 5}
    axis, block = settings.get("axis", 1), settings.get("block_size", 0)
    if not block or len(others) != 2:
        raise FormBroken(f"{packed.name}: weights that are not packed in blocks")
    length = packed.values.shape[axis]
    scale, zero = (np.repeat(one.values, block, axis=axis).take(range(length), axis=axis) for one in others)
    return np.asarray((packed.values.astype(np.float32) - zero.astype(np.float32)) * scale.astype(np.float32), dtype=np.float32)


def _whole(attribute: bytes) -> int:
    return next((value for number, kind, value in fields(attribute) if (number, kind) == (3, 0)), 0)
