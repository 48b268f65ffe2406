"""Claims file against openings: each lender is one leaf, with class and amount of its rows; no leaf is else (protocol §19)."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verifier.register.claims.amounts import LARGEST_FEN
from verifier.register.claims.file import ClaimsFile
from verifier.register.claims.merge import MOST_CLASSES, Lender
from verifier.register.curve import ORDER
from verifier.register.findings import MOST_LISTED, Finding, Findings, named, shown, yuan
from verifier.register.freeze import Place
from verifier.register.leaf_lines import Header, Leaf, LineWrong, read_header, read_leaf
from verifier.register.tree import MAX_LEAVES

_NONE = -1


@dataclass(frozen=True)
class Asked:
    """What the official gives from the working group's papers: for what it is signed, and whether related parties have a vote."""

    place: Place
    with_related: bool
    claims_keccak: bytes


class Leaves:
    """Leaves that were found right, by index: class, amount and blind."""

    def __init__(self) -> None:
        self.classes = bytearray()
        self.amounts = array("Q")
        self.blinds = bytearray()

    def add(self, leaf: Leaf) -> None:
        """The next one."""
        self.classes.append(leaf.voting_class)
        self.amounts.append(leaf.amount_fen)
        self.blinds += leaf.blind.to_bytes(32, "big")

    def __len__(self) -> int:
        return len(self.classes)


