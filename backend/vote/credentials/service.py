"""Lets a lender in by phone, shows the claim, and prepares the way to a credential; the credential itself is the issuer's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.case.cases.service import CaseService
from backend.case.register.errors import MobileMalformed
from backend.case.register.known_by import MOST_SIGNS
from backend.case.register.rules.phones import canonical_phone, is_abroad
from backend.case.register.service import RegisterService
from backend.case.register.views import ClaimPart, LenderLeaf
from backend.ground.chain import typed_data
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.db.sessions import Sessions
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import OpenedSession, Visitor
from backend.people.notices.numbers import NumberDesk
from backend.vote.credentials import rules
from backend.vote.credentials.codes import PhoneCodes
from backend.vote.credentials.entries import EntryService
from backend.vote.credentials.errors import (
    BallotKeyNotReadable,
    CodeWrong,
    DocumentEndWrong,
    PhoneAbroad,
    PhoneNotReadable,
    VoteIsOver,
)
from backend.vote.credentials.issuer import IssuerClient
from backend.vote.credentials.rules import CodeLimits
from backend.vote.credentials.sms import CodeMessage
from backend.vote.credentials.vouchers import VoucherService, own_index
from backend.vote.polls.errors import RelayNotReceiptSigner
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView


@dataclass(frozen=True)
class CodeRequested:
    """The answer to a request for a code, alike for every phone; `message` goes to the gateway, if there is anybody to send it to."""

    resend_after_seconds: int
    message: CodeMessage | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LenderEntry:
    """A session, or what else the person has to know: the last characters of their own document number, and perhaps the full name."""

    opened: OpenedSession | None
    document_signs: int = 0
    name_needed: bool = False


@dataclass(frozen=True)
class ClaimView:
    """A lender's own leaf with its opening and proof; for that lender only. `amount_fen` in fen, `blind` modulo n.

    `class_heads` is how many lenders are in the class.
    """

    index: int
    voting_class: int
    class_name: str
    class_heads: int
    amount_fen: int
    blind: int
    x: int
    y: int
    proof: Sequence[bytes]
    name_masked: str
    parts: Sequence[ClaimPart]


@dataclass(frozen=True)
class Ticket:
    """A PhoneTicket (protocol §5): the relay saw this lender enter the phone code; `expires_at` in seconds since 1970."""

    index: int
    ballot_key: str
    expires_at: int
    signature: str
    verifier_url: str


class CredentialService:
    """Phone codes, lenders' sessions, claims, tickets; `vouchers` is the way by two officials, `entries` the way in without a phone."""

    def __init__(
        self,
        sessions: Sessions,
        cipher: FieldCipher,
        chain: Chain,
        accounts: AccountService,
        cases: CaseService,
        register: RegisterService,
        polls: PollService,
        issuer: IssuerClient,
        settings: Settings,
        clock: Clock | None = None,
        limits: CodeLimits | None = None,
        numbers: NumberDesk | None = None,
    ) -> None:
        self._numbers = numbers
        self._chain = chain
        self._accounts = accounts
        self._register = register
        self._polls = polls
        self._verifier_url = settings.public_verifier_url or settings.verifier_url
        moment = clock or SystemClock()
        self._codes = PhoneCodes(sessions, cipher, moment, limits or CodeLimits())
        self.vouchers = VoucherService(sessions, chain, cases, register, polls, issuer, moment)
        self.entries = EntryService(sessions, cipher, chain, accounts, cases, register, polls, self._codes, moment)

    def request_code(self, poll_id: str, phone: str, address: str) -> CodeRequested:
        """Make a code for a phone; whether the phone is in the register does not show.

        After the close, too: everybody may always look up what is recorded for them, while tickets and vouchers are over.
        Raises: PollUnknown, PhoneNotReadable, PhoneAbroad, CodeTooSoon, CodesPerPhone, CodesPerAddress.
        """
        poll = self._polls.get_poll(poll_id)
        canonical = _canonical(phone)
        code = self._codes.make(poll_id, canonical, address)
        known = self._lenders(poll, canonical)
        minutes = self._codes.limits.lifetime_seconds // 60
        message = CodeMessage(canonical, code, poll.title, minutes) if known else None
        return CodeRequested(self._codes.limits.resend_after_seconds, message)

    def sign_in(
        self, poll_id: str, phone: str, code: str, address: str, former_token: str = "", *, document_end: str = "", full_name: str = ""
    ) -> LenderEntry:
        """Open a lender's session by phone and code.

        With several lenders to one phone, each says who is here by the end of their own document number; names are not shown, since a
        mask may be two people's. A wrong one costs a try, as a wrong code does.
        Raises: PollUnknown, PhoneNotReadable, PhoneAbroad, CodeWrong, CodesPerAddress, DocumentEndWrong.
        """
        poll = self._polls.get_poll(poll_id)
        canonical = _canonical(phone)
        if not rules.is_code(code):
            raise CodeWrong
        self._codes.check(poll_id, canonical, code, address)
        lenders = self._lenders(poll, canonical)
        if not lenders:
            raise CodeWrong
        chosen = lenders[0]
        if len(lenders) > 1:
            indexes = [lender.index for lender in lenders]
            signs = self._register.signs_needed(poll.case_id, poll.register_number, indexes)
            if not document_end:
                return LenderEntry(None, signs, name_needed=signs == MOST_SIGNS)
            known = self._register.who_knows(poll.case_id, poll.register_number, indexes, document_end, full_name)
            if len(known) != 1:
                self._codes.miss(poll_id, canonical, address)
                raise DocumentEndWrong(signs=signs)
            chosen = next(lender for lender in lenders if lender.index == known[0])
        self._codes.use(poll_id, canonical)
        opened = self._accounts.open_lender_session(poll.case_id, poll_id, chosen.index, chosen.name_masked, former_token)
        return LenderEntry(opened)

    def claim(self, poll_id: str, visitor: Visitor) -> ClaimView:
        """The signed-in lender's own claim. Raises: NotThisPoll, PollUnknown."""
        index = own_index(poll_id, visitor)
        poll = self._polls.get_poll(poll_id)
        leaf = self._register.leaf(poll.case_id, poll.register_number, index)
        return ClaimView(
            leaf.index,
            leaf.voting_class,
            leaf.class_name,
            poll.classes[leaf.voting_class].heads,
            leaf.amount_fen,
            leaf.blind,
            leaf.x,
            leaf.y,
            leaf.proof,
            leaf.name_masked,
            self._register.claim_parts(poll.case_id, poll.register_number, index),
        )

    def issue_ticket(self, poll_id: str, visitor: Visitor, ballot_key: str) -> Ticket:
        """Sign that this lender entered the phone code, for one ballot key.

        Raises: NotThisPoll, BallotKeyNotReadable, VoteIsOver, RelayNotReceiptSigner.
        """
        index = own_index(poll_id, visitor)
        key = rules.read_ballot_key(ballot_key)
        if key is None:
            raise BallotKeyNotReadable
        poll = self._running(poll_id)
        if not self._polls.signs_receipts(poll):
            raise RelayNotReceiptSigner
        expires_at = self._chain.chain_time() + rules.TICKET_SECONDS
        signature = self._chain.sign(typed_data.phone_ticket(self._chain.chain_id, poll.address, index, key, expires_at))
        return Ticket(index, key, expires_at, signature, self._verifier_url)

    def forget_old_codes(self) -> int:
        """Delete phone codes and wrong tries that serve no purpose any more; how many."""
        return self._codes.forget_old()

    def _lenders(self, poll: PollView, mobile: str) -> list[LenderLeaf]:
        """Whose number it is: by the register, unless two officials changed it, or by such a change."""
        place = poll.case_id, poll.register_number
        found = self._register.lender_by_phone(*place, mobile)
        if self._numbers is None:
            return found
        theirs, changed = self._numbers.people_of(poll.case_id, f"+86{mobile}")
        if changed and found:
            gone = set(self._register.addressees.indexes_of(*place, sorted(changed)))
            found = [one for one in found if one.index not in gone]
        added = self._register.addressees.indexes_of(*place, sorted(theirs)) if theirs else []
        return found + [self._register.leaf(*place, index) for index in added]

    def _running(self, poll_id: str) -> PollView:
        poll = self._polls.get_poll(poll_id)
        if self._chain.chain_time() >= poll.parameters.closes_at:
            raise VoteIsOver
        return poll


def _canonical(phone: str) -> str:
    try:
        return canonical_phone(phone)
    except MobileMalformed as error:
        raise (PhoneAbroad if is_abroad(phone) else PhoneNotReadable) from error
