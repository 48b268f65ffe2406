"""Ethereum's tries (Yellow Paper, appendix D): the root over numbered items, and proofs that a key has a value or none."""

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


def proof_of(items: Sequence[bytes], number: int) -> list[bytes]:
    """The nodes that prove one of the items, from the root down."""
    pairs = [(_nibbles(key_of(i)), item) for i, item in enumerate(items)]
    path, depth, nodes = _nibbles(key_of(number)), 0, list[bytes]()
    while True:
        node = _node(pairs, depth)
        encoded = rlp.encode(node)
        if len(encoded) >= 32 or not nodes:
            nodes.append(encoded)
        if len(pairs) == 1 or isinstance(node, bytes):
            return nodes
        if len(node) == 2:  # an extension: what all paths share
            depth += len(_unpacked(node[0]))
        elif len(path) == depth:
            return nodes
        else:
            pairs, depth = [pair for pair in pairs if len(pair[0]) > depth and pair[0][depth] == path[depth]], depth + 1


def _unpacked(packed: rlp.Item) -> Nibbles:
    assert isinstance(packed, bytes)
    return _nibbles(packed)[1:] if packed[0] >> 4 & 1 else _nibbles(packed)[2:]


class NotProved(ValueError):
    """Nodes that do not lead from the root to the key."""


def key_of(number: int) -> bytes:
    """The key of a numbered item."""
    return rlp.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


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
