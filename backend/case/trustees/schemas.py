"""What the calls on trustees and ceremonies take and give; papers are written as protocol §22 has them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from backend.case.trustees import rules
from backend.case.trustees.appointments import Appointment
from backend.case.trustees.checking import Complaint
from backend.case.trustees.rules import MOST_SEATS
from backend.case.trustees.status import CeremonyStatus, Step
from backend.case.trustees.views import CeremonyView, SeatView
from backend.ground.common.hex_text import Hex, HexSigner, to_hex
from backend.ground.common.text_types import Line, Prose

# One way to write a thing that is hashed: 0x and lower case.
Address = Annotated[str, Field(pattern=r"^0x[0-9a-f]{40}$")]
Point = Annotated[str, Field(pattern=r"^0x[0-9a-f]{66}$")]
Word = Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]
PlainSignature = Annotated[str, Field(pattern=r"^0x[0-9a-f]{130}$")]
Signature = Annotated[str, Field(pattern=r"^0x([0-9a-f]{2}){1,4096}$")]
Name = Annotated[str, Line(100, 1)]
Seat = Annotated[StrictInt, Field(ge=0, lt=MOST_SEATS)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AppointmentIn(_Input):
    """Trustees by seat, each with a name that people know."""

    signers: list[HexSigner] = Field(max_length=100)
    names: list[Name] = Field(max_length=100)


class CeremonyIn(_Input):
    """A ceremony to be opened: how many seats open, and who holds which seat."""

    threshold: int = Field(strict=True)
    names: list[Name] = Field(max_length=100)


class EndIn(_Input):
    """Why a ceremony is given up."""

    reason: Annotated[str, Prose(500, 1)]


class EntryIn(_Input):
    """A seat joins: its signing key's address, its transport point, and the identity's signature over RollEntry."""

    key: Address
    transport: Point
    signature: Signature


class DealingIn(_Input):
    """A seat deals: points of its polynomial, an encrypted share for every seat, and two signatures."""

    commitments: list[Point] = Field(max_length=MOST_SEATS)
    possession: PlainSignature
    shares: list[Word] = Field(max_length=MOST_SEATS)
    signature: PlainSignature


class ConfirmationIn(_Input):
    """A seat confirms the key, by its share and by its identity."""

    share: PlainSignature
    identity: Signature


class ComplaintIn(_Input):
    """A seat gives up its transport key of this ceremony to show a share that does not fit; the ceremony is void."""

    dealer: Seat
    receiver: Seat
    transport_secret: Word

    def read(self) -> Complaint:
        """As the service takes it."""
        return Complaint(self.dealer, self.receiver, bytes.fromhex(self.transport_secret[2:]))


class TrusteesOut(BaseModel):
    """The trustees who serve now, by seat; none before the first appointment serves."""

    signers: list[Hex]


class SeatOut(BaseModel):
    """One seat and how far it is; its papers are in the ceremony's lists."""

    seat: int
    name: str
    signer: Hex
    joined: bool
    dealt: bool
    confirmed: bool

    @classmethod
    def of(cls, seat: SeatView) -> SeatOut:
        """From the service's view."""
        joined, dealt, confirmed = (seat.papers[step] is not None for step in (Step.ENTRY, Step.DEALING, Step.CONFIRMATION))
        return cls(seat=seat.seat, name=seat.name, signer=seat.signer, joined=joined, dealt=dealt, confirmed=confirmed)


class CeremonyOut(BaseModel):
    """A ceremony with everything that is public of it: opening paper, entries, dealings and confirmations by seat (null where a seat's is
    missing), and the key once every seat has dealt. `could_block` warns that those who can read early could also refuse to open."""

    id: str
    case_id: str
    status: CeremonyStatus
    paper: dict[str, Any]
    seats: list[SeatOut]
    missing: list[int]
    could_block: bool
    joins: list[dict[str, Any] | None]
    roll_hash: Hex | None
    dealings: list[dict[str, Any] | None]
    seal_key: dict[str, Any] | None
    confirmations: list[dict[str, Any] | None]
    failure: str
    complaint: dict[str, Any] | None
    begun_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, view: CeremonyView) -> CeremonyOut:
        """From the service's view."""

        def papers(step: Step) -> list[dict[str, Any] | None]:
            found = [seat.papers[step] for seat in view.seats]
            return [None if paper is None else dict(paper) for paper in found]

        joins = [None if one is None else {**one, "seat": seat} for seat, one in enumerate(papers(Step.ENTRY))]
        return cls(
            id=view.id,
            case_id=view.case_id,
            status=view.status,
            paper=view.head.as_json(),
            seats=[SeatOut.of(seat) for seat in view.seats],
            missing=[seat.seat for seat in view.missing],
            could_block=rules.could_block(view.head.threshold, view.head.seats),
            joins=joins,
            roll_hash=view.roll_hash,
            dealings=papers(Step.DEALING),
            seal_key=None if view.seal_key is None else view.seal_key.as_json(),
            confirmations=papers(Step.CONFIRMATION),
            failure=view.failure,
            complaint=None if view.complaint is None else dict(view.complaint),
            begun_at=view.begun_at,
            ended_at=view.ended_at,
        )


class AppointmentOut(BaseModel):
    """Which officials appointed the seats, and when the last of them signed."""

    number: int
    officials: list[str]
    signed_at: datetime


class CeremonyCardOut(BaseModel):
    """A ceremony as the public page has it; `appointment` is null where the seats were appointed by another way than this service."""

    id: str
    number: int
    threshold: int
    status: CeremonyStatus
    seats: list[SeatOut]
    roll_hash: str | None
    transcript_hash: str | None
    failure: str
    appointment: AppointmentOut | None

    @classmethod
    def of(cls, view: CeremonyView, appointment: Appointment | None) -> CeremonyCardOut:
        """From the service's views."""
        return cls(
            id=view.id,
            number=view.head.number,
            threshold=view.head.threshold,
            status=view.status,
            seats=[SeatOut.of(seat) for seat in view.seats],
            roll_hash=to_hex(view.roll_hash) if view.roll_hash else None,
            transcript_hash=to_hex(view.seal_key.transcript_hash) if view.seal_key else None,
            failure=view.failure,
            appointment=None if appointment is None else AppointmentOut.model_validate(appointment, from_attributes=True),
        )


class CeremonyLineOut(BaseModel):
    """A ceremony in the list of a case's."""

    id: str
    ceremony: str
    number: int
    status: CeremonyStatus
    seats: int
    threshold: int
    missing: list[int]

    @classmethod
    def of(cls, view: CeremonyView) -> CeremonyLineOut:
        """From the service's view."""
        head = view.head
        return cls(
            id=view.id,
            ceremony=to_hex(head.ceremony),
            number=head.number,
            status=view.status,
            seats=head.seats,
            threshold=head.threshold,
            missing=[seat.seat for seat in view.missing],
        )
