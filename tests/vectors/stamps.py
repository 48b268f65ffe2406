"""stamps.json and witness.json: stamps of times and files of witnesses, right ones and wrong ones (protocol §26, §27)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import coincurve
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from scripts.rig.stamp_authority import Authority, certificate
from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.vectors.seeds import CASE, CHAIN_ID, POLL, address_of_key, hex_of, key_of, seeded

#: Primes of a key of RSA that protects nothing.
P_OF_RSA = int(
    "ded755ce20ae2d44ad4ee3d2af8c582d7fee21fb5691e6fe60bbdcec20da515430d85cfa088cb4f224723f75372e833b6a12ad5c5f196359aa3e9f3c"
    "da93aee4d6eada71f52e9e202928a56718f2772869f351476261abfe85a44c723994f7ca88d7f1f0fc662f5ef92686ad9b592a5b16edb4c257afbdff"
    "1f5604362e8d86b9",
    16,
)
Q_OF_RSA = int(
    "d1767c18ad1a15394b646515ca31fb36dad6a6646db1f97cc2d3fd31365beb655eec3c18c8ca83bd51b11be7afd249e5558bedeacbcc40e9390c17ec"
    "72a28e0c8eb98196383f531e4e6156501a7915e0e577ac3d09eb7e8580c22fe2bcf1db5fde60abc672dd02bf4ac9cb87341cdfa050f8d8bc358e011f"
    "b75e85426f684d81",
    16,
)
AT = 1_800_000_000
STAMP = "Stamp(bytes32 subject,uint64 blockNumber,bytes32 blockHash,bytes32 value)"
WITNESSED = "Witnessed(uint64 number,uint8 kind,uint64 blockNumber,bytes32 hash,uint64 seenAt,bytes32 previous)"
DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


def digest(contract: bytes, kind: str, *words: bytes) -> bytes:
    """EIP-712, written out."""
    domain = [ref.keccak(one.encode()) for one in (DOMAIN, "LenderVote", "1")] + [ref.word(CHAIN_ID), bytes(12) + contract]
    return ref.keccak(b"\x19\x01" + ref.keccak(b"".join(domain)) + ref.keccak(ref.keccak(kind.encode()) + b"".join(words)))


def signed(name: str, what: bytes) -> bytes:
    found = coincurve.PrivateKey(key_of(name).to_bytes(32, "big")).sign_recoverable(what, hasher=None)
    return bytes(found[:64]) + bytes([27 + found[64]])


def p256(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(seeded(f"LenderVote/vector/p256/{name}") % 2**255 + 1, ec.SECP256R1())


def rsa_key() -> rsa.RSAPrivateKey:
    p, q, e = P_OF_RSA, Q_OF_RSA, 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q))
    return numbers.private_key()


def authorities() -> dict[str, Authority]:
    """Two that were brought, one that was not, and some whose signer's certificate is not right."""
    one = Authority.new("one", (p256("one root"), p256("one")))
    root_key, key = p256("one root"), p256("one")
    past = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))

    def with_signer(**how: Any) -> Authority:
        return Authority(one.root, certificate("one", key, "one root", root_key, is_root=False, serial=2, **how), key)

    return {
        "one": one,
        "rsa": Authority.new("rsa", (rsa_key(), rsa_key())),
        "stranger": Authority.new("stranger", (p256("stranger root"), p256("stranger"))),
        "not for stamping": with_signer(usage=False),
        "expired": with_signer(valid=past),
        "of another root": Authority(one.root, certificate("one", key, "one root", p256("other"), is_root=False, serial=2), key),
    }


class Line:
    """A line of stamps.jsonl about the result of a poll."""

    def __init__(self, subject: str = "result", block: int = 77) -> None:
        self.block, self.block_hash, self.value, self.subject = block, ref.keccak(b"block"), ref.keccak(b"value"), subject
        words = (subject.encode().ljust(32, b"\0"), ref.word(self.block), self.block_hash, self.value)
        self.digest = digest(CASE if subject == "register" else POLL, STAMP, *words)
        self.signature = signed("relay", self.digest)
        self.imprint = hashlib.sha256(self.digest + self.signature).digest()

    def row(self, response: bytes, **changed: Any) -> dict[str, Any]:
        said = {"block_hash": self.block_hash, "response": response, "signature": self.signature, "value": self.value}
        return {"block": self.block, "subject": self.subject, **{name: hex_of(one) for name, one in said.items()}} | changed


