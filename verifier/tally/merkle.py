"""The register's tree, its proofs and multiproofs (protocol §4)."""

from collections.abc import Sequence

from verifier.tally.keccak import keccak, word

ZERO = bytes(32)


def leaf_hash(index: int, voting_class: int, point: bytes) -> bytes:
    """The leaf: a double hash of index, class and commitment (64 bytes)."""
    return keccak(keccak(word(index) + word(voting_class) + point))


def depth_of(leaf_count: int) -> int:
    """The tree's depth: at least 8."""
    return max(8, (leaf_count - 1).bit_length())


def node(a: bytes, b: bytes) -> bytes:
    """The parent of two nodes; the smaller one goes first."""
    return keccak(a + b if a < b else b + a)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over the leaf hashes; places without a leaf are zero."""
    return row_root(leaves, 0, depth_of(len(leaves)))


def row_root(row: Sequence[bytes], height: int, depth: int) -> bytes:
    """The root at `depth` over nodes that stand `height` above the leaves, from the left; what stands right of them is empty."""
    level, empty = list(row), ZERO
    for _ in range(height):
        empty = node(empty, empty)
    for _ in range(depth - height):
        if len(level) % 2:
            level.append(empty)
        level = [node(level[i], level[i + 1]) for i in range(0, len(level), 2)]
        empty = node(empty, empty)
    return level[0]


def proves(root: bytes, depth: int, index: int, leaf: bytes, siblings: Sequence[bytes]) -> bool:
    """Whether the siblings lead from the leaf to the root; a proof of another length than the depth does not."""
    if len(siblings) != depth or index >> depth:
        return False
    for sibling in siblings:
        leaf = node(leaf, sibling)
    return leaf == root


def multiproves(root: bytes, depth: int, leaves: Sequence[tuple[int, bytes]], siblings: Sequence[bytes]) -> bool:
    """Whether the siblings prove all (index, leaf hash) pairs at once (protocol §4.1)."""
    row, unused = list(leaves), iter(siblings)
    if not row or any(index >> depth for index, _ in row):
        return False
    for _ in range(depth):
        above: list[tuple[int, bytes]] = []
        place = 0
        while place < len(row):
            position, value = row[place]
            place += 1
            if place < len(row) and row[place][0] == position ^ 1:
                sibling = row[place][1]
                place += 1
            else:
                found = next(unused, None)
                if found is None:
                    return False
                sibling = found
            above.append((position >> 1, node(value, sibling)))
        row = above
    return len(row) == 1 and row[0][1] == root and next(unused, None) is None
