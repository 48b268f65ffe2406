"""cases.json: fingerprints, addresses of polls, names of classes; receipts.json: books and the relay's notes (protocol §8, §11)."""

from __future__ import annotations

from typing import Any

from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.vectors.seeds import CASE, CHAIN_ID, POLL, address_of_key, hex_of, key_of

HEADS = "(bytes32,uint64,bytes32)[]"
NOTE = ["address", "uint64", "bytes32", "bool", HEADS]


def fingerprint(officials: list[bytes], threshold: int, institution: bytes, *, rehearsal: bool = False) -> dict[str, Any]:
    """A case as its paper names it; `rehearsal` is there in one only."""
    facts = {
        "case": hex_of(CASE),
        "chain_id": CHAIN_ID,
        "institution": hex_of(institution),
        "officials": [hex_of(one) for one in officials],
        "threshold": threshold,
        **({"rehearsal": True} if rehearsal else {}),
    }
    digits = ref.keccak(canonical(facts).encode())[:16].hex()
    return {**facts, "fingerprint": " ".join(digits[i : i + 4] for i in range(0, 32, 4))}


def cases_file() -> dict[str, Any]:
    plain = [address_of_key(f"official {i}") for i in (1, 2, 3)]
    passkey = bytes.fromhex("33" * 20) + ref.keccak(b"x") + ref.keccak(b"y")
    factory = ref.created_address(CASE, 1)
    polls = [{"number": n, "poll": hex_of(ref.created_address(factory, n + 1))} for n in (0, 1, 126, 127, 254, 255, 256, 65535)]
    names = [["普通组"], ["普通出借人", "本金 1 万元以下"], ['引号"与\\', "", "组"]]
    return {
        "fingerprints": [
            fingerprint(plain, 2, address_of_key("institution")),
            fingerprint([plain[0], passkey], 2, address_of_key("institution")),
            fingerprint(plain, 2, address_of_key("institution"), rehearsal=True),
        ],
        "factory": hex_of(factory),
        "polls": polls,
        "class_names": [{"names": one, "class_names_hash": hex_of(ref.keccak(canonical(one).encode()))} for one in names],
    }


def one_book(name: str, count: int) -> list[dict[str, Any]]:
    """A book of receipts as lines of receipts.jsonl, each with its digest."""
    separator, book, previous, lines = ref.domain_separator(CHAIN_ID, POLL), ref.keccak(name.encode()), bytes(32), []
    for number in range(1, count + 1):
        ballot_key = address_of_key(f"lender {number}")
        message: dict[str, Any] = {
            "ballotDigest": ref.keccak(f"{name}/{number}".encode()),
            "ballotKey": ballot_key,
            "index": 7 * number,
            "sequence": number,
            "receivedAt": 1790000000 + number,
            "book": book,
            "number": number,
            "previous": previous,
        }
        digest = ref.typed_digest("BallotReceipt", message, separator)
        line = {
            "ballot_digest": hex_of(message["ballotDigest"]),
            "ballot_key": hex_of(ballot_key),
            "book": hex_of(book),
            "index": message["index"],
            "number": number,
            "previous": hex_of(previous),
            "received_at": message["receivedAt"],
            "sequence": number,
            "signature": hex_of(ref.signature_65(key_of("relay"), digest)),
        }
        lines.append({"line": canonical(line), "digest": hex_of(digest)})
        previous = digest
    return lines


def one_note(note: int, previous: bytes, closed: bool, heads: list[tuple[bytes, int, bytes]]) -> tuple[dict[str, Any], bytes]:
    """A note of the relay, and its hash."""
    data = ref.encode(NOTE, [POLL, note, previous, closed, heads])
    shown = [{"book": hex_of(book), "number": number, "head": hex_of(head)} for book, number, head in heads]
    rest = {"data": hex_of(data), "note_hash": hex_of(ref.keccak(data))}
    return {"note": note, "previous_note": hex_of(previous), "closed": closed, "heads": shown, **rest}, ref.keccak(data)


def receipts_file() -> dict[str, Any]:
    books = sorted([one_book("book one", 3), one_book("book two", 1)], key=lambda lines: lines[0]["line"].split('"book":')[1])

    def head(lines: list[dict[str, Any]], number: int) -> tuple[bytes, int, bytes]:
        book = lines[0]["line"].split('"book":"0x')[1][:64]
        return bytes.fromhex(book), number, bytes.fromhex(lines[number - 1]["digest"][2:])

    longer = max(books, key=len)
    first, first_hash = one_note(1, bytes(32), False, [head(longer, 2)])
    last, _ = one_note(2, first_hash, True, [head(lines, len(lines)) for lines in books])
    empty, _ = one_note(1, bytes(32), True, [])
    return {
        "chain_id": CHAIN_ID,
        "poll": hex_of(POLL),
        "receipt_signer": hex_of(address_of_key("relay")),
        "subject": hex_of(b"receipts".ljust(32, b"\0")),
        "books": books,
        "notes": [first, last],
        "note_of_a_poll_without_receipts": empty,
    }
