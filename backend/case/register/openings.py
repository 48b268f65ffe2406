"""The sealed openings of a register (protocol §19): made on the fly for one official, under a password that is kept nowhere."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from backend.case.register import leaf_store, store
from backend.case.register.drawing import classes_of
from backend.case.register.sealing import RegisterSeal
from backend.ground.common.hashing import canonical_json
from backend.ground.db.sessions import Sessions

MAGIC = b"LVOP0001"
_PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # noqa: S105 letters and digits that nobody takes for another
_PASSWORD_GROUPS, _GROUP_LETTERS = 6, 4
_PIECE_BYTES = 2**18


@dataclass(frozen=True)
class SealedOpenings:
    """An openings file with its password, which is shown once; `pieces` are the file."""

    register_number: int
    password: str = field(repr=False)
    pieces: Iterator[bytes] = field(repr=False)


def new_password() -> str:
    """Six groups of four, about 118 bits."""
    groups = ("".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_PASSWORD_GROUPS))
    return "-".join(groups)


def sealed(lines: Iterable[bytes], password: str) -> Iterator[bytes]:
    """The file in pieces; `lines` without their LF."""
    salt, nonce = os.urandom(16), os.urandom(12)
    secret = "".join(password.split()).encode()
    key = hashlib.scrypt(secret, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    cipher = Cipher(AES(key), GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(MAGIC + salt)
    yield MAGIC + salt + nonce
    waiting = bytearray()
    for line in lines:
        waiting += line + b"\n"
        if len(waiting) >= _PIECE_BYTES:
            yield cipher.update(bytes(waiting))
            waiting.clear()
    yield cipher.update(bytes(waiting)) + cipher.finalize() + cipher.tag


class OpeningLines:
    """A register's openings, line by line, page by page."""

    def __init__(self, sessions: Sessions, seal: RegisterSeal) -> None:
        self._sessions = sessions
        self._seal = seal

    def of(self, register: store.RegisterRow, case_address: str, chain_id: int, claims_keccak: str) -> Iterator[bytes]:
        """First what register it is, then every leaf by rising index, with the rows of the claims file that make it up."""
        header = {
            "case": case_address,
            "chain_id": chain_id,
            "claims_keccak": claims_keccak,
            "class_names": [each.name for each in classes_of(register)],
            "register_number": register.register_number,
            "with_related": register.with_related,
        }
        yield canonical_json(header)
        for first in range(0, register.leaf_count, store.PAGE_ROWS):
            yield from map(canonical_json, self._page(register, first, first + store.PAGE_ROWS))

    def _page(self, register: store.RegisterRow, first: int, end: int) -> Iterator[dict[str, Any]]:
        with self._sessions.reading() as session:
            leaves = leaf_store.sealed_leaves_between(session, register.id, first, end)
            rows = store.rows_of_lenders(session, register.import_id, [leaf.lender_number for leaf in leaves])
        for leaf in leaves:
            amount_fen, blind = self._seal.open_opening(register.id, leaf.leaf_index, leaf.opening_sealed)
            yield {
                "amount_fen": amount_fen,
                "blind": f"0x{blind:064x}",
                "index": leaf.leaf_index,
                "rows": rows[leaf.lender_number],
                "voting_class": leaf.voting_class,
            }
