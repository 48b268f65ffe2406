"""The code at the contracts that a recount rests on, proved at a bundle's head (protocol §16)."""

from pathlib import Path

from verifier.tally import rlp
from verifier.tally.chain.accounts import account_of
from verifier.tally.chain.node import data
from verifier.tally.chain.things import Block
from verifier.tally.chain.trie import NotProved, value_at
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.published import Record, parse

NAME = "proof.code"
KEYS = "address code proof"
MOST_BYTES = 2**24


def proved_codes(path: Path, at: Block) -> dict[bytes, bytes]:
    """Code by address, each as its account at the block has it. Raises Wrong."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError as error:
        raise Wrong(NAME, path.name, "cannot be read", "the file", error) from error
    if not content.endswith(b"\n"):
        raise Wrong(NAME, path.name, "is too long, cut off or empty", "lines with LF at the end", content[-20:])
    found: dict[bytes, bytes] = {}
    for number, line in enumerate(content[:-1].split(b"\n"), start=1):
        place = f"{path.name} line {number}"
        row = Record.of(parse(line, place, NAME), place, KEYS, NAME)
        address, code = row.raw("address", 20), _bytes(row.fields["code"], place)
        if address in found:
            raise Wrong(NAME, place, "names an account twice", "each once", address)
        _check(at, address, code, [_bytes(one, place) for one in row.rows("proof")], place)
        found[address] = code
    return found


def _check(at: Block, address: bytes, code: bytes, nodes: list[bytes], place: str) -> None:
    try:
        account = value_at(at.state_root, keccak(address), nodes)
        stated = account_of(account, at).code_hash if account else b""
    except (NotProved, rlp.NotRlp) as error:
        raise Wrong(NAME, place, "does not follow from the head's state root", at.state_root, error) from error
    if stated != keccak(code):
        raise Wrong(NAME, place, "is not the code that the account has at the head", keccak(code), stated)


def _bytes(value: object, place: str) -> bytes:
    try:
        return data(value, place)
    except Wrong as wrong:
        raise wrong.renamed(NAME) from wrong
