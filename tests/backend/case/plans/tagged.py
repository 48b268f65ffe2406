"""A tagged PDF as office programs write it for long annexes: a structure element for every cell, packed into object streams."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

ELEMENTS_A_STREAM = 200
_FIRST = 7


def tagged_pdf(elements: int, *, last: bytes = b"") -> bytes:
    """One page and so many structure elements; `last` is put into the last of them."""
    numbers = range(_FIRST, _FIRST + elements)
    children = b" ".join(b"%d 0 R" % number for number in numbers)
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, tuple[int, int, int]] = {}

    def add(number: int, body: bytes) -> None:
        places[number] = (1, len(out), 0)
        out.extend(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    add(1, b"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 4 0 R>>")
    add(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    add(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/StructParents 0>>")
    add(4, b"<</Type/StructTreeRoot/K 5 0 R/ParentTree 6 0 R>>")
    add(5, b"<</Type/StructElem/S/Table/P 4 0 R/K[" + children + b"]>>")
    add(6, b"<</Nums[0[" + children + b"]]>>")
    stream = _FIRST + elements
    for begin in range(0, elements, ELEMENTS_A_STREAM):
        packed = numbers[begin : begin + ELEMENTS_A_STREAM]
        bodies = [b"<</Type/StructElem/S/TD/P 5 0 R/Pg 3 0 R/K %d%s>>" % (n, last if n == numbers[-1] else b"") for n in packed]
        add(stream, _object_stream(packed, bodies))
        places |= {number: (2, stream, place) for place, number in enumerate(packed)}
        stream += 1
    begins = len(out)
    add(stream, b"")
    del out[begins:]
    rows = b"".join(kind.to_bytes(1, "big") + where.to_bytes(4, "big") + place.to_bytes(2, "big") for kind, where, place in
                    ((0, 0, 0), *(places[number] for number in range(1, stream + 1))))  # fmt: skip
    table = zlib.compress(rows)
    head = b"<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % (stream + 1, len(table))
    out += b"%d 0 obj\n" % stream + head + b"\nstream\n" + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % begins
    return bytes(out)


def _object_stream(numbers: Sequence[int], bodies: Sequence[bytes]) -> bytes:
    offsets, length = [], 0
    for body in bodies:
        offsets.append(length)
        length += len(body) + 1
    index = b" ".join(b"%d %d" % pair for pair in zip(numbers, offsets, strict=True)) + b" "
    content = zlib.compress(index + b"\n".join(bodies))
    head = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (len(numbers), len(index), len(content))
    return head + b"\nstream\n" + content + b"\nendstream"
