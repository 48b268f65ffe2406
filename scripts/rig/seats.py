"""Trustees with keys of their own: from what everybody is shown each writes what the trustees' tool writes (protocol §22)."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

from eth_account import Account

from scripts.rig.keys import Key
from verifier.trustee.confirming import Transcript, confirmation, own_share
from verifier.trustee.dealing import dealt
from verifier.trustee.papers import Paper
from verifier.trustee.roll import Ceremony, OwnKeys, Roll

NAMES = ("institution", "committee A", "committee B", "working group", "notary", "lawyer")


@dataclass
class Trustee:
    """One seat: its identity, which stays, and the seed of its newest file."""

    seat: int
    identity: Key
    seed: bytes

    @property
    def signer(self) -> str:
        """As it is appointed."""
        return self.identity.address

    def sign(self, digest: bytes) -> str:
        """The identity's signature, 65 bytes."""
        return "0x" + bytes(Account.unsafe_sign_hash(digest, self.identity.account.key).signature).hex()

    def keys(self, ceremony: Ceremony) -> OwnKeys:
        """What follows from the seat's seed for this ceremony."""
        return OwnKeys(self.seat, self.seed, ceremony.id)


class Seats:
    """All seats of a case, and what each of them writes from its own seed and what everybody is shown of the ceremony."""

    def __init__(self, count: int = 6) -> None:
        self.seats = [Trustee(seat, Key.make(), token_bytes(32)) for seat in range(count)]
        self.names = list(NAMES[:count])

    def take_anew(self) -> None:
        """Another ceremony takes new files; those of the one before are gone."""
        for trustee in self.seats:
            trustee.seed = token_bytes(32)

    def entry(self, ceremony: dict[str, Any], seat: int) -> dict[str, Any]:
        """What the seat joins with."""
        opened, trustee = Ceremony.read(Paper("ceremony", ceremony["paper"])), self.seats[seat]
        entry = trustee.keys(opened).entry()
        paper = entry.paper()
        return {"key": paper["key"], "transport": paper["transport"], "signature": trustee.sign(entry.digest(opened))}

    def roll(self, shown: dict[str, Any]) -> Roll:
        """The roll as it is shown, once the tool has found every identity in it."""
        opened = Ceremony.read(Paper("ceremony", shown["paper"]))
        lines = [{name: join[name] for name in ("key", "seat", "transport")} for join in shown["joins"]]
        named = {name: shown["paper"][name] for name in ("case", "ceremony", "chain_id", "threshold")}
        signatures = [join["signature"] for join in shown["joins"]]
        roll = Roll.read(Paper("roll", {**named, "trustees": lines, "signatures": signatures}), opened)
        roll.check_identities([bytes.fromhex(trustee.signer[2:]) for trustee in self.seats])
        return roll

    def dealing(self, shown: dict[str, Any], seat: int) -> dict[str, Any]:
        """Its polynomial's points, and an encrypted share for every seat. Raises: RuntimeError where another roll is said to be closed."""
        roll = self.roll(shown)
        if "0x" + roll.hash.hex() != shown["roll_hash"]:
            raise RuntimeError("the roll shown is not the one that was closed")
        return dealt(self.seats[seat].keys(roll.ceremony), roll).paper()

    def transcript(self, shown: dict[str, Any]) -> Transcript:
        """All dealings, checked as anybody can."""
        roll = self.roll(shown)
        made = Transcript.of(roll, {seat: Paper("dealing", paper) for seat, paper in enumerate(shown["dealings"])})
        made.check()
        return made

    def share(self, shown: dict[str, Any], seat: int) -> int:
        """s_i, after every check of the tool."""
        made = self.transcript(shown)
        return own_share(self.seats[seat].keys(made.roll.ceremony), made)

    def confirmation(self, shown: dict[str, Any], seat: int) -> dict[str, Any]:
        """The key, signed with the share and with the identity."""
        made, trustee = self.transcript(shown), self.seats[seat]
        return {"share": "0x" + confirmation(self.share(shown, seat), made).hex(), "identity": trustee.sign(made.digest)}
