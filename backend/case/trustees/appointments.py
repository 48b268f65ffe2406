"""Carries a signed appointment of trustees to the chain (protocol §21.2)."""

from __future__ import annotations

from backend.case.cases.views import SignedAct
from backend.case.trustees.errors import AppointmentTaken
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.service import Chain


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
