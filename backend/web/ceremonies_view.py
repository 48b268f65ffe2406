"""Key ceremonies as the public page shows them: who sat, who appointed them, who confirmed, and which poll has the key."""

from __future__ import annotations

from typing import Any

from backend.case.trustees.schemas import CeremonyCardOut
from backend.case.trustees.service import CEREMONIES_A_PAGE, TrusteeService
from backend.ground.common.hex_text import to_hex
from backend.vote.polls.service import PollService


def ceremonies_view(trustees: TrusteeService, polls: PollService, case_id: str, before: int) -> dict[str, Any]:
    """`ceremonies` of one page, each with the poll that has its key, and `further`, the `before` of the next page, None on the last.

    Raises: CaseUnknown, Busy.
    """
    cards = [CeremonyCardOut.of(view, appointment) for view, appointment in trustees.with_appointments(case_id, before)]
    announced = {poll.sealing.ceremony_id: poll for poll in polls.list_polls(case_id) if poll.sealing is not None}
    having = {
        ceremony_id: {"id": poll.id, "title": poll.title, "seal_key_hash": to_hex(poll.sealing.key_hash)}
        for ceremony_id, poll in announced.items()
        if poll.sealing is not None
    }
    last = cards[-1].number if len(cards) == CEREMONIES_A_PAGE else 0
    return {
        "ceremonies": [card.model_dump() | {"poll": having.get(card.id)} for card in cards],
        "further": last or None,  # numbers are whole, from 0
    }
