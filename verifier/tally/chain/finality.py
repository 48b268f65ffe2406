"""Certificates of finality: a block that more than two thirds of the named validators sealed (protocol §25.2)."""

from dataclasses import dataclass
from pathlib import Path

from verifier.tally.chain.kaia import sealers
from verifier.tally.chain.things import Block
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.published import Record, bounded, parse

NAME = "validators"
MOST_VALIDATORS = 1000


@dataclass(frozen=True)
class Named:
    """The validators that the parties named: from which block on who, in rising order of blocks."""

    spans: tuple[tuple[int, frozenset[bytes]], ...]

    def at(self, number: int) -> frozenset[bytes]:
        """Who seals the block of that number; nobody before the first span."""
        return next((who for start, who in reversed(self.spans) if start <= number), frozenset())

    def check(self, block: Block, finding: str, log: StepLog) -> bool:
        """Whether more than two thirds of those named sealed the block; a finding of that name when not."""
        named = self.at(block.number)
        try:
            found = sealers(block)
        except Wrong as wrong:
            log.take(wrong.renamed(finding))
            return False
        count = len(named.intersection(found))
        strangers = [one for one in found if one not in named]
        log.holds(finding, block.place, "is sealed by somebody who was not named", not strangers, "validators named", strangers[:1] or "")
        log.holds(finding, block.place, "a validator sealed it twice", len(set(found)) == len(found), "each once", len(found))
        enough = 3 * count > 2 * len(named) > 0
        what = "is not sealed by more than two thirds of the validators named"
        log.holds(finding, block.place, what, enough, f"more than two thirds of {len(named)}", count)
        return enough


def named(path: Path) -> Named:
    """The validators of a file. Raises Wrong."""
    row = Record.of(parse(bounded(path, NAME), path.name, NAME), path.name, "validators", NAME)
    spans: list[tuple[int, frozenset[bytes]]] = []
    for place, value in enumerate(row.rows("validators")):
        one = Record.of(value, f"{path.name}: span {place}", "from_block addresses", NAME)
        start = one.whole("from_block", 2**63)
        addresses = [_address(given, one.place) for given in one.rows("addresses")]
        if not 0 < len(addresses) <= MOST_VALIDATORS or len(set(addresses)) != len(addresses):
            raise Wrong(NAME, one.place, "names nobody, too many, or one twice", "each validator once", len(addresses))
        if spans and start <= spans[-1][0]:
            raise Wrong(NAME, one.place, "blocks do not rise", f"more than {spans[-1][0]}", start)
        spans.append((start, frozenset(addresses)))
    if not spans:
        raise Wrong(NAME, path.name, "names nobody", "validators", "nothing")
    return Named(tuple(spans))


def _address(value: object, place: str) -> bytes:
    try:
        found = bytes.fromhex(value[2:]) if isinstance(value, str) and value[:2] == "0x" else b""
    except ValueError:
        found = b""
    if len(found) != 20:
        raise Wrong(NAME, place, "is no address", "0x and 40 digits", value)
    return found


def said(block: Block, by: Named) -> str:
    """What a verdict rests on where a block is certified."""
    count = len(by.at(block.number))
    return f"on the seals of more than two thirds of the {count} validators named that block {block.number}, 0x{block.hash.hex()}, is final"
