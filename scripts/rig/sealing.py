"""A lender's phone in a sealed poll: choices sealed to the poll's key (protocol §21.1)."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import randbelow
from typing import Any

from coincurve import PrivateKey, PublicKey
from eth_account import Account

from backend.ground.chain import sealed_types, typed_data
from backend.ground.common import seals
from backend.ground.common.voting import SealedChoices
from scripts.rig.keys import Key

NONSENSE = 1 << 40 | 5
"""A plain value that is none: it seals like any other, and nobody can tell before the poll is unsealed."""


def draw() -> int:
    """A k of chance, 1..n-1."""
    return 1 + randbelow(seals.ORDER - 1)


def seal(key: PublicKey, separator: bytes, index: int, sequence: int, plain: int, k: int = 0) -> SealedChoices:
    """A plain value under k; under one of chance where none is given."""
    secret = PrivateKey((k or draw()).to_bytes(32, "big"))
    raw = secret.public_key.format()  # 02 or 03, then x
    hidden = seals.word(separator, index, sequence, raw[1:], shared(key, secret))
    return SealedChoices(raw[1:], (plain ^ int.from_bytes(hidden, "big")).to_bytes(8, "big"))


def shared(key: PublicKey, secret: PrivateKey) -> bytes:
    """addr(S) of a seal, 20 bytes: with -k in place of k where the seal's point has an odd y."""
    odd = secret.public_key.format()[0] == 3
    k = seals.ORDER - secret.to_int() if odd else secret.to_int()
    return seals.address_of_point(key.multiply(k.to_bytes(32, "big")))


def key_of(poll: Mapping[str, Any]) -> PublicKey:
    """The key to which a poll's choices are sealed, from what the API shows of it."""
    shown = poll["sealing"]["seal_key"]
    return PublicKey.from_point(int(shown["x"], 16), int(shown["y"], 16))


def sealed(poll: Mapping[str, Any], index: int, sequence: int, plain: int, k: int = 0) -> tuple[dict[str, str], bytes]:
    """What a sealed ballot has in place of a choice, and the digest (32 bytes) that its ballot key signs."""
    place = poll["chain_id"], poll["address"]
    made = seal(key_of(poll), typed_data.domain_separator(*place), index, sequence, plain, k)
    numbers = int.from_bytes(made.seal, "big"), int.from_bytes(made.sealed_choice, "big")
    hashes = (bytes.fromhex(text[2:]) for text in (poll["plan"]["plan_hash"], poll["sealing"]["seal_key_hash"]))
    digest = sealed_types.sealed_ballot(*place, index, sequence, *numbers, *hashes).digest()
    return {"seal": "0x" + made.seal.hex(), "sealed_choice": "0x" + made.sealed_choice.hex()}, digest


def sealed_and_signed(poll: Mapping[str, Any], key: Key, index: int, sequence: int, plain: int) -> dict[str, str]:
    """`sealed`, with the ballot key's signature over it."""
    made, digest = sealed(poll, index, sequence, plain)
    signature = Account.unsafe_sign_hash(digest, key.account.key).signature
    return made | {"ballot_signature": "0x" + bytes(signature).hex()}
