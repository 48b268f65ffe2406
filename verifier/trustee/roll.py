"""Who takes part in a ceremony: its id, what a seat joins with, and the closed roll (protocol §22.1, §22.2)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from verifier.shares.curve import Point, scalar_of_text
from verifier.shares.hashes import canonical_json, hex_of, keccak
from verifier.signing.signers import is_signed
from verifier.trustee.errors import (
    AppointedOfAnotherCase,
    CeremonyIdWrong,
    FileOfAnotherCeremony,
    FileOfAnotherSeat,
    KeyTwice,
    OwnEntryChanged,
    RollIncomplete,
    RollOfAnotherCeremony,
    SeatNotAppointed,
    SeatUnknown,
    ThresholdOutOfRange,
)
from verifier.trustee.key_files import KEY, Secret
from verifier.trustee.papers import Paper
from verifier.trustee.typed_data import CaseDomain

MOST_SEATS = 32


@dataclass(frozen=True)
class Ceremony:
    """Its opening paper; `id` follows from all the rest."""

    case: bytes
    chain_id: int
    number: int
    seats: int
    threshold: int
    random: bytes

    @classmethod
    def begun(cls, case: bytes, chain_id: int, number: int, seats: int, threshold: int) -> Ceremony:
        """A new one. Raises: ThresholdOutOfRange."""
        return cls(case, chain_id, number, seats, threshold, secrets.token_bytes(32)).checked()

    @classmethod
    def read(cls, paper: Paper) -> Ceremony:
        """Raises: PaperUnreadable, ThresholdOutOfRange, CeremonyIdWrong."""
        number = paper.whole("number", most=2**32 - 1)
        seats, threshold = paper.whole("seats", most=255), paper.whole("threshold", most=255)
        read = cls(paper.data("case", 20), paper.whole("chain_id"), number, seats, threshold, paper.data("random", 32)).checked()
        if read.id != paper.data("ceremony", 32):
            raise CeremonyIdWrong
        return read

    def checked(self) -> Ceremony:
        """Itself. Raises: ThresholdOutOfRange."""
        if not 2 <= self.threshold <= self.seats <= MOST_SEATS:
            raise ThresholdOutOfRange(threshold=self.threshold, seats=self.seats)
        return self

    @cached_property
    def id(self) -> bytes:
        """32 bytes."""
        head = b"LenderVote/1/ceremony" + self.case + self.number.to_bytes(4, "big")
        return keccak(head + bytes([self.seats, self.threshold]) + self.random)

    @property
    def domain(self) -> CaseDomain:
        """Under which its papers are signed."""
        return CaseDomain(self.case, self.chain_id)

    def paper(self) -> dict[str, Any]:
        """As it is published."""
        numbers = {"chain_id": self.chain_id, "number": self.number, "seats": self.seats, "threshold": self.threshold}
        return {"case": hex_of(self.case), "ceremony": hex_of(self.id), "random": hex_of(self.random)} | numbers

    def check_seat(self, seat: int) -> None:
        """Raises: SeatUnknown."""
        if not 0 <= seat < self.seats:
            raise SeatUnknown(seat=seat, seats=self.seats)

    def about(self, seat: int, dealt_roll: str = "") -> dict[str, Any]:
        """The public fields of a file of this seat."""
        named = {"case": hex_of(self.case), "ceremony": hex_of(self.id), "chain_id": self.chain_id, "seat": seat}
        return named | {"dealt_roll": dealt_roll, "given_up": False}


def check_file(held: Secret, ceremony: Ceremony, name: str, seat: int | None = None) -> None:
    """Whether the file is for this ceremony and seat. Raises: FileOfAnotherCeremony, FileOfAnotherSeat."""
    expected = ceremony.about(0)
    if any(held.about.get(key) != expected[key] for key in ("case", "ceremony", "chain_id")):
        raise FileOfAnotherCeremony(file=name)
    if seat not in {None, held.about["seat"]}:
        raise FileOfAnotherSeat(file=name, found=held.about["seat"], expected=seat)


@dataclass(frozen=True)
class OwnKeys:
    """What follows from a seat's seed: scalars that sign and agree on pads, and under a roll the polynomial."""

    seat: int
    seed: bytes = field(repr=False)
    ceremony: bytes

    @classmethod
    def of(cls, held: Secret) -> OwnKeys:
        """From a key file."""
        if held.kind != KEY:
            raise ValueError("not a key file")
        return cls(held.about["seat"], held.secret, bytes.fromhex(held.about["ceremony"][2:]))

    @cached_property
    def sign(self) -> int:
        """The secret of `key`."""
        return self._scalar(self.ceremony, "sign")

    @cached_property
    def transport(self) -> int:
        """The secret of the transport key."""
        return self._scalar(self.ceremony, "transport")

    def coefficients(self, roll_hash: bytes, threshold: int) -> list[int]:
        """Unrelated for every roll: they do not follow from the ceremony."""
        return [self._scalar(roll_hash, f"coefficient {k}") for k in range(threshold)]

    def entry(self) -> Entry:
        """What the seat joins with."""
        return Entry(self.seat, Point.of(self.sign).address, Point.of(self.transport))

    def _scalar(self, about: bytes, what: str) -> int:
        return scalar_of_text(b"LenderVote/1/trustee" + self.seed + about + what.encode())


