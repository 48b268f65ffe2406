"""Ceremonies of honest seats in memory, from the product's own modules, for tests that then spoil one thing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from verifier.shares.hashes import keccak, word
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.confirming import Transcript
from verifier.trustee.dealing import Dealing, dealt
from verifier.trustee.roll import Ceremony, OwnKeys, Roll

CASE, CHAIN_ID = bytes(range(20)), 31337


@dataclass
class Seats:
    """`owns` are the seats' keys, `identities` what stands on chain."""

    ceremony: Ceremony
    owns: list[OwnKeys]
    identities: list[SigningKey]

    @classmethod
    def made(cls, threshold: int, seats: int, name: str = "", random: bytes = b"") -> Seats:
        """Drawn from a name, or fresh; `random` repeats a ceremony's id."""
        name = name or secrets.token_hex(8)
        ceremony = Ceremony(CASE, CHAIN_ID, 0, seats, threshold, random or keccak(name.encode()))
        owns = [OwnKeys(seat, keccak(f"{name} seed {seat}".encode()), ceremony.id) for seat in range(seats)]
        return cls(ceremony, owns, [SigningKey(keccak(f"identity {seat}".encode())) for seat in range(seats)])

    @property
    def appointed(self) -> list[bytes]:
        return [bytes.fromhex(key.address[2:]) for key in self.identities]

    def roll(self, **replaced: OwnKeys) -> Roll:
        """`seat_1=keys`: who stands at seat 1 instead."""
        joins = {}
        for own, identity in zip(self.owns, self.identities, strict=True):
            entry = replaced.get(f"seat_{own.seat}", own).entry()
            joins[own.seat] = (entry, identity.sign(entry.digest(self.ceremony)))
        return Roll.closed(self.ceremony, joins)

    def dealings(self, roll: Roll) -> list[Dealing]:
        return [dealt(own, roll) for own in self.owns]

    def transcript(self) -> Transcript:
        roll = self.roll()
        return Transcript(roll, tuple(self.dealings(roll)))

    def appointed_paper(self) -> dict[str, Any]:
        return {"case": "0x" + CASE.hex(), "chain_id": CHAIN_ID, "trustees": ["0x" + one.hex() for one in self.appointed]}


def signed(secret: int, digest: bytes) -> bytes:
    return SigningKey(word(secret)).sign(digest)
