"""In front of the camera: open a session, watch its frames, decide once."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from eth_hash.auto import keccak

from verifier.face.challenge import STEPS, WORDS
from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.liveness_state import LivenessState
from verifier.face.reasons import SEEN_BEFORE, STEP_TOO_LATE, TOO_SLOW, Reason
from verifier.face.replays import Look, is_replay
from verifier.face.session import Session, SessionBook, SessionsFull
from verifier.face.session import SessionUnknown as NoSuchSession
from verifier.issuer import session_store
from verifier.issuer.errors import FacesBusy, FacesUnavailable, FramesMissing, SessionNotReady, SessionUnknown
from verifier.issuer.schemas import FaceAnswer, SessionRequest, SessionView, StepView
from verifier.issuer.ways.face import ATTEMPTS_USED, HOUR_SECONDS, NO_REFERENCE, FaceWay

MOST_BATCH = 12


@dataclass(frozen=True)
class SessionWay:
    """Sessions live in memory; what stays is a count, the log and the hashes by which a replay is known."""

    face: FaceWay
    book: SessionBook
    sessions_an_hour: int
    device_sessions_an_hour: int

    def open(self, request: SessionRequest) -> SessionView:
        """A session, or the word that officials decide. Raises: what Desk.admit does, ConsentMissing, FacesBusy, FacesUnavailable."""
        facts = self.face.desk.admit(request)
        self.face.consents.standing(request)
        if not self.face.references.open(facts.roots, request.index).templates:
            return _official(NO_REFERENCE, self.face.left(request))
        if not self._count(request):
            return _official(ATTEMPTS_USED, 0)
        try:
            session = self.book.open(request.model_dump_json())
        except SessionsFull as error:
            raise FacesBusy(retry_after_seconds=10) from error
        session.model = self.face.models.room_of(facts.roots).model_id
        session.state = LivenessState.begin(session.steps, session.began_at).as_json()
        return self._view(session, request)

    def watch(self, session_id: str, nonce: str, frames: Sequence[bytes]) -> SessionView:
        """The view after these frames. Raises: SessionUnknown, FramesMissing, FacesBusy, FacesUnavailable."""
        session = self._find(session_id, nonce)
        if not 1 <= len(frames) <= MOST_BATCH:
            raise FramesMissing(most=MOST_BATCH)
        request = SessionRequest.model_validate_json(session.subject)
        with session.lock:
            before = _state(session)
            if not before.failed and not before.done:
                session.state = self._watched(session, frames)
                session.note(list(frames))
                self._look_at_end(session, request)
        return self._view(session, request)

    def decide(self, session_id: str, nonce: str) -> FaceAnswer:
        """Compare the faces of a finished session with the references, once. Raises: SessionUnknown, SessionNotReady, FacesBusy."""
        session = self._find(session_id, nonce)
        with session.lock:
            state = _state(session)
            if not state.done or session.decided:
                raise SessionNotReady()
            request = SessionRequest.model_validate_json(session.subject)
            facts = self.face.desk.admit(request)
            if self.face.models.room_of(facts.roots).model_id != session.model:
                raise SessionUnknown()  # the poll's model was changed meanwhile: what was seen says nothing to its references
            why = {**self._noted(request, state), "frames": state.frames, "frames_digest": "0x" + session.digest.hexdigest()}
            answer = self.face.decide_live(facts, request, state.as_json(), why)
            session.decided = True
        self.book.close(session)
        return answer

    def _find(self, session_id: str, nonce: str) -> Session:
        try:
            return self.book.find(session_id, nonce)
        except NoSuchSession as error:
            raise SessionUnknown() from error

    def _count(self, request: SessionRequest) -> bool:
        desk = self.face.desk
        now = int(desk.clock())
        with desk.database.begin() as connection:
            session_store.pull_back(connection, request.poll, request.index, request.device, now)
            own, same = session_store.count_sessions(connection, request.poll, request.index, request.device, now - HOUR_SECONDS)
            if own >= self.sessions_an_hour or same >= self.device_sessions_an_hour:
                return False
            session_store.begin_session(connection, request.poll, request.index, request.device, now)
        return self.face.left(request) > 0

    def _watched(self, session: Session, frames: Sequence[bytes]) -> dict[str, Any]:
        state = cast(dict[str, Any], session.state)
        try:
            return self.face.models.room(session.model).watch(state, frames, self.book.now())
        except FaceRoomBusy as error:
            raise FacesBusy(retry_after_seconds=error.seconds) from error
        except FaceLibraryMissing as error:
            raise FacesUnavailable() from error
        except PictureRefused:
            return {**state, "failed": dict(vars(TOO_SLOW))}

    def _look_at_end(self, session: Session, request: SessionRequest) -> None:
        """At its end a session is compared with the lender's earlier ones and remembered, and a failed one is logged."""
        state = _state(session)
        if not state.done and not state.failed:
            return
        desk = self.face.desk
        with desk.database.begin() as connection:
            earlier = session_store.looks_of(connection, request.poll, request.index)
            if state.done:  # a session that broke off is no recording to pass with, and its lender may try again in the same seat
                session_store.keep_looks(connection, request.poll, request.index, state.trail)
        if state.done and is_replay([Look.read(look) for look in state.looks], earlier):
            state.failed = dict(vars(SEEN_BEFORE))
            session.state = state.as_json()
        if state.failed:
            facts = {"poll": request.poll, "index": request.index, "ballot_key": request.ballot_key}
            note = {"reasons": [state.failed["code"]], "at_step": state.step, "frames": state.frames}
            desk.note("liveness_failed", facts | note | self._noted(request, state))

    def _noted(self, request: SessionRequest, state: LivenessState) -> dict[str, Any]:
        """For the log: what was seen at each step, and a salted digest of the figures, which are kept apart for some days only."""
        figures = json.dumps(state.scores, sort_keys=True, separators=(",", ":"))
        salt, desk = os.urandom(16), self.face.desk
        with desk.database.begin() as connection:
            session_store.keep_signals(connection, request.poll, request.index, int(desk.clock()), salt, figures)
        seen = [{key: value for key, value in score.items() if isinstance(value, str | bool)} for score in state.scores]
        return {"liveness": seen, "signals_digest": "0x" + keccak(salt + figures.encode()).hex()}

    def _view(self, session: Session, request: SessionRequest) -> SessionView:
        state = _state(session)
        step_left, left = state.seconds_left(self.book.now())
        failed = state.failed
        if not state.done and not failed and step_left < 0:
            failed = dict(vars(STEP_TOO_LATE))
        reason = failed or state.hint or {"code": "", "zh": "", "en": ""}
        kind = state.kind
        words = WORDS[kind]
        step = StepView(
            number=min(state.step, STEPS), of=STEPS, kind=kind, zh=words.zh, en=words.en, seconds_left=max(0, math.ceil(step_left))
        )
        return SessionView(
            id=session.id,
            nonce=session.nonce,
            state="failed" if failed else "ready" if state.done else "watching",
            step=step,
            seconds_left=max(0, math.ceil(left)),
            reason_code=reason["code"],
            reason_zh=reason["zh"],
            reason_en=reason["en"],
            attempts_left=self.face.left(request),
        )


def _state(session: Session) -> LivenessState:
    return LivenessState(**cast(dict[str, Any], session.state))


def _official(reason: Reason, left: int) -> SessionView:
    return SessionView(
        id=None,
        nonce=None,
        state="official",
        step=None,
        seconds_left=0,
        reason_code=reason.code,
        reason_zh=reason.zh,
        reason_en=reason.en,
        attempts_left=left,
    )
