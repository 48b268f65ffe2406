"""What officials do before they sign: everything is made again and compared byte for byte (protocol §23.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from verifier.escrow.dealer import Dealer
from verifier.escrow.files import Leaf


def differences(dealer: Dealer, leaves: Iterable[Leaf], file: IO[bytes], boxes: Sequence[bytes]) -> Iterator[str]:
    """What differs from the dealer's work, by name; nothing when file and boxes are what follows from the seed. Raises: as Dealer.file."""
    at = 0
    for piece in dealer.file(leaves):
        found = file.read(len(piece))
        if found != piece:
            same = next((place for place, (a, b) in enumerate(zip(found, piece, strict=False)) if a != b), len(found))
            yield f"file, byte {at + same}"
            break
        at += len(piece)
    else:
        if file.read(1):
            yield f"file, byte {at}"
    if len(boxes) != len(dealer.boxes):
        yield "boxes"
    for seat, (handed, made) in enumerate(zip(boxes, dealer.boxes, strict=False)):
        if handed != made:
            yield f"box {seat}"
