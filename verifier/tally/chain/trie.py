"""Ethereum's tries of numbered items: the root that a block's header has of its transactions and of its receipts."""

from collections.abc import Sequence

from verifier.tally import rlp
from verifier.tally.keccak import keccak

EMPTY_ROOT = keccak(rlp.encode(b""))
Nibbles = tuple[int, ...]
Pair = tuple[Nibbles, bytes]


def _nibbles(key: bytes) -> Nibbles:
    return tuple(part for byte in key for part in (byte >> 4, byte & 15))


def _packed(path: Nibbles, *, leaf: bool) -> bytes:
    """A path with the flags for its kind and its odd length (hex-prefix encoding)."""
    flag = 2 * leaf + len(path) % 2
    whole = (flag, *path) if len(path) % 2 else (flag, 0, *path)
    return bytes(whole[i] << 4 | whole[i + 1] for i in range(0, len(whole), 2))


def _referred(node: rlp.Item) -> rlp.Item:
    """What a parent holds of a node: the node itself when it is short, else its hash."""
    encoded = rlp.encode(node)
    return node if len(encoded) < 32 else keccak(encoded)


def _node(pairs: Sequence[Pair], depth: int) -> rlp.Item:
    """The node over pairs that share their first `depth` nibbles."""
    first = pairs[0][0]
    if len(pairs) == 1:
        return [_packed(first[depth:], leaf=True), pairs[0][1]]
    shared = depth
    while all(len(path) > shared and path[shared] == first[shared] for path, _ in pairs):
        shared += 1
    if shared > depth:
        return [_packed(first[depth:shared], leaf=False), _referred(_node(pairs, shared))]
    children: list[rlp.Item] = []
    for nibble in range(16):
        below = [pair for pair in pairs if len(pair[0]) > depth and pair[0][depth] == nibble]
        children.append(_referred(_node(below, depth + 1)) if below else b"")
    return [*children, next((value for path, value in pairs if len(path) == depth), b"")]


def root_of(items: Sequence[bytes]) -> bytes:
    """The root over items, the key of each being the RLP of its number."""
    if not items:
        return EMPTY_ROOT
    keys = (rlp.encode(i.to_bytes((i.bit_length() + 7) // 8, "big")) for i in range(len(items)))
    pairs = [(_nibbles(key), item) for key, item in zip(keys, items, strict=True)]
    return keccak(rlp.encode(_node(pairs, 0)))
