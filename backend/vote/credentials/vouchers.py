"""The way without a face: two officials see the lender, each signs a voucher, and the issuer takes both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from backend.case.cases.errors import SignerNotOwn
from backend.case.cases.service import CaseService
from backend.case.register.service import RegisterService
from backend.case.register.views import LenderDocument
from backend.ground.chain import typed_data
from backend.ground.chain.errors import SignatureNotReadable
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock
from backend.ground.common.errors import BadInput
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.common.text import has_letters, line
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import Visitor
from backend.vote.credentials import rules, store
from backend.vote.credentials.errors import (
    BallotKeyNotReadable,
    InvitationNotReadable,
    MethodNotAllowed,
    NotThisPoll,
    VoteIsOver,
    VouchedAlready,
    VouchedAtOutOfRange,
    VoucherRequestUnknown,
    VoucherSignatureWrong,
)
from backend.vote.credentials.issuer import IssuerClient, Refusal
from backend.vote.credentials.store import VoucherStatus
from backend.vote.polls.service import PollService
from backend.vote.polls.views import PollView

MOST_INVITATION = 200
FUTURE_SECONDS = 60
"""A block may come in between; nobody vouches for tomorrow."""


@dataclass(frozen=True)
class Voucher:
    """One official's signed word; `vouched_at` in seconds since 1970, by the chain's clock."""

    signer: str
    method: int
    vouched_at: int
    signature: str


@dataclass(frozen=True, kw_only=True)
class VoucherRequest:
    """A lender's request to be seen; `code` is what lender and official compare aloud.

    `review`: a machine did not accept the face, and the lender asks for people's judgement. `invitation`: what an official answered.
    """

    id: str
    poll_id: str
    index: int
    ballot_key: str
    method: int
    code: str
    status: VoucherStatus
    requested_at: datetime
    vouchers: tuple[Voucher, ...]
    review: bool
    invitation: str


@dataclass(frozen=True)
class WaitingRequest:
    """A request as an official of the case sees it, with what there is to sign."""

    request: VoucherRequest
    document: LenderDocument
    own: Voucher | None
    """The visitor's own voucher, None while there is none: each official vouches once."""
    typed_data: dict[str, Any]


