"""DEMO: a time-stamping authority of our own (RFC 3161), for tests, demo and drills. Its times prove nothing: we hold its key.

`python -m scripts.rig.stamp_authority --folder DIR --port N` answers on loopback until it is ended; the root's certificate is written to
`DIR/root.pem`. With `--clock URL` it tells the time of that node's newest block: a demo's chain runs ahead of the clock on the wall.
"""

from __future__ import annotations

import argparse
import hashlib
import http.server
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256, TST_INFO, SIGNED_DATA = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNATURES = {"ec": "1.2.840.10045.4.3.2", "rsa": "1.2.840.113549.1.1.11"}
POLICY = "1.3.6.1.4.1.99999.1"
MOST_REQUEST_BYTES = 4096
FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


# --- DER, as much as an answer needs ----------------------------------------------------------------------------------------------------


def tlv(tag: int, *parts: bytes) -> bytes:
    """Tag, length, content."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(digits)]) + digits + content


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(parts: Iterable[bytes], tag: int = 0x31) -> bytes:
    return tlv(tag, *sorted(parts))


def integer(value: int) -> bytes:
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(content: bytes) -> bytes:
    return tlv(4, content)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(one) for one in dotted.split("."))
    found = bytearray()
    for number in (40 * first + second, *rest):
        groups = [number & 127]
        while number := number >> 7:
            groups.append(128 | number & 127)
        found += bytes(reversed(groups))
    return tlv(6, bytes(found))


def algorithm(dotted: str) -> bytes:
    return sequence(oid(dotted))


def time_of(at: datetime) -> bytes:
    return tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())


# --- the authority ----------------------------------------------------------------------------------------------------------------------


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEMO"), x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: str, key: Key, issuer: str, issuer_key: Key, *, is_root: bool, serial: int, usage: bool = True,
    valid: tuple[datetime, datetime] = (FROM, UNTIL),
) -> x509.Certificate:  # fmt: skip
    """A root's certificate, or that of a signer of stamps."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if usage and not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    deterministic = True if isinstance(issuer_key, ec.EllipticCurvePrivateKey) else None
    return builder.sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=deterministic)


@dataclass(frozen=True)
class Authority:
    """A root, and a signer of stamps under it."""

    root: x509.Certificate
    signer: x509.Certificate
    key: Key

    @classmethod
    def new(cls, name: str, keys: tuple[Key, Key] | None = None) -> Authority:
        """A fresh one; `keys` are the root's and the signer's where they are given."""
        root_key, key = keys or (ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1()))
        root = certificate(f"{name} root", root_key, f"{name} root", root_key, is_root=True, serial=1)
        return cls(root, certificate(name, key, f"{name} root", root_key, is_root=False, serial=2), key)

    def pem(self) -> bytes:
        """The root's certificate, as whoever verifies brings it."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def answer(self, imprint: bytes, at: datetime, *, nonce: int | None = None, serial: int = 7, status: int = 0) -> bytes:
        """A TimeStampResp over a SHA-256."""
        parts = [integer(1), oid(POLICY), sequence(algorithm(SHA256), octets(imprint)), integer(serial), time_of(at)]
        info = sequence(*parts, *([] if nonce is None else [integer(nonce)]))
        return sequence(sequence(integer(status)), self._token(info))

    def _token(self, info: bytes) -> bytes:
        attributes = [
            sequence(oid(CONTENT_TYPE), set_of([oid(TST_INFO)])),
            sequence(oid(MESSAGE_DIGEST), set_of([octets(hashlib.sha256(info).digest())])),
        ]
        signature, kind = self._signed(set_of(attributes))
        issuer = sequence(self.signer.issuer.public_bytes(), integer(self.signer.serial_number))
        digest = algorithm(SHA256)
        signer = sequence(integer(1), issuer, digest, set_of(attributes, 0xA0), algorithm(kind), octets(signature))
        certificates = tlv(0xA0, *sorted(one.public_bytes(serialization.Encoding.DER) for one in (self.signer, self.root)))
        content = sequence(oid(TST_INFO), tlv(0xA0, octets(info)))
        return sequence(oid(SIGNED_DATA), tlv(0xA0, sequence(integer(3), set_of([digest]), content, certificates, set_of([signer]))))

    def _signed(self, attributes: bytes) -> tuple[bytes, str]:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(attributes, padding.PKCS1v15(), hashes.SHA256()), SIGNATURES["rsa"]
        return self.key.sign(
            attributes,
            ec.ECDSA(hashes.SHA256(), deterministic_signing=True),
        ), SIGNATURES["ec"]


# --- the service ------------------------------------------------------------------------------------------------------------------------


def _items(content: bytes) -> list[tuple[int, bytes]]:
    """Tags and contents of what stands one behind the other; a question is short, and its maker is we."""
    found, at = [], 0
    while at < len(content):
        length, start = content[at + 1], at + 2
        if length & 128:
            start += length & 127
            length = int.from_bytes(content[at + 2 : start], "big")
        found.append((content[at], content[start : start + length]))
        at = start + length
    return found


def question(body: bytes) -> tuple[bytes, int | None]:
    """Imprint and nonce of a TimeStampReq. Raises ValueError for anything else."""
    try:
        ((_, fields),) = _items(body)
        (_, (_, imprint), *more) = _items(fields)
        (_, (_, hashed)) = _items(imprint)
    except (IndexError, ValueError) as error:
        raise ValueError("no TimeStampReq") from error
    if len(hashed) != 32:
        raise ValueError("SHA-256 only")
    return hashed, next((int.from_bytes(content, "big") for tag, content in more if tag == 2), None)


class Service:
    """An authority on loopback; a context manager. `clock` tells its time, `spoil` changes its answers."""

    def __init__(
        self, authority: Authority, *, port: int = 0, clock: Callable[[], float] = time.time, spoil: Callable[[bytes], bytes] | None = None
    ) -> None:
        self.authority, self.clock, self.spoil = authority, clock, spoil
        self.asked, self.silent = 0, False
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One question."""

            def do_POST(self) -> None:
                """Stamp it."""
                length = min(int(self.headers.get("Content-Length", 0)), MOST_REQUEST_BYTES)
                answer = service.answer(self.rfile.read(length))
                if answer is None:
                    self.send_error(503 if service.silent else 400)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="DEMO authority", daemon=True)

    def answer(self, body: bytes) -> bytes | None:
        """The answer to a question; None where it is none, or nobody is to be answered."""
        self.asked += 1
        try:
            imprint, nonce = question(body)
        except ValueError:
            return None
        if self.silent:
            return None
        answer = self.authority.answer(imprint, datetime.fromtimestamp(int(self.clock()), UTC), nonce=nonce)
        return self.spoil(answer) if self.spoil else answer

    def __enter__(self) -> Service:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()


def chain_clock(rpc_url: str) -> Callable[[], float]:
    """The time of a node's newest block."""

    def told() -> float:
        body = {"jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": ["latest", False]}
        answer = httpx.post(rpc_url, json=body, timeout=5, trust_env=False).json()
        return int(answer["result"]["timestamp"], 16)

    return told


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer until ended."""
    parser = argparse.ArgumentParser(prog="python -m scripts.rig.stamp_authority", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clock", metavar="URL", default="")
    given = parser.parse_args(arguments)
    authority = Authority.new(given.folder.name)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "root.pem").write_bytes(authority.pem())
    with Service(authority, port=given.port, clock=chain_clock(given.clock) if given.clock else time.time) as service:
        print(f"DEMO authority at {service.url}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
