"""Trustees of a case with files of their own: they do what the trustees' tool does, over the service's HTTP interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from tests.backend.town import CasePeople, Person, Town, answer
from verifier.trustee.confirming import Transcript, confirmation, own_share
from verifier.trustee.dealing import dealt
from verifier.trustee.papers import Paper
from verifier.trustee.roll import Ceremony, OwnKeys, Roll

NAMES = ("institution", "committee A", "committee B", "working group", "notary", "lawyer")


@dataclass
class Trustee:
    """One seat: identity, and the keys that follow from a fresh seed."""

    seat: int
    identity: LocalAccount
    seed: bytes

    @property
    def signer(self) -> str:
        return str(self.identity.address).lower()

    def sign(self, digest: bytes) -> str:
        return "0x" + bytes(Account.unsafe_sign_hash(digest, self.identity.key).signature).hex()

    def keys(self, ceremony: Ceremony) -> OwnKeys:
        return OwnKeys(self.seat, self.seed, ceremony.id)


class Seats:
    """All seats of a case, and what each of them writes from its own file and what everybody is shown."""

    def __init__(self, count: int = 6) -> None:
        self.seats = [Trustee(seat, Account.create(), token_bytes(32)) for seat in range(count)]
        self.names = list(NAMES[:count])

    def entry(self, ceremony: dict[str, Any], seat: int) -> dict[str, Any]:
        opened, trustee = Ceremony.read(Paper("ceremony", ceremony["paper"])), self.seats[seat]
        entry = trustee.keys(opened).entry()
        paper = entry.paper()
        return {"key": paper["key"], "transport": paper["transport"], "signature": trustee.sign(entry.digest(opened))}

    def roll(self, shown: dict[str, Any]) -> Roll:
        opened = Ceremony.read(Paper("ceremony", shown["paper"]))
        lines = [{name: join[name] for name in ("key", "seat", "transport")} for join in shown["joins"]]
        named = {name: shown["paper"][name] for name in ("case", "ceremony", "chain_id", "threshold")}
        signatures = [join["signature"] for join in shown["joins"]]
        roll = Roll.read(Paper("roll", {**named, "trustees": lines, "signatures": signatures}), opened)
        roll.check_identities([bytes.fromhex(trustee.signer[2:]) for trustee in self.seats])
        return roll

    def dealing(self, shown: dict[str, Any], seat: int) -> dict[str, Any]:
        roll = self.roll(shown)
        assert "0x" + roll.hash.hex() == shown["roll_hash"]
        return dealt(self.seats[seat].keys(roll.ceremony), roll).paper()

    def transcript(self, shown: dict[str, Any]) -> Transcript:
        roll = self.roll(shown)
        made = Transcript.of(roll, {seat: Paper("dealing", paper) for seat, paper in enumerate(shown["dealings"])})
        made.check()
        return made

    def share(self, shown: dict[str, Any], seat: int) -> int:
        """s_i, after every check of the tool."""
        made = self.transcript(shown)
        return own_share(self.seats[seat].keys(made.roll.ceremony), made)

    def confirmation(self, shown: dict[str, Any], seat: int) -> dict[str, Any]:
        made, trustee = self.transcript(shown), self.seats[seat]
        return {"share": "0x" + confirmation(self.share(shown, seat), made).hex(), "identity": trustee.sign(made.digest)}


class Trustees(Seats):
    """The same, over HTTP."""

    def __init__(self, town: Town, people: CasePeople, count: int = 6) -> None:
        super().__init__(count)
        self.town, self.people = town, people
        self.browser = town.browser()

    @property
    def official(self) -> Person:
        return self.people.officials[0]

    def appoint(self) -> dict[str, Any]:
        body = {"signers": [trustee.signer for trustee in self.seats], "names": self.names}
        act = self.official.post(f"/api/cases/{self.people.case['id']}/trustees", body)
        return self.people.sign_together(act)

    def begin(self, threshold: int = 3) -> dict[str, Any]:
        body = {"threshold": threshold, "names": self.names}
        begun: dict[str, Any] = self.official.post(f"/api/cases/{self.people.case['id']}/ceremonies", body)
        return begun

    def show(self, ceremony: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = answer(self.browser.get(f"/api/ceremonies/{ceremony['id']}"))
        return shown

    def hand_in(self, ceremony: dict[str, Any], seat: int, step: str, paper: dict[str, Any]) -> dict[str, Any]:
        taken: dict[str, Any] = answer(self.browser.post(f"/api/ceremonies/{ceremony['id']}/seats/{seat}/{step}", json=paper))
        return taken

    # --- whole steps ---------------------------------------------------------------------------------------------------------------

    def join_all(self, ceremony: dict[str, Any], seats: Iterable[int] | None = None) -> None:
        for seat in self._all(seats):
            self.hand_in(ceremony, seat, "entry", self.entry(ceremony, seat))

    def close_roll(self, ceremony: dict[str, Any]) -> dict[str, Any]:
        closed: dict[str, Any] = self.official.post(f"/api/ceremonies/{ceremony['id']}/roll")
        return closed

    def deal_all(self, ceremony: dict[str, Any], seats: Iterable[int] | None = None) -> dict[str, Any]:
        shown = self.show(ceremony)
        for seat in self._all(seats):
            shown = self.hand_in(ceremony, seat, "dealing", self.dealing(shown, seat))
        return shown

    def confirm_all(self, ceremony: dict[str, Any], seats: Iterable[int] | None = None) -> dict[str, Any]:
        shown = self.show(ceremony)
        for seat in self._all(seats):
            self.hand_in(ceremony, seat, "confirmation", self.confirmation(shown, seat))
        return self.show(ceremony)

    def hold(self, threshold: int = 3) -> dict[str, Any]:
        """A whole ceremony, complete."""
        begun = self.begin(threshold)
        self.join_all(begun)
        self.close_roll(begun)
        self.deal_all(begun)
        return self.confirm_all(begun)

    def _all(self, seats: Iterable[int] | None) -> Sequence[int]:
        return range(len(self.seats)) if seats is None else list(seats)