class VoucherService:
    """Requests to be seen by officials, and their vouchers."""

    def __init__(
        self,
        sessions: Sessions,
        chain: Chain,
        cases: CaseService,
        register: RegisterService,
        polls: PollService,
        issuer: IssuerClient,
        clock: Clock,
    ) -> None:
        self._sessions = sessions
        self._chain = chain
        self._cases = cases
        self._register = register
        self._polls = polls
        self._issuer = issuer
        self._clock = clock

    def ask(self, poll_id: str, visitor: Visitor, ballot_key: str, method: int, *, review: bool = False) -> VoucherRequest:
        """A lender asks to be seen; asking again for the same key gives the same request.

        Raises: NotThisPoll, BallotKeyNotReadable, MethodNotAllowed, VoteIsOver.
        """
        index = own_index(poll_id, visitor)
        key = rules.read_ballot_key(ballot_key)
        if key is None:
            raise BallotKeyNotReadable
        if method not in rules.METHODS:
            raise MethodNotAllowed
        self._running(poll_id)
        row = store.VoucherRequestRow(
            id=new_id(),
            poll_id=poll_id,
            lender_index=index,
            ballot_key=key,
            method=method,
            code=rules.fingerprint_code(key),
            status=VoucherStatus.WAITING,
            requested_at=self._clock.now(),
            review=review,
            invitation="",
            vouchers=[],
        )
        try:
            with self._sessions.begin() as session:
                known = store.find_request_for_key(session, poll_id, index, key)
                if known is None:
                    session.add(row)
                return _view(known or row)
        except IntegrityError:
            with self._sessions.reading() as session:
                return _view(_known(store.find_request_for_key(session, poll_id, index, key)))

    def look(self, poll_id: str, visitor: Visitor, request_id: str) -> VoucherRequest:
        """A lender looks at their own request, and learns when there is nothing to wait for any more.

        Raises: NotThisPoll, VoucherRequestUnknown, VoteIsOver.
        """
        index = own_index(poll_id, visitor)
        with self._sessions.reading() as session:
            row = _known(store.find_request(session, request_id))
            if (row.poll_id, row.lender_index) != (poll_id, index):
                raise VoucherRequestUnknown
            request = _view(row)
        self._running(poll_id)
        return request

    def waiting(self, poll_id: str, visitor: Visitor) -> list[WaitingRequest]:
        """What an official of the case can vouch for now. Raises: PollUnknown, NotOfficialOfCase."""
        poll = self._polls.get_poll(poll_id)
        own_signer = to_hex(self._cases.require_concerned_official(poll.case_id, visitor, poll.generation).signer)
        chain_time = self._chain.chain_time()
        with self._sessions.reading() as session:
            requests = [_view(row) for row in store.waiting_requests(session, poll_id)]
        return [self._waiting(poll, request, own_signer, chain_time) for request in requests]

    def all_requests(self, poll_id: str) -> list[VoucherRequest]:
        """Every request of a poll, oldest first, with who vouched: for whoever looks at the way itself."""
        with self._sessions.reading() as session:
            return [_view(row) for row in store.requests_of(session, poll_id)]

    def look_at_name(self, request_id: str, visitor: Visitor) -> str:
        """The name in full of a lender who waits to be seen. The route is a POST, so that the look is written down before it is answered.

        Raises: VoucherRequestUnknown, also once two officials have vouched; NotOfficialOfCase, VoteIsOver.
        """
        with self._sessions.reading() as session:
            request = _view(_known(store.find_request(session, request_id)))
        poll = self._running(request.poll_id)
        self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        if request.status != VoucherStatus.WAITING:
            raise VoucherRequestUnknown
        return self._register.document_of(poll.case_id, poll.register_number, request.index).name

    def declined(self, request_id: str, visitor: Visitor) -> list[Refusal]:
        """Why a machine did not accept the lender who asks officials to look again, in the issuer's words.

        The issuer tells its log to the poll's relay, so officials ask by way of us. Raises: VoucherRequestUnknown, NotOfficialOfCase,
        IssuerNotAnswering, IssuerRefused.
        """
        with self._sessions.reading() as session:
            request = _view(_known(store.find_request(session, request_id)))
        poll = self._polls.get_poll(request.poll_id)
        self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        return self._issuer.declined(poll.address, request.index) if request.review else []

    def vouch(self, request_id: str, visitor: Visitor, voucher: Voucher) -> VoucherRequest:
        """An official's signed voucher; the second one makes the request vouched. The same voucher again changes nothing.

        Raises: VoucherRequestUnknown, NotOfficialOfCase, SignerNotOwn, MethodNotAllowed, VouchedAtOutOfRange, VoucherSignatureWrong,
        VouchedAlready, VoteIsOver.
        """
        with self._sessions.reading() as session:
            request = _view(_known(store.find_request(session, request_id)))
        poll = self._running(request.poll_id)
        self._check(poll, request, visitor, voucher)
        with self._sessions.begin() as session:
            row = _known(store.lock_request(session, request_id))
            own = next((known for known in row.vouchers if known.signer == voucher.signer), None)
            if own is not None and own.signature != voucher.signature:
                raise VouchedAlready
            if own is None:
                row.vouchers.append(
                    store.VoucherRow(
                        id=new_id(),
                        request_id=request_id,
                        signer=voucher.signer,
                        method=voucher.method,
                        vouched_at=voucher.vouched_at,
                        signature=voucher.signature,
                    )
                )
            if len(row.vouchers) >= rules.VOUCHERS_NEEDED:
                row.status = VoucherStatus.VOUCHED
            return _view(row)

    def invite(self, request_id: str, visitor: Visitor, words: str) -> VoucherRequest:
        """An official tells the lender when and where to come, or how to call; the newest words stand.

        Raises: VoucherRequestUnknown, NotOfficialOfCase, InvitationNotReadable, VoteIsOver.
        """
        with self._sessions.reading() as session:
            request = _view(_known(store.find_request(session, request_id)))
        poll = self._running(request.poll_id)
        self._cases.require_concerned_official(poll.case_id, visitor, poll.generation)
        said = _invitation(words)
        with self._sessions.begin() as session:
            row = _known(store.lock_request(session, request_id))
            row.invitation = said
            return _view(row)

    def _check(self, poll: PollView, request: VoucherRequest, visitor: Visitor, voucher: Voucher) -> None:
        official = self._cases.require_official(poll.case_id, visitor, poll.generation)
        if voucher.signer != to_hex(official.signer):
            raise SignerNotOwn
        if voucher.method not in rules.METHODS:
            raise MethodNotAllowed
        age = self._chain.chain_time() - voucher.vouched_at
        if not -FUTURE_SECONDS <= age <= rules.VOUCHER_MAX_AGE_SECONDS:
            raise VouchedAtOutOfRange(hours=rules.VOUCHER_MAX_AGE_SECONDS // 3600)
        typed = typed_data.voucher(
            self._chain.chain_id, poll.address, request.index, request.ballot_key, voucher.method, voucher.vouched_at
        )
        try:
            fits = self._chain.is_signed_by(official.signer, typed.digest(), bytes.fromhex(voucher.signature[2:]))
        except (SignatureNotReadable, ValueError):
            fits = False
        if not fits:
            raise VoucherSignatureWrong

    def _waiting(self, poll: PollView, request: VoucherRequest, own_signer: str, chain_time: int) -> WaitingRequest:
        document = self._register.document_of(poll.case_id, poll.register_number, request.index)
        typed = typed_data.voucher(self._chain.chain_id, poll.address, request.index, request.ballot_key, request.method, chain_time)
        own = next((voucher for voucher in request.vouchers if voucher.signer == own_signer), None)
        return WaitingRequest(request, document, own, typed.as_json())

    def _running(self, poll_id: str) -> PollView:
        poll = self._polls.get_poll(poll_id)
        if self._chain.chain_time() >= poll.parameters.closes_at:
            raise VoteIsOver
        return poll


def own_index(poll_id: str, visitor: Visitor) -> int:
    """The lender's index in this poll's register. Raises: NotThisPoll."""
    if visitor.poll_id != poll_id or visitor.lender_index is None:
        raise NotThisPoll
    return visitor.lender_index


def _invitation(words: str) -> str:
    try:
        said = line(words, MOST_INVITATION)
    except BadInput as error:
        raise InvitationNotReadable(most=MOST_INVITATION) from error
    if not has_letters(said):
        raise InvitationNotReadable(most=MOST_INVITATION)
    return said


def _known(row: store.VoucherRequestRow | None) -> store.VoucherRequestRow:
    if row is None:
        raise VoucherRequestUnknown
    return row


def _view(row: store.VoucherRequestRow) -> VoucherRequest:
    vouchers = tuple(Voucher(v.signer, v.method, v.vouched_at, v.signature) for v in row.vouchers)
    return VoucherRequest(
        id=row.id, poll_id=row.poll_id, index=row.lender_index, ballot_key=row.ballot_key, method=row.method, code=row.code,
        status=VoucherStatus(row.status), requested_at=row.requested_at, vouchers=vouchers, review=row.review, invitation=row.invitation,
    )  # fmt: skip
