"""Carries signed acts to the chain, and takes up by itself those whose outcome was missed (a lost node, a killed process)."""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.case.cases import store
from backend.case.cases.errors import ActUnsent
from backend.case.cases.status import ActStatus
from backend.case.cases.views import Failure, Handler, SignedAct
from backend.ground.chain.errors import OutcomeAwaited, TransactionReverted, why_awaited
from backend.ground.chain.service import Chain
from backend.ground.common.errors import LenderVoteError, Unavailable
from backend.ground.db.sessions import Sessions

log = logging.getLogger(__name__)


class ActFailed(LenderVoteError):
    """A defect of ours kept a signed act from the chain; the log has it."""

    zh = "系统出现意外情况，文件没有写入区块链，原因已记录。签名没有丢失，可以重试。"
    en = "Something unexpected kept this from the chain and was recorded. The signatures are kept; it can be retried."


class ActCarrier:
    """Hands each signed act to the room that proposed it, one at a time, until its outcome is known."""

    def __init__(self, sessions: Sessions, chain: Chain) -> None:
        self._sessions = sessions
        self._chain = chain
        self._locks: dict[str, threading.Lock] = {}
        self.handlers: dict[str, Handler] = {}

    def carry(self, act_id: str, *, wait: bool = True) -> None:
        """Carry an act that is marked as sent; without `wait` one that somebody carries already is left to them."""
        lock = self._locks.setdefault(act_id, threading.Lock())
        if not lock.acquire(blocking=wait):
            return
        try:
            with self._sessions.alone(f"act {act_id}") as mine:
                if mine:
                    self._carry(act_id)
        finally:
            lock.release()

    def resume(self) -> int:
        """Look at every act whose outcome is unknown, and carry on where the chain has it or nothing was sent; how many were done."""
        done = 0
        with self._sessions.reading() as session:
            acts = [
                (row.id, store.key_of(row), row.status, row.failure) for row in store.acts_in(session, [ActStatus.SENT, ActStatus.FAILED])
            ]
        for act_id, key, status, failure in acts:
            if status == ActStatus.FAILED and not (failure and failure.get("goes_on")) and not self._chain.record.may_come_of(key):
                continue
            # While it is in no block the outbox has it in hand; there is nothing to do here but wait.
            if not self._chain.record.is_on_its_way(key) and self._take_up(act_id):
                self.carry(act_id, wait=False)
                done += self._is_done(act_id)
        return done

    def is_unsent(self, row: store.ActRow) -> bool:
        """Whether nothing can come of a failed act any more, or yet: no transaction of it is under way or in a block."""
        return not self._chain.record.may_come_of(store.key_of(row))

    def _take_up(self, act_id: str) -> bool:
        try:
            with self._sessions.begin() as session:
                row = store.act_by_id(session, act_id, hold=True)
                if row is None or row.status not in {ActStatus.SENT, ActStatus.FAILED}:
                    return False  # withdrawn, or done by somebody else meanwhile
                row.status = ActStatus.SENT
                session.flush()
        except IntegrityError:
            return False  # another act of the kind was proposed in its place
        return True

    def _is_done(self, act_id: str) -> bool:
        with self._sessions.reading() as session:
            row = store.act_by_id(session, act_id)
            return row is not None and row.status == ActStatus.DONE

    def _carry(self, act_id: str) -> None:
        with self._sessions.reading() as session:
            row = store.act_by_id(session, act_id)
            if row is None or row.status != ActStatus.SENT:
                return
            signed = _signed_act(session, row)
        try:
            self.handlers[signed.kind](signed)
        except LenderVoteError as error:
            log.warning("act %s (%s) did not reach the chain: %s", act_id, signed.kind, error.code)
            self._settle(signed, error)
        except Exception:
            log.exception("defect while carrying out act %s (%s)", act_id, signed.kind)
            self._settle(signed, ActFailed())
        else:
            self._settle(signed, None)

    def _settle(self, act: SignedAct, error: LenderVoteError | None) -> None:
        status, failure = self._outcome(act, error)
        with self._sessions.begin() as session:
            row = store.act_by_id(session, act.id, hold=True)
            assert row is not None, "acts are never deleted"
            row.status, row.failure = status, None if failure is None else asdict(failure)
            # A refusal is final for that transaction; while its outcome is unknown the same one must be taken up again.
            row.attempt += isinstance(error, TransactionReverted)

    def _outcome(self, act: SignedAct, error: LenderVoteError | None) -> tuple[ActStatus, Failure | None]:
        if error is None:
            return ActStatus.DONE, None
        if not isinstance(error, Unavailable):
            return ActStatus.FAILED, Failure(error.code, error.say("zh"), error.say("en"))
        said: LenderVoteError
        if self._chain.record.may_come_of(act.key):
            status, said = ActStatus.SENT, OutcomeAwaited(**why_awaited(error))
        else:
            status, said = ActStatus.FAILED, ActUnsent(**why_awaited(error))
        return status, Failure(error.code, said.say("zh"), said.say("en"), goes_on=True)


def _signed_act(session: Session, row: store.ActRow) -> SignedAct:
    case = store.case_by_id(session, row.case_id)
    assert case is not None, "acts refer to their case"
    signers = tuple(given.signer for given in row.signatures)
    signatures = tuple(given.signature for given in row.signatures)
    return SignedAct(row.id, row.case_id, case.address, row.kind, row.number, row.payload, signers, signatures, store.key_of(row))
