"""Answers of authorities that two libraries might read in two ways, and files without end: both recounts say the same (protocol §26)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose

from scripts.rig.stamp_authority import (
    CONTENT_TYPE,
    FROM,
    MESSAGE_DIGEST,
    POLICY,
    SHA256,
    SIGNED_DATA,
    TST_INFO,
    UNTIL,
    algorithm,
    certificate,
    integer,
    named,
    octets,
    oid,
    sequence,
    set_of,
    time_of,
    tlv,
)
from tests.verifier.second.second import evaluate, needs_node
from verifier.tally import stamps, witness_file
from verifier.tally.findings import Wrong

IMPRINT, AT = b"\x05" * 32, datetime(2026, 1, 1, tzinfo=UTC)
KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(5)]
SHA2, SHA1 = (SHA256, "1.2.840.10045.4.3.2", hashes.SHA256()), ("1.3.14.3.2.26", "1.2.840.10045.4.1", hashes.SHA1())
Hashed = tuple[str, str, hashes.HashAlgorithm]


def made(name: str, number: int, issuer: int, *, serial: int, ca: bool = True, path: int | None = None, **more: Any) -> x509.Certificate:
    """A certificate of the key of that number; `more` are its purposes, its usage, and whether it has an extension of nobody's."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(f"{issuer}"))
        .public_key(KEYS[number].public_key())
        .serial_number(serial)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path), critical=True)
    )
    if more.get("purposes"):
        builder = builder.add_extension(x509.ExtendedKeyUsage(more["purposes"]), critical=True)
    if more.get("usage"):
        names = (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"),
            *("crl_sign", "encipher_only", "decipher_only"),
        )
        builder = builder.add_extension(x509.KeyUsage(**{one: one in more["usage"] for one in names}), critical=True)
    if more.get("strange"):
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"), critical=True)
    return builder.sign(KEYS[issuer], hashes.SHA256())


ROOT = made("0", 0, 0, serial=1)
MIDDLE = made("1", 1, 0, serial=2)


def signer(**how: Any) -> x509.Certificate:
    return made("signer", 3, 1, serial=9, ca=False, **{"purposes": [Purpose.TIME_STAMPING]} | how)


def info(at: bytes = time_of(AT), *behind: bytes, version: int = 1) -> bytes:
    return sequence(integer(version), oid(POLICY), sequence(algorithm(SHA256), octets(IMPRINT)), integer(7), at, *behind)


def answer(content: bytes, carried: Sequence[x509.Certificate] = (), by: Hashed = SHA2, times: int = 1) -> bytes:
    """A TimeStampResp by the key of the first certificate, which is the signer's."""
    (first, *_) = carried = carried or (signer(), MIDDLE)
    name, way, hashed = by
    digest = hashlib.new(hashed.name, content).digest()
    attributes = [sequence(oid(CONTENT_TYPE), set_of([oid(TST_INFO)])), sequence(oid(MESSAGE_DIGEST), set_of([octets(digest)]))]
    issuer = sequence(first.issuer.public_bytes(), integer(first.serial_number))
    signature = octets(KEYS[3].sign(set_of(attributes), ec.ECDSA(hashed)))
    one = sequence(integer(1), issuer, algorithm(name), set_of(attributes, 0xA0), algorithm(way), signature)
    certificates = tlv(0xA0, *sorted(each.public_bytes(serialization.Encoding.DER) for each in carried))
    said = (set_of([algorithm(name)]), sequence(oid(TST_INFO), tlv(0xA0, octets(content))), certificates, set_of([one] * times))
    return sequence(sequence(integer(0)), sequence(oid(SIGNED_DATA), tlv(0xA0, sequence(integer(3), *said))))


def chain(*authorities: x509.Certificate, **how: Any) -> bytes:
    return answer(info(), (signer(**how), *authorities))


def fraction(text: str) -> bytes:
    return answer(info(tlv(0x18, f"20260101000000{text}Z".encode())))


