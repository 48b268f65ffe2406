"""Trustees of a case with files of their own: they do what the trustees' tool does, over the service's HTTP interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scripts.rig.seats import Seats
from tests.backend.town import CasePeople, Person, Town, answer


class Trustees(Seats):
    """The rig's seats, over HTTP."""

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