class Comparison:
    """Takes the openings line by line. `leaves` are complete, and good for anything, only when there is no finding."""

    def __init__(self, claims: ClaimsFile, asked: Asked, findings: Findings) -> None:
        self._claims, self._asked, self._findings = claims, asked, findings
        self.leaves = Leaves()
        self.class_names: Sequence[str] = ()
        self._next = 0
        self._heads: list[int] = []
        self._leaf_of_row = array("i", [_NONE]) * (claims.merge.last_row + 1)
        self._leaf_of_lender = array("i", [_NONE]) * len(claims.merge.lenders)
        self._incomplete: list[tuple[Leaf, Lender]] = []
        self._incomplete_leaves = 0
        self._blinds: list[bytes] = []

    def run(self, lines: Iterable[bytes]) -> None:
        """All lines, the header first."""
        iterator = iter(lines)
        if not self._header(next(iterator, b"")):
            return
        for number, line in enumerate(iterator, start=2):
            try:
                leaf = read_leaf(line)
            except LineWrong:
                self._found("openings.form", {"line": number})
                continue
            self._leaf(leaf)
        self._end()

    # --- the header ------------------------------------------------------------------------------------------------------------------

    def _header(self, line: bytes) -> bool:
        """Whether the leaves are worth comparing."""
        try:
            header = read_header(line)
        except LineWrong:
            self._found("openings.form", {"line": 1})
            return False
        place = self._asked.place
        sides = (
            ("openings.case", "0x" + place.case.hex(), header.case),
            ("openings.chain", place.chain_id, header.chain_id),
            ("openings.register_number", place.register_number, header.register_number),
            ("openings.related", self._asked.with_related, header.with_related),
            ("openings.claims_file", "0x" + self._asked.claims_keccak.hex(), header.claims_keccak),
        )
        for name, ours, theirs in sides:
            if ours != theirs:
                self._found(name, {"asked": shown(ours), "found": shown(theirs)})
        self._take_names(header)
        return "openings.claims_file" not in self._findings.by_name

    def _take_names(self, header: Header) -> None:
        names = header.class_names
        if not 1 <= len(names) <= MOST_CLASSES or len(set(names)) < len(names):
            self._found("openings.class_names", {"names": shown("、".join(names))})
        self.class_names, self._heads = names, [0] * len(names)

    # --- a leaf ----------------------------------------------------------------------------------------------------------------------

    def _leaf(self, leaf: Leaf) -> None:
        place = len(self._blinds)
        if leaf.index != self._next:
            self._found("openings.order", {"expected": self._next}, leaf)
        self._next = leaf.index + 1
        if not 1 <= leaf.amount_fen <= LARGEST_FEN:
            self._found("openings.amount", {"amount": yuan(leaf.amount_fen)}, leaf)
        if not 1 <= leaf.blind < ORDER:
            self._found("openings.blind", {}, leaf)
        if 0 <= leaf.voting_class < len(self.class_names):
            self._heads[leaf.voting_class] += 1
        else:
            self._found("openings.class_number", {"number": shown(leaf.voting_class)}, leaf)
        self._blinds.append(leaf.blind.to_bytes(32, "big") + place.to_bytes(4, "big"))
        self._check_rows(leaf, place)
        if not self._findings.total:
            self.leaves.add(leaf)

    def _check_rows(self, leaf: Leaf, place: int) -> None:
        if not leaf.rows or any(a >= b for a, b in zip(leaf.rows, leaf.rows[1:], strict=False)):
            self._found("openings.rows", {"rows": named(leaf.rows)}, leaf)
        lenders: dict[int, Lender] = {}
        unknown, again = [], []
        for row in set(leaf.rows):
            owner = self._claims.merge.owner(row)
            if owner is None:
                unknown.append(row)
                continue
            lenders[owner.number] = owner
            if self._leaf_of_row[row] != _NONE:
                again.append(row)
            self._leaf_of_row[row] = place
        if unknown:
            self._found("leaf.row_unknown", {"rows": named(sorted(unknown))}, leaf, rows=sorted(unknown))
        if again:
            self._found("leaf.row_twice", {"rows": named(sorted(again))}, leaf, rows=sorted(again))
        if len(lenders) > 1:
            self._found("leaf.several_lenders", {"rows": named(leaf.rows), "count": len(lenders)}, leaf)
        elif lenders:
            self._check_lender(leaf, place, lenders.popitem()[1])

    def _check_lender(self, leaf: Leaf, place: int, lender: Lender) -> None:
        other = self._leaf_of_lender[lender.number]
        if other != _NONE:
            self._found("leaf.lender_twice", {"other": other, "row": lender.first_row}, leaf)
        self._leaf_of_lender[lender.number] = place
        if len(leaf.rows) < lender.claims:
            self._incomplete_leaves += 1
            if self._incomplete_leaves <= MOST_LISTED:
                self._incomplete.append((leaf, lender))
        if not self._votes(lender):
            self._found("leaf.no_vote", {"row": lender.first_row}, leaf)
        if 0 <= leaf.voting_class < len(self.class_names) and self.class_names[leaf.voting_class] != lender.voting_class:
            sides = (lender.voting_class, self.class_names[leaf.voting_class])
            self._found("leaf.class", {}, leaf, sides=sides, key="voting_class")
        if leaf.amount_fen != lender.amount_fen:
            self._found("leaf.amount", {}, leaf, sides=(yuan(lender.amount_fen), yuan(leaf.amount_fen)), key="principal_yuan")

    def _votes(self, lender: Lender) -> bool:
        return lender.amount_fen > 0 and (self._asked.with_related or not lender.related)

    # --- at the end ------------------------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        if not 1 <= self._next <= MAX_LEAVES:
            self._found("openings.count", {"count": shown(self._next)})
        for number, heads in enumerate(self._heads):
            if not heads:
                self._found("openings.class_empty", {"name": shown(self.class_names[number])})
        self._blinds.sort()
        for one, next_one in zip(self._blinds, self._blinds[1:], strict=False):
            if one[:32] == next_one[:32]:
                places = sorted((int.from_bytes(one[32:], "big"), int.from_bytes(next_one[32:], "big")))
                self._found("openings.blind_twice", {"index": places[0], "other": places[1]})
        self._name_incomplete()
        self._name_missing()

    def _name_incomplete(self) -> None:
        listed = self._incomplete[: max(0, self._findings.room)]
        rows = self._claims.merge.rows_of({lender.number for _, lender in listed})
        for leaf, lender in listed:
            missing = sorted(set(rows[lender.number]) - set(leaf.rows))
            self._found("leaf.rows_missing", {"rows": named(missing)}, leaf, rows=missing)
        self._findings.count("leaf.rows_missing", self._incomplete_leaves - len(listed))

    def _name_missing(self) -> None:
        missing = [lender for lender in self._claims.merge.lenders if self._leaf_of_lender[lender.number] == _NONE and self._votes(lender)]
        listed = missing[: max(0, self._findings.room)]
        rows = self._claims.merge.rows_of({lender.number for lender in listed})
        for lender in listed:
            facts = {"rows": named(rows[lender.number]), "amount": yuan(lender.amount_fen)}
            cells = [self._cell("principal_yuan", row) for row in rows[lender.number]]
            self._findings.add(Finding("lender.no_leaf", facts, rows[lender.number], cells, claims=yuan(lender.amount_fen)))
        self._findings.count("lender.no_leaf", len(missing) - len(listed))

    def _found(
        self,
        name: str,
        facts: dict[str, object],
        leaf: Leaf | None = None,
        *,
        rows: Sequence[int] | None = None,
        sides: tuple[str, str] = ("", ""),
        key: str = "",
    ) -> None:
        of = {} if leaf is None else {"index": shown(leaf.index)}
        rows = (leaf.rows if leaf is not None else ()) if rows is None else rows
        cells = [self._cell(key, row) for row in rows[:50]] if key else []
        index = None if leaf is None else leaf.index
        self._findings.add(Finding(name, {**of, **facts}, tuple(rows), cells, index, *map(shown, sides)))

    def _cell(self, key: str, row: int) -> str:
        return self._claims.header.cell(key, row)