@dataclass(frozen=True)
class Entry:
    """A seat in the roll."""

    seat: int
    key: bytes
    transport: Point

    @classmethod
    def read(cls, paper: Paper) -> Entry:
        """Raises: PaperUnreadable."""
        return cls(paper.whole("seat", most=MOST_SEATS - 1), paper.data("key", 20), paper.point("transport"))

    def paper(self) -> dict[str, Any]:
        """As the roll's hash has it."""
        return {"key": hex_of(self.key), "seat": self.seat, "transport": hex_of(self.transport.compressed)}

    def digest(self, ceremony: Ceremony) -> bytes:
        """What the seat's identity signs."""
        return ceremony.domain.roll_entry(ceremony.id, self.seat, self.key, self.transport.compressed)


@dataclass(frozen=True)
class Roll:
    """All seats of a ceremony, in their order, with their identities' signatures."""

    ceremony: Ceremony
    entries: tuple[Entry, ...]
    signatures: tuple[bytes, ...]

    @classmethod
    def closed(cls, ceremony: Ceremony, joins: Mapping[int, tuple[Entry, bytes]]) -> Roll:
        """Raises: RollIncomplete, KeyTwice."""
        missing = [seat for seat in range(ceremony.seats) if seat not in joins]
        if missing:
            raise RollIncomplete(seats=missing)
        listed = [joins[seat] for seat in range(ceremony.seats)]
        roll = cls(ceremony, tuple(entry for entry, _ in listed), tuple(signature for _, signature in listed))
        roll._check_keys()
        return roll

    @classmethod
    def read(cls, paper: Paper, ceremony: Ceremony) -> Roll:
        """Raises: PaperUnreadable, RollOfAnotherCeremony, RollIncomplete, KeyTwice."""
        said = paper.data("case", 20), paper.whole("chain_id"), paper.data("ceremony", 32), paper.whole("threshold")
        if said != (ceremony.case, ceremony.chain_id, ceremony.id, ceremony.threshold):
            raise RollOfAnotherCeremony
        entries = [Entry.read(one) for one in paper.papers("trustees")]
        signatures = paper.many("signatures")
        if len(signatures) != len(entries) or len({entry.seat for entry in entries}) != len(entries):
            raise paper.wrong("signatures")
        if any(entry.seat >= ceremony.seats for entry in entries):
            raise paper.wrong("trustees")
        return cls.closed(ceremony, {entry.seat: (entry, one) for entry, one in zip(entries, signatures, strict=True)})

    def hashed(self) -> dict[str, Any]:
        """What the roll's hash is of."""
        named = {"case": hex_of(self.ceremony.case), "ceremony": hex_of(self.ceremony.id), "chain_id": self.ceremony.chain_id}
        return named | {"threshold": self.ceremony.threshold, "trustees": [entry.paper() for entry in self.entries]}

    @cached_property
    def hash(self) -> bytes:
        """rollHash."""
        return keccak(canonical_json(self.hashed()))

    def paper(self) -> dict[str, Any]:
        """As it is given to the trustees."""
        return self.hashed() | {"signatures": [hex_of(one) for one in self.signatures]}

    def check_identities(self, appointed: Sequence[bytes]) -> None:
        """Whether each entry is signed by who stands on chain for its seat. Raises: SeatNotAppointed."""
        for entry, signature, signer in zip(self.entries, self.signatures, appointed, strict=True):
            if not is_signed(signer, entry.digest(self.ceremony), signature):
                raise SeatNotAppointed(seat=entry.seat)

    def check_own(self, own: OwnKeys) -> None:
        """Whether the own entry is that of the own file. Raises: OwnEntryChanged."""
        if self.entries[own.seat] != own.entry():
            raise OwnEntryChanged(seat=own.seat)

    def _check_keys(self) -> None:
        keys, transports = set(), set()
        for entry in self.entries:
            if entry.key in keys or entry.transport in transports:
                raise KeyTwice(seat=entry.seat)
            keys.add(entry.key)
            transports.add(entry.transport)


def appointed_from(paper: Paper, ceremony: Ceremony) -> list[bytes]:
    """The identities as nodes show them. Raises: PaperUnreadable, AppointedOfAnotherCase."""
    found = paper.many("trustees")
    if (paper.data("case", 20), paper.whole("chain_id"), len(found)) != (ceremony.case, ceremony.chain_id, ceremony.seats):
        raise AppointedOfAnotherCase
    return found
