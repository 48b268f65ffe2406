"""The openings themselves, once t trustees gave their shares: checked against the register, then added up (protocol §23.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from verifier.escrow.files import ChunkNotOpened, FileUnreadable, Leaf, header_in, header_of, leaves_in
from verifier.escrow.tree import classes_hash, leaf_hash, root_of
from verifier.shares.curve import ORDER
from verifier.trustee.errors import FileNotRead
from verifier.trustee.escrow.errors import EscrowUnreadable, OpeningsDiffer
from verifier.trustee.escrow.sharing import Escrow


def openings(path: Path, z: int, escrow: Escrow) -> list[Leaf]:
    """All leaves by index. Raises: EscrowUnreadable, FileNotRead."""
    try:
        with path.open("rb") as file:
            context, commitments = header_in(file, escrow.sharing.threshold)
            if context != escrow.sharing.context or commitments != escrow.sharing.commitments:
                raise EscrowUnreadable(file=path.name, what="header")
            return list(leaves_in(file, header_of(context, commitments), z, escrow.register.leaf_count))
    except FileUnreadable as error:
        raise EscrowUnreadable(file=path.name, what="length") from error
    except ChunkNotOpened as error:
        raise EscrowUnreadable(file=path.name, what=f"chunk {error.number}") from error
    except OSError as error:
        raise FileNotRead(file=path, reason=error.strerror or type(error).__name__) from error


def check(leaves: Sequence[Leaf], classes: Sequence[int], escrow: Escrow) -> None:
    """Whether they are the register's: every commitment, the root, the class totals. Raises: OpeningsDiffer."""
    if not len(leaves) == len(classes) == escrow.register.leaf_count:
        raise OpeningsDiffer(what="number")
    if any(not 0 < blind < ORDER for _, blind in leaves):
        raise OpeningsDiffer(what="blind")
    if root_of(_hashes(leaves, classes)) != escrow.register.root:
        raise OpeningsDiffer(what="root")
    totals = [[0, 0, 0] for _ in range(max(classes) + 1)]
    for (amount, blind), voting_class in zip(leaves, classes, strict=True):
        row = totals[voting_class]
        row[0], row[1], row[2] = row[0] + 1, row[1] + amount, (row[2] + blind) % ORDER
    if classes_hash([(row[0], row[1], row[2]) for row in totals]) != escrow.register.classes_hash:
        raise OpeningsDiffer(what="classes")


def sums(leaves: Sequence[Leaf], groups: Mapping[str, Iterable[int]]) -> dict[str, Leaf]:
    """Amount and blind of each group of indexes. Raises: OpeningsDiffer for an index that is not there or stands twice."""
    found = {}
    for name, listed in groups.items():
        indexes = list(listed)
        if len(set(indexes)) != len(indexes) or any(not 0 <= index < len(leaves) for index in indexes):
            raise OpeningsDiffer(what=name)
        found[name] = sum(leaves[i][0] for i in indexes), sum(leaves[i][1] for i in indexes) % ORDER
    return found


def classes_in(path: Path) -> list[int]:
    """The class of every leaf, from leaves.csv (protocol §12). Raises: OpeningsDiffer, FileNotRead."""
    try:
        lines = path.read_text("ascii").splitlines()
    except OSError as error:
        raise FileNotRead(file=path, reason=error.strerror or type(error).__name__) from error
    except ValueError as error:
        raise OpeningsDiffer(what=path.name) from error
    found = []
    for index, line in enumerate(lines[1:]):
        cells = line.split(",")
        if lines[0] != "index,voting_class,x,y" or len(cells) != 4 or cells[0] != str(index) or cells[1] not in _CLASSES:
            raise OpeningsDiffer(what=f"{path.name} {index}")
        found.append(int(cells[1]))
    return found


_CLASSES = frozenset(str(number) for number in range(16))


def _hashes(leaves: Sequence[Leaf], classes: Sequence[int]) -> Iterator[bytes]:
    for index, (leaf, voting_class) in enumerate(zip(leaves, classes, strict=True)):
        yield leaf_hash(index, voting_class, leaf)
