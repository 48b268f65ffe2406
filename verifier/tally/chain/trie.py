"""Ethereum's tries (Yellow Paper, appendix D): roots over items, and proofs that a key has a value or none."""

from collections.abc import Mapping, Sequence

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


def _shared(pairs: Sequence[Pair], depth: int) -> int:
    """How many nibbles from a depth on all paths share; they are in order, so the first and the last tell."""
    first, last, count = pairs[0][0], pairs[-1][0], 0
    while depth + count < min(len(first), len(last)) and first[depth + count] == last[depth + count]:
        count += 1
    return count


def _node(pairs: Sequence[Pair], depth: int) -> rlp.Item:
    """The node over pairs that share their first `depth` nibbles."""
    first = pairs[0][0]
    if len(pairs) == 1:
        return [_packed(first[depth:], leaf=True), pairs[0][1]]
    shared = depth + _shared(pairs, depth)
    if shared > depth:
        return [_packed(first[depth:shared], leaf=False), _referred(_node(pairs, shared))]
    children: list[rlp.Item] = []
    for nibble in range(16):
        below = [pair for pair in pairs if len(pair[0]) > depth and pair[0][depth] == nibble]
        children.append(_referred(_node(below, depth + 1)) if below else b"")
    return [*children, next((value for path, value in pairs if len(path) == depth), b"")]


def root_over(items: Mapping[bytes, bytes]) -> bytes:
    """The root over values by their keys, none of which begins another one."""
    pairs = sorted((_nibbles(key), value) for key, value in items.items())
    return keccak(rlp.encode(_node(pairs, 0))) if pairs else EMPTY_ROOT


def way_to(items: Mapping[bytes, bytes], key: bytes) -> list[bytes]:
    """The nodes from the root to a key, or to where the trie shows that it has no value there."""
    pairs = sorted((_nibbles(one), value) for one, value in items.items())
    path, depth, nodes = _nibbles(key), 0, list[bytes]()
    while pairs:
        node = _node(pairs, depth)
        encoded = rlp.encode(node)
        if len(encoded) >= 32 or not nodes:
            nodes.append(encoded)
        if len(pairs) == 1:
            break
        depth += _shared(pairs, depth)
        if any(one[:depth] != path[:depth] for one, _ in pairs[:1]):
            break
        if len(node) == 17:
            pairs, depth = [pair for pair in pairs if pair[0][depth : depth + 1] == path[depth : depth + 1]], depth + 1
    return nodes


def key_of(number: int) -> bytes:
    """The key of a numbered item."""
    return rlp.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def root_of(items: Sequence[bytes]) -> bytes:
    """The root over numbered items: what a header has of its transactions and of its receipts."""
    return root_over({key_of(number): item for number, item in enumerate(items)})


def proof_of(items: Sequence[bytes], number: int) -> list[bytes]:
    """The nodes that prove one of the numbered items, from the root down."""
    return way_to({key_of(i): item for i, item in enumerate(items)}, key_of(number))


class NotProved(ValueError):
    """Nodes that do not lead from the root to the key."""


def value_at(root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes:
    """What stands under the key in the trie of that root; empty when the nodes prove that nothing does.

    `nodes` are whole encoded nodes from the root down, none left over; short ones inside others are not listed. Raises NotProved.
    """
    waiting, path = list(nodes), _nibbles(key)
    node = _opened(root, waiting)
    while True:
        found, path, following = _step(node, path)
        if following is None:
            break
        node = _opened(following, waiting) if isinstance(following, bytes) else _shape(following)
    if waiting:
        raise NotProved(f"{len(waiting)} nodes are left over")
    return found


def _opened(reference: bytes, waiting: list[bytes]) -> list[rlp.Item]:
    """The next node, which has to have that hash."""
    if len(reference) != 32 or not waiting:
        raise NotProved("a node is missing")
    encoded = waiting.pop(0)
    if keccak(encoded) != reference:
        raise NotProved("a node is not the one that its parent names")
    try:
        return _shape(rlp.decode(encoded))
    except rlp.NotRlp as error:
        raise NotProved(f"a node is no RLP: {error}") from error


def _shape(item: rlp.Item) -> list[rlp.Item]:
    if isinstance(item, bytes) or len(item) not in (2, 17) or (len(item) == 2 and not isinstance(item[0], bytes)):
        raise NotProved("a node has neither 2 nor 17 items")
    return list(item)


def _step(node: list[rlp.Item], path: Nibbles) -> tuple[bytes, Nibbles, rlp.Item | None]:
    """One node further: the value when the way ends here, the rest of the path, and the reference to go on with."""
    if len(node) == 17:
        child = node[16] if not path else node[path[0]]
        if not path or child == b"":
            return _value(child), (), None
        return b"", path[1:], child
    packed = node[0]
    assert isinstance(packed, bytes)
    flag, nibbles = (packed[0] >> 4 if packed else 4), _nibbles(packed)
    if flag > 3 or (flag % 2 == 0 and nibbles[1]):
        raise NotProved("a path has flags that there are not")
    own = nibbles[1:] if flag % 2 else nibbles[2:]
    is_leaf = flag >= 2
    if not is_leaf and not own:
        raise NotProved("an extension leads nowhere")
    if is_leaf:
        return (_value(node[1]) if path == own else b""), (), None
    if path[: len(own)] != own:
        return b"", (), None
    return b"", path[len(own) :], node[1]


def _value(item: rlp.Item) -> bytes:
    if not isinstance(item, bytes):
        raise NotProved("a value is a list")
    return item
