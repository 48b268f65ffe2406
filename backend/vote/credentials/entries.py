"""The way in for lenders whom no text message reaches: an official who has them before the eyes makes an entry code for them.

The code opens a session and nothing more. A ballot still needs a credential: by face, or by two officials who vouch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.case.cases.service import CaseService
from backend.case.register.service import RegisterService
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import OpenedSession, Visitor
from backend.vote.credentials import rules, store
from backend.vote.credentials.codes import PhoneCodes
from backend.vote.credentials.errors import EntryNotNeeded, EntryWrong, VoteIsOver
from backend.vote.polls.service import PollService

LIFETIME = timedelta(hours=2)
TRIES = 5


@dataclass(frozen=True)
class Entry:
    """An entry code, as it is shown once."""

    code: str
    expires_at: datetime


class EntryService:
    """Makes entry codes and takes them back; kept as keyed hashes only, used once, with a few tries."""

    def __init__(
        self,
        sessions: Sessions,
        cipher: FieldCipher,
        chain: Chain,
        accounts: AccountService,
        cases: CaseService,
        register: RegisterService,
        polls: PollService,
        codes: PhoneCodes,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._chain = chain
        self._accounts = accounts
        self._cases = cases
        self._register = register
        self._polls = polls
        self._codes = codes
        self._clock = clock

    def make(self, poll_id: str, visitor: Visitor, index: int) -> Entry:
        """A code for one lender of a poll; those made before for this lender end.

        Raises: PollUnknown, NotOfficialOfCase, LeafUnknown, EntryNotNeeded, VoteIsOver.
        """
        poll = self._polls.get_poll(poll_id)
        self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        if not self._register.has_no_mobile(poll.case_id, poll.register_number, index):
            raise EntryNotNeeded
        if self._chain.chain_time() >= poll.parameters.closes_at:
            raise VoteIsOver
        now = self._clock.now()
        entry = Entry(rules.make_entry_code(), now + LIFETIME)
        with self._sessions.begin() as session:
            store.use_entries(session, poll_id, index, now)
            session.add(
                store.EntryRow(
                    id=new_id(),
                    poll_id=poll_id,
                    lender_index=index,
                    code_hash=self._hash_of(poll_id, entry.code),
                    tries_left=TRIES,
                    made_by=visitor.account_id or "",
                    made_at=now,
                    expires_at=entry.expires_at,
                    used_at=None,
                )
            )
        return entry

    def sign_in(self, poll_id: str, code: str, document_end: str, address: str, former_token: str = "") -> OpenedSession:
        """Open the lender's session; a code typed by somebody else opens nothing, since the document number is not theirs.

        Raises: PollUnknown, EntryWrong, CodesPerAddress.
        """
        poll = self._polls.get_poll(poll_id)
        now = self._clock.now()
        index = None
        with self._sessions.begin() as session:
            self._codes.check_address(session, address)
            entry = store.usable_entry(session, poll_id, self._hash_of(poll_id, code), now)
            if entry is not None and self._register.who_knows(poll.case_id, poll.register_number, [entry.lender_index], document_end):
                index, entry.used_at = entry.lender_index, now
            else:
                self._codes.note_wrong(session, address)
                if entry is not None:
                    entry.tries_left -= 1
        # Outside of the transaction: the used-up try has to stay.
        if index is None:
            raise EntryWrong
        name = self._register.leaf(poll.case_id, poll.register_number, index).name_masked
        return self._accounts.open_lender_session(poll.case_id, poll_id, index, name, former_token)

    def _hash_of(self, poll_id: str, code: str) -> bytes:
        return self._cipher.lookup("entry code", f"{poll_id}\0{rules.read_entry_code(code)}")
