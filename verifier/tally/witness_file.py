"""A witness's file of signed heads, read strictly (protocol §27)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from verifier.tally import curve, typed_data
from verifier.tally.findings import Wrong
from verifier.tally.published import Record, bounded, parse

VOID = "void.witness"
MOST_BYTES, MOST_LINE_BYTES = 2**28, 2**12
HEADER = "address case chain_id witness"
ENTRY = "block hash kind number previous seen_at signature"
HEAD, REWRITTEN, HALTED, MISSING, SILENT = 1, 2, 3, 4, 5
KINDS = {
    HEAD: "signed heads",
    REWRITTEN: "a signed block became another one",
    HALTED: "no new block came",
    MISSING: "a receipted ballot was not recorded in time",
    SILENT: "no node answered",
}


@dataclass(frozen=True)
class Entry:
    """One entry; its digest is the `previous` of the next one."""

    number: int
    kind: int
    block: int
    hash: bytes
    seen_at: int
    place: str
    digest: bytes


@dataclass(frozen=True)
class Witness:
    """A file that is one chain of entries, all signed by its address."""

    name: str
    address: bytes
    entries: tuple[Entry, ...]
    is_cut: bool  # a last line without LF was left aside


def read(path: Path, chain_id: int, case: bytes, keys: frozenset[bytes] = frozenset()) -> Witness:
    """The whole file. Raises Wrong."""
    name = path.name
    content = BytesIO(bounded(path, VOID, MOST_BYTES))  # read line by line: of lines that are none there may be many millions
    first = content.readline()
    if not first.endswith(b"\n") or len(first) > MOST_LINE_BYTES:
        raise Wrong(VOID, name, "has no first line", HEADER, first[:40])
    header = Record.of(parse(first, f"{name} line 1", VOID), f"{name} line 1", HEADER, VOID)
    if header.whole("witness", 2**32) != 1:
        raise Wrong(VOID, name, "is of a kind that this tool does not know", 1, header.fields["witness"])
    found = (header.whole("chain_id", 2**256), header.raw("case", 20))
    if found != (chain_id, case):
        raise Wrong(VOID, name, "is about another case", (chain_id, "0x" + case.hex()), (found[0], "0x" + found[1].hex()))
    address = header.raw("address", 20)
    if keys and address not in keys:
        raise Wrong(VOID, name, "is by another witness than the one given", ", ".join("0x" + one.hex() for one in keys), address)
    separator = typed_data.domain_separator(chain_id, case)
    entries: list[Entry] = []
    previous = bytes(32)
    is_cut = False
    for line in content:
        if not line.endswith(b"\n"):
            is_cut = True
            break
        entries.append(_entry(line[:-1], f"{name} line {len(entries) + 2}", separator, address, (len(entries) + 1, previous)))
        previous = entries[-1].digest
    return Witness(name, address, tuple(entries), is_cut)


def _entry(line: bytes, place: str, separator: bytes, address: bytes, expected: tuple[int, bytes]) -> Entry:
    """One line, which follows the one before it and is signed. Raises Wrong."""
    if len(line) >= MOST_LINE_BYTES:
        raise Wrong(VOID, place, "is too long", f"less than {MOST_LINE_BYTES} bytes", len(line))
    row = Record.of(parse(line, place, VOID), place, ENTRY, VOID)
    number, kind, block = row.whole("number", 2**63), row.whole("kind", 2**8), row.whole("block", 2**63)
    hashed, seen_at, previous = row.raw("hash", 32), row.whole("seen_at", 2**63), row.raw("previous", 32)
    if kind not in KINDS:
        raise Wrong(VOID, place, "is of no kind that there is", "1 to 5", kind)
    if (number, previous) != expected:
        raise Wrong(VOID, place, "does not follow the entry before it", expected[0], number)
    digest = typed_data.witnessed(separator, number, kind, block, hashed, seen_at, previous)
    try:
        signer = curve.recover_65(digest, row.raw("signature", 65))
    except curve.SignatureWrong:
        signer = b""
    if signer != address:
        raise Wrong(VOID, place, "is not signed by the witness", address, signer)
    return Entry(number, kind, block, hashed, seen_at, place, digest)