def stamps_file() -> dict[str, Any]:
    """Each with what a recount finds before it looks at the chain; null: it holds, and when it was stamped."""
    who, at, line = authorities(), datetime.fromtimestamp(AT, UTC), Line()
    good = who["one"].answer(line.imprint, at, nonce=5)
    flipped, cut = bytearray(good), good[:-1]
    flipped[-3] ^= 1
    long_form = b"\x30\x83\x00" + good[2:4] + good[4:]
    stamps: list[tuple[str, str | None, dict[str, Any]]] = [
        ("right", None, line.row(good)),
        ("right, by RSA", None, line.row(who["rsa"].answer(line.imprint, at))),
        *((f"right, of the {one.subject}", None, one.row(who["one"].answer(one.imprint, at))) for one in map(Line, ("register", "head"))),
        ("by a stranger", "stamps.authority", line.row(who["stranger"].answer(line.imprint, at))),
        *((name, "stamps.authority", line.row(who[name].answer(line.imprint, at))) for name in ("not for stamping", "expired")),
        ("of another root", "stamps.authority", line.row(who["of another root"].answer(line.imprint, at))),
        ("over another digest", "stamps.digest", line.row(who["one"].answer(ref.keccak(b"other"), at))),
        ("signed by somebody else", "stamps.signature", line.row(good, signature=hex_of(signed("stranger", line.digest)))),
        ("of another block than was signed", "stamps.signature", line.row(good, block=78)),
        ("refused by the authority", "stamps.token", line.row(who["one"].answer(line.imprint, at, status=2))),
        ("a signature with a bit turned", "stamps.token", line.row(bytes(flipped))),
        ("cut off", "stamps.token", line.row(cut)),
        ("something behind it", "stamps.token", line.row(good + b"\0")),
        ("a length in a longer way of writing", "stamps.token", line.row(long_form)),
        ("nothing", "stamps.token", line.row(b"")),
        ("a subject that there is not", "stamps.file", line.row(good, subject="heart")),
        ("hex in upper case", "stamps.file", line.row(good, value="0x" + "AB" * 32)),
    ]
    return {
        "chain_id": CHAIN_ID, "case": hex_of(CASE), "poll": hex_of(POLL), "receipt_signer": hex_of(address_of_key("relay")), "at": AT,
        "roots": [who[name].pem().decode() for name in ("one", "rsa")],
        "stamps": [
            {"name": name, "finding": finding, "line": row, **({} if finding else {"digest": hex_of(Line(row["subject"]).digest)})}
            for name, finding, row in stamps
        ],
    }  # fmt: skip


def witness_file() -> dict[str, Any]:
    """A right file as text, its entries' digests, and wrong ones."""
    header = {"address": hex_of(address_of_key("witness")), "case": hex_of(CASE), "chain_id": CHAIN_ID, "witness": 1}
    rows, digests, previous = [], [], bytes(32)
    for number, (kind, block, hashed) in enumerate(((1, 10, b"ten"), (1, 12, b"twelve"), (2, 12, b"other"), (4, 13, b"receipt")), start=1):
        said = (ref.word(number), ref.word(kind), ref.word(block), ref.keccak(hashed), ref.word(AT + number), previous)
        digests.append(digest(CASE, WITNESSED, *said))
        entry = {"hash": ref.keccak(hashed), "previous": previous, "signature": signed("witness", digests[-1])}
        plain = {name: hex_of(one) for name, one in entry.items()}
        rows.append({**plain, "block": block, "kind": kind, "number": number, "seen_at": AT + number})
        previous = digests[-1]

    def text(*lines: dict[str, Any]) -> str:
        return "".join(canonical(line) + "\n" for line in lines)

    right = text(header, *rows)
    wrong = {
        "nothing": "",
        "of another case": text(header | {"case": hex_of(POLL)}, *rows),
        "of another chain": text(header | {"chain_id": 1}, *rows),
        "of a later kind": text(header | {"witness": 2}, *rows),
        "by another address": text(header | {"address": hex_of(address_of_key("relay"))}, *rows),
        "an entry left out": text(header, rows[0], *rows[2:]),
        "an entry changed": text(header, rows[0] | {"block": 11}, *rows[1:]),
        "a kind that there is not": text(header, rows[0] | {"kind": 9}),
        "no JSON": text(header) + "{\n",
    }
    return {
        "chain_id": CHAIN_ID, "case": hex_of(CASE), "address": header["address"], "right": right, "cut": right + '{"block":',
        "digests": [hex_of(one) for one in digests], "wrong": [{"name": name, "text": one} for name, one in wrong.items()],
    }  # fmt: skip
