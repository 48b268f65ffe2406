"""The alarms' own list of contacts: a file sealed to their key (protocol §29.1)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"LVAC0001"
_KEY, _NONCE = 32, 12


class ContactsNotOpened(ValueError):
    """No list of contacts, or not for this key."""


@dataclass(frozen=True)
class Contacts:
    """Of one register; numbers as +86..., by index."""

    case: str
    register_number: int
    numbers: Mapping[int, tuple[str, ...]] = field(repr=False)


def sealed(contacts: Contacts, receiver: X25519PublicKey) -> bytes:
    """The file for the holder of a key."""
    head = {"case": contacts.case, "register_number": contacts.register_number}
    rows: Iterable[object] = ({"index": index, "numbers": list(numbers)} for index, numbers in sorted(contacts.numbers.items()))
    lines = [json.dumps(one, sort_keys=True, separators=(",", ":")) for one in (head, *rows)]
    ours = X25519PrivateKey.generate()
    shown, nonce = ours.public_key().public_bytes_raw(), os.urandom(_NONCE)
    key = _key(ours.exchange(receiver), shown, receiver.public_bytes_raw())
    return MAGIC + shown + nonce + AESGCM(key).encrypt(nonce, "\n".join(lines).encode(), MAGIC + shown)


def opened(data: bytes, secret: X25519PrivateKey) -> Contacts:
    """Raises: ContactsNotOpened."""
    head = len(MAGIC) + _KEY
    shown, nonce = data[len(MAGIC) : head], data[head : head + _NONCE]
    if not data.startswith(MAGIC) or len(nonce) != _NONCE:
        raise ContactsNotOpened("no list of contacts")
    try:
        key = _key(secret.exchange(X25519PublicKey.from_public_bytes(shown)), shown, secret.public_key().public_bytes_raw())
        first, *rows = AESGCM(key).decrypt(nonce, data[head + _NONCE :], data[:head]).decode().split("\n")
        said = json.loads(first)
        numbers = {int(row["index"]): tuple(map(str, row["numbers"])) for row in map(json.loads, rows)}
        return Contacts(str(said["case"]), int(said["register_number"]), numbers)
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise ContactsNotOpened("sealed to another key, or changed") from error


def _key(shared: bytes, shown: bytes, receiver: bytes) -> bytes:
    return HKDF(SHA256(), 32, shown + receiver, b"LenderVote/1/alarm contacts").derive(shared)
