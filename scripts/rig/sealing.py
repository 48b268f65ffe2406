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


def seal(key: PublicKey, separator: bytes, index: int, sequence: int, plain: int) -> SealedChoices:
    """A plain value under a k of chance."""
    k = PrivateKey((1 + randbelow(seals.ORDER - 1)).to_bytes(32, "big"))
    raw = k.public_key.format()  # 02 or 03, then x
    shared = seals.address_of_point(key.multiply(k.secret))
    if raw[0] == 3:  # -k in place of k
        shared = seals.address_of_point(key.multiply((seals.ORDER - int.from_bytes(k.secret, "big")).to_bytes(32, "big")))
    hidden = seals.word(separator, index, sequence, raw[1:], shared)
    return SealedChoices(raw[1:], (plain ^ int.from_bytes(hidden, "big")).to_bytes(8, "big"))


def sealed_and_signed(poll: Mapping[str, Any], key: Key, index: int, sequence: int, plain: int) -> dict[str, str]:
    """What a sealed ballot has in place of a choice, and the ballot key's signature over it."""
    place, sealing = (poll["chain_id"], poll["address"]), poll["sealing"]
    to = PublicKey.from_point(int(sealing["seal_key"]["x"], 16), int(sealing["seal_key"]["y"], 16))
    made = seal(to, typed_data.domain_separator(*place), index, sequence, plain)
    numbers = int.from_bytes(made.seal, "big"), int.from_bytes(made.sealed_choice, "big")
    hashes = (bytes.fromhex(text[2:]) for text in (poll["plan"]["plan_hash"], sealing["seal_key_hash"]))
    digest = sealed_types.sealed_ballot(*place, index, sequence, *numbers, *hashes).digest()
    signature = Account.unsafe_sign_hash(digest, key.account.key).signature
    return {
        "seal": "0x" + made.seal.hex(),
        "sealed_choice": "0x" + made.sealed_choice.hex(),
        "ballot_signature": "0x" + bytes(signature).hex(),
    }
