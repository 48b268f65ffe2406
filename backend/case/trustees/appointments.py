"""Appointments of trustees: carried to the chain once they are signed, and told afterwards (protocol §21.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.case.cases.status import ActStatus
from backend.case.cases.views import ActView, SignedAct
from backend.case.trustees.errors import AppointmentTaken, TrusteeSignerNotUsable
from backend.case.trustees.views import CeremonyView
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.service import Chain
from backend.ground.chain.signers import PLAIN_BYTES
from backend.ground.common.hex_text import to_hex


@dataclass(frozen=True)
class Appointment:
    """Whom officials appointed, by seat as 0x, who of them signed it, and when the last one did."""

    number: int
    trustees: tuple[str, ...]
    officials: tuple[str, ...]
    signed_at: datetime


def made(acts: Iterable[ActView], kind: str) -> list[Appointment]:
    """Those acts of the kind that stand on the chain, in their order."""
    return [
        Appointment(
            number=act.number,
            trustees=tuple(one["signer"] for one in act.summary["trustees"]),
            officials=tuple(signature.official for signature in act.signatures),
            signed_at=max(signature.signed_at for signature in act.signatures),
        )
        for act in acts
        if act.kind == kind and act.status is ActStatus.DONE
    ]


def of_seats(view: CeremonyView, found: Iterable[Appointment]) -> Appointment | None:
    """The newest one, as `made` has them, of these very seats that was signed before the ceremony began; None for seats that the case was
    opened with, or that were appointed by another way than this service."""
    seats = tuple(to_hex(seat.signer) for seat in view.seats)
    return next((one for one in found if one.trustees == seats and one.signed_at <= view.begun_at), None)


def check_passkeys(chain: Chain, signers: Sequence[bytes]) -> None:
    """The case's contract takes a passkey behind the built verifying contract alone: that is told before officials sign.

    Raises: TrusteeSignerNotUsable, NodeNotAnswering.
    """
    for seat, signer in enumerate(signers):
        if len(signer) > PLAIN_BYTES and not chain.record.has_passkey_code(signer[:PLAIN_BYTES]):
            raise TrusteeSignerNotUsable(seat=seat)


def complete(chain: Chain, act: SignedAct) -> None:
    """Send it, unless it is there. Raises: AppointmentTaken when another list stands under its number, TransactionReverted."""
    signers = [bytes.fromhex(one["signer"][2:]) for one in act.payload["trustees"]]
    contract = chain.case(act.case_address)

    def is_there() -> bool:
        return contract.appointment_count() >= act.number

    call = contract.appoint_trustees(signers, act.signers, act.signatures)
    if is_there():
        chain.copies.watch(call, act.key)
    else:
        transact_unless(chain, is_there, call, act.key)
    if contract.appointment_count() == act.number and contract.last_appointed() != signers:
        raise AppointmentTaken(number=act.number)
