"""What the chapters of one case hand on to each other."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.first_case.browser import Desk
from scripts.first_case.machine import Machine
from scripts.first_case.people import Person
from scripts.first_case.places import Places
from scripts.first_case.record import Record
from scripts.first_case.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@dataclass(frozen=True)
class Lender:
    """A row of the claims file, as its person knows it."""

    name: str
    mobile: str


@dataclass
class CaseRun:
    """One case, from bare machines to the recount. `rehearsal`: short periods, no clock moved; else 15 days, the chain's clock moved."""

    record: Record
    places: Places
    world: World
    browser: Browser
    rehearsal: bool
    claims: Path
    """What the institution hands in."""
    people: dict[str, Person] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    fingerprint: str = ""
    case_address: str = ""
    chain_id: str = ""
    poll_page: str = ""
    poll_address: str = ""

    @cached_property
    def backend(self) -> Machine:
        """The machine of the voting system."""
        return self.machine("/var/lib/lendervote")

    @cached_property
    def verifier(self) -> Machine:
        """The machine of the identity verifier, at another organisation."""
        return self.machine("/var/lib/lendervote-verifier")

    def machine(self, folder: str) -> Machine:
        """A machine whose shell is in a folder of the guide, or in a person's own."""
        path = self.places.path(folder)
        path.mkdir(parents=True, exist_ok=True)
        environment = self.world.environment | {"LENDERVOTE_SETTINGS": str(self.places.path("/etc/lendervote/backend.env"))}
        return Machine(self.record, self.places, environment, path)

    def own_machine(self, name: str) -> Machine:
        """Somebody's own computer: it has the programs, and no settings of the server."""
        machine = self.machine(str(self.places.folder / "people" / name))
        machine.environment.pop("LENDERVOTE_SETTINGS")
        return machine

    @property
    def first_official(self) -> Desk:
        """The desk of the official who proposes."""
        return self.desks["official-1"]

    @property
    def signing_officials(self) -> list[Desk]:
        """As many as have to sign."""
        return [self.desks["official-1"], self.desks["official-2"]]

    @property
    def lenders(self) -> list[Lender]:
        """Everybody in the claims file, each once; the file writes one person's document in several ways."""
        with self.claims.open(encoding="utf-8-sig", newline="") as file:
            found = {row["姓名或名称"]: Lender(row["姓名或名称"], row["手机号"]) for row in csv.DictReader(file)}
        return list(found.values())

    def stop(self) -> None:
        """End the services."""
        for machine in (self.verifier, self.backend):
            machine.stop()
