"""The openings of a register as officials download them (protocol §19), read by whoever puts them into escrow."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path

from Crypto.Cipher import AES

from verifier.escrow.context import Frozen
from verifier.escrow.files import Leaf
from verifier.escrow.tree import classes_hash, leaf_hash, root_of
from verifier.shares.curve import ORDER

MAGIC, SALT, NONCE, TAG = b"LVOP0001", 16, 12, 16
MOST_BYTES = 2**30
_HEAD = len(MAGIC) + SALT + NONCE


class OpeningsWrong(Exception):
    """The file is none, its password is another one, or it is of another register; the text says which."""


def read(path: Path, password: str, case: bytes, chain_id: int, register_number: int) -> tuple[Frozen, list[Leaf]]:
    """The register that follows from the openings, and its leaves. Raises: OpeningsWrong, OSError."""
    lines = _content(path, password).decode().splitlines()
    head, *rest = map(json.loads, lines)
    said = head["case"], head["chain_id"], head["register_number"]
    if said != ("0x" + case.hex(), chain_id, register_number):
        raise OpeningsWrong(f"register {said}")
    leaves = [(int(one["amount_fen"]), int(one["blind"], 16)) for one in rest]
    classes = [int(one["voting_class"]) for one in rest]
    if [one["index"] for one in rest] != list(range(len(rest))):
        raise OpeningsWrong("index")
    totals = [_totals(leaves, classes, number) for number in range(len(head["class_names"]))]
    root = root_of(leaf_hash(index, classes[index], leaf) for index, leaf in enumerate(leaves))
    return Frozen(chain_id, case, register_number, root, len(leaves), classes_hash(totals)), leaves


def _totals(leaves: list[Leaf], classes: list[int], number: int) -> tuple[int, int, int]:
    mine = [leaf for leaf, one in zip(leaves, classes, strict=True) if one == number]
    return len(mine), sum(amount for amount, _ in mine), sum(blind for _, blind in mine) % ORDER


def _content(path: Path, password: str) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise OpeningsWrong("size")
    data = path.read_bytes()
    if not data.startswith(MAGIC) or len(data) < _HEAD + TAG:
        raise OpeningsWrong("form")
    salt, nonce = data[len(MAGIC) : len(MAGIC) + SALT], data[len(MAGIC) + SALT : _HEAD]
    typed = "".join(unicodedata.normalize("NFKC", password).split()).encode()
    key = hashlib.scrypt(typed, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=TAG)
    cipher.update(MAGIC + salt)
    try:
        return cipher.decrypt_and_verify(data[_HEAD:-TAG], data[-TAG:])
    except ValueError as error:
        raise OpeningsWrong("password") from error