BELOW = certificate("signer", KEYS[3], "2", KEYS[2], is_root=False, serial=9)
ANSWERS: dict[str, tuple[bytes, str | None]] = {
    "right": (answer(info()), None),
    "over SHA-1": (answer(info(), by=SHA1), "stamps.token"),
    "another version": (answer(info(version=2)), "stamps.token"),
    "signed twice": (answer(info(), times=2), "stamps.token"),
    "a fraction": (fraction(".5"), None),
    "nine digits": (fraction(".123456789"), None),
    "ten digits": (fraction(".1234567891"), "stamps.token"),
    "something behind": (answer(info(time_of(AT), octets(b"x"))), "stamps.token"),
    "a usual value": (answer(info(time_of(AT), tlv(1, b"\0"))), "stamps.token"),
    "accuracy": (answer(info(time_of(AT), sequence(integer(1)))), None),
    "a year of another century": (answer(info(tlv(0x18, b"00260101000000Z"))), "stamps.authority"),
    "the first second": (answer(info(time_of(FROM))), None),
    "the last second": (answer(info(time_of(UNTIL))), "stamps.authority"),
    "no longer path": (answer(info(), (BELOW, made("1", 1, 0, serial=2, path=0), made("2", 2, 1, serial=3))), "stamps.authority"),
    "a longer path": (answer(info(), (BELOW, made("1", 1, 0, serial=2, path=1), made("2", 2, 1, serial=3, path=0))), None),
    "a strange extension": (chain(made("1", 1, 0, serial=2, strange=True)), "stamps.authority"),
    "a strange extension of the signer's": (chain(MIDDLE, strange=True), "stamps.authority"),
    "for mail too": (chain(MIDDLE, purposes=[Purpose.TIME_STAMPING, Purpose.EMAIL_PROTECTION]), "stamps.authority"),
    "for something too": (chain(MIDDLE, purposes=[Purpose.TIME_STAMPING, x509.ObjectIdentifier("1.2.3.4")]), "stamps.authority"),
    "for signatures": (chain(MIDDLE, usage=["digital_signature"]), None),
    "for keys": (chain(MIDDLE, usage=["key_encipherment"]), "stamps.authority"),
    "a truth value that is none": (chain(MIDDLE).replace(b"\x03\x55\x1d\x25\x01\x01\xff", b"\x03\x55\x1d\x25\x01\x01\x7f"), "stamps.token"),
    "a time that is none": (chain(MIDDLE).replace(b"\x18\x0f2050", b"\x18\x0f20-0", 1), "stamps.token"),
    "as many as may be": (chain(MIDDLE, *(made("x", 1, 0, serial=20 + i) for i in range(14))), None),
    "too many": (chain(MIDDLE, *(made("x", 1, 0, serial=20 + i) for i in range(15))), "stamps.token"),
    "no end": (answer(info(), (signer(), *(made("4", 4, 4, serial=20 + i) for i in range(15)))), "stamps.authority"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "root.pem"
    path.write_bytes(ROOT.public_bytes(serialization.Encoding.PEM))
    return path


def first(response: bytes, roots: stamps.Roots) -> str | None:
    """What the first recount finds."""
    try:
        roots.stamped(stamps.Stamp("line", "head", 1, bytes(32), bytes(32), bytes(65), response), IMPRINT)
    except Wrong as wrong:
        return wrong.name
    return None


SECOND = """
const { Roots } = await import(`${second}/files/tokens.mjs`);
const [path, answers] = %s;
const roots = Roots.of([path]);
const named = (hex) => {
  try { roots.stamped({ place: "line", response: Buffer.from(hex, "hex") }, Buffer.alloc(32, 5)); return null; }
  catch (error) { return error.name; }
};
console.log(JSON.stringify(answers.map(named)));
"""


@needs_node
def test_answers__are_read_alike(root: Path) -> None:
    roots = stamps.Roots.of([root])
    expected = {name: finding for name, (_, finding) in ANSWERS.items()}
    assert {name: first(one, roots) for name, (one, _) in ANSWERS.items()} == expected
    said = evaluate(SECOND % json.dumps([str(root), [one.hex() for one, _ in ANSWERS.values()]]))
    assert dict(zip(ANSWERS, said, strict=True)) == expected


@needs_node
def test_certificates_that_sign_each_other__cost_no_more_than_others(root: Path) -> None:
    """A stranger's line with the relay's signature over it carries what certificates they like: they are not signed."""
    many = [made("3", 3, 3, serial=20 + i) for i in range(15)]
    own = made("signer", 3, 3, serial=9, ca=False, purposes=[Purpose.TIME_STAMPING])
    began = time.monotonic()
    assert evaluate(SECOND % json.dumps([str(root), [answer(info(), (own, *many)).hex()]])) == ["stamps.authority"]
    assert time.monotonic() - began < 20


@needs_node
def test_files_of_empty_lines__are_read_to_their_hundredth(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"\n" * 10**6)
    lines = list(stamps.read(path, path.name))
    assert (len(lines), {one.name for one in lines if isinstance(one, Wrong)}) == (101, {"stamps.file"})
    with pytest.raises(Wrong, match=r"void\.witness"):
        witness_file.read(path, 5, bytes(20))
    source = f"""
const {{ stampsIn }} = await import(`${{second}}/files/stamps.mjs`);
const {{ readFileSync }} = await import("node:fs");
const lines = [...stampsIn(readFileSync({json.dumps(str(path))}), "empty.jsonl")];
console.log(JSON.stringify([lines.length, lines.every((one) => one.name === "stamps.file")]));
"""
    assert evaluate(source) == [101, True]


@needs_node
def test_a_block_beyond_the_numbers_of_javascript__is_one_to_both(tmp_path: Path) -> None:
    hashed = "0x" + "11" * 32
    row = {"block": 2**62, "block_hash": hashed, "response": "0x", "signature": "0x" + "11" * 65, "subject": "head", "value": hashed}
    path = tmp_path / "stamps.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (stamp,) = stamps.read(path, path.name)
    assert isinstance(stamp, stamps.Stamp)
    source = f"""
const {{ stampsIn }} = await import(`${{second}}/files/stamps.mjs`);
console.log(JSON.stringify(String([...stampsIn(Buffer.from({json.dumps(json.dumps(row))} + "\\n"), "stamps.jsonl")][0].block)));
"""
    assert evaluate(source) == str(stamp.block)
