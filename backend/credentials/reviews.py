"""Why a machine did not accept a lender, from the verifier's own log: for the officials who look again, and for nobody else."""

from __future__ import annotations

from typing import Any

from backend.accounts.visitor import Visitor
from backend.cases.service import CaseService
from backend.credentials import store
from backend.credentials.errors import VoucherRequestUnknown
from backend.credentials.issuer import IssuerClient
from backend.db.sessions import Sessions
from backend.polls.service import PollService


class ReviewService:
    """Asks the verifier with the relay's signature."""

    def __init__(self, sessions: Sessions, cases: CaseService, polls: PollService, issuer: IssuerClient) -> None:
        self._sessions = sessions
        self._cases = cases
        self._polls = polls
        self._issuer = issuer

    def reasons(self, request_id: str, visitor: Visitor) -> list[dict[str, Any]]:
        """Refusals of the lender who asks to be seen, newest first, in words.

        Raises: VoucherRequestUnknown, NotOfficialOfCase, IssuerNotAnswering, IssuerRefused.
        """
        with self._sessions.reading() as session:
            row = store.find_request(session, request_id)
            if row is None:
                raise VoucherRequestUnknown
            poll_id, index = row.poll_id, row.lender_index
        poll = self._polls.get_poll(poll_id)
        self._cases.require_official(poll.case_id, visitor)
        return self._issuer.declined(poll.address, index)
