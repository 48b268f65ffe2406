"""A credential by face: consent, a bounded number of comparisons, and always another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from verifier.face.decision import Decision
from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.reasons import MATCHES, Reason
from verifier.issuer import store
from verifier.issuer.consents import ConsentBook
from verifier.issuer.desk import Desk, asked
from verifier.issuer.errors import FacesBusy, FacesUnavailable, LivenessRequired, ProbeMissing
from verifier.issuer.face_models import FaceModels
from verifier.issuer.polls import PollFacts
from verifier.issuer.references import ReferenceBook
from verifier.issuer.schemas import CredentialOut, FaceAnswer, FaceRequest
from verifier.issuer.store import Credential

MOST_PROBES = 3
HOUR_SECONDS = 3600

NO_REFERENCE = Reason(
    "NoReference",
    "没有您的留存照片，无法进行人脸核验。请改由两名工作组人员通过视频或现场核对，您的投票权不受影响。",
    "There is no photo of you on file. Please let two officials check by video or at the counter; you keep your right to vote.",
)
ATTEMPTS_USED = Reason(
    "AttemptsUsed",
    "一小时内人脸核验次数已用完。请改由两名工作组人员核对，或稍后再试，您的投票权不受影响。",
    "The tries by face for this hour are used up. Please let two officials check, or try again later; you keep your right to vote.",
)


@dataclass(frozen=True)
class FaceWay:
    """Compares probes with the lender's references."""

    desk: Desk
    models: FaceModels
    references: ReferenceBook
    consents: ConsentBook
    attempts_an_hour: int
    pictures_an_hour: int
    photos_suffice: bool = False

    def decide(self, request: FaceRequest, probes: Sequence[bytes]) -> FaceAnswer:
        """Accepted with a credential, again, or official.

        Raises: LivenessRequired, what Desk.admit does, ConsentMissing, ProbeMissing, FacesBusy, FacesUnavailable, ReferenceNotOpened,
        IdentityFileChangedMeanwhile.
        """
        if not self.photos_suffice:
            raise LivenessRequired()
        facts = self.desk.admit(request)
        if not 1 <= len(probes) <= MOST_PROBES:
            raise ProbeMissing(most=MOST_PROBES)
        why = {"probes": len(probes), "liveness": "off"}
        room = self.models.room_of(facts.roots)
        return self._decide(facts, request, lambda references: room.match(references, probes), {"model": room.model_id, **why})

    def decide_live(self, facts: PollFacts, request: FaceRequest, state: dict[str, Any], why: dict[str, Any]) -> FaceAnswer:
        """The same for a finished session; `why` goes to the log.

        Raises: FacesBusy, FacesUnavailable, ReferenceNotOpened, IdentityFileChangedMeanwhile.
        """
        room = self.models.room_of(facts.roots)
        return self._decide(facts, request, lambda references: room.judge(references, state), {"model": room.model_id, **why})

    def _decide(
        self, facts: PollFacts, request: FaceRequest, compare: Callable[[Sequence[bytes]], Decision], why: dict[str, Any]
    ) -> FaceAnswer:
        """What both ways share: consent, an earlier credential, references, the bound on comparisons, the decision."""
        consent = self.consents.standing(request)
        known = self.desk.issued(facts, request)
        if known is not None:
            return _answer("accepted", MATCHES, self.left(request), known)
        references = self.references.open(facts.roots, request.index)
        if not references.templates:
            return _answer("official", NO_REFERENCE, self.left(request))
        number = self._begin(request)
        if number is None:
            return _answer("official", ATTEMPTS_USED, 0)
        try:
            decision = self._compare(number, lambda: compare(references.templates))
        except PictureRefused as refused:
            return _answer("again", refused.reason, self.left(request))
        compared = {"references": len(references.templates), "identity_file": references.identity_file}
        return self._conclude(facts, request, decision, {**compared, "consent": consent, **why})

    def _begin(self, request: FaceRequest) -> int | None:
        """Count the comparison before making it, so that many at once are not more than allowed; None when none is left."""
        now = int(self.desk.clock())
        with self.desk.database.begin() as connection:
            store.pull_back_attempts(connection, request.poll, request.index, now)
            compared, tries = store.count_attempts(connection, request.poll, request.index, now - HOUR_SECONDS)
            if compared >= self.attempts_an_hour or tries >= self.pictures_an_hour:
                return None
            return store.begin_attempt(connection, request.poll, request.index, now)

    def _compare(self, number: int, compare: Callable[[], Decision]) -> Decision:
        try:
            return compare()
        except PictureRefused:
            with self.desk.database.begin() as connection:
                store.attempt_without_comparison(connection, number)
            raise
        except FaceRoomBusy as error:
            self._forget(number)
            raise FacesBusy(retry_after_seconds=error.seconds) from error
        except FaceLibraryMissing as error:
            self._forget(number)
            raise FacesUnavailable() from error

    def _forget(self, number: int) -> None:
        with self.desk.database.begin() as connection:
            store.forget_attempt(connection, number)

    def _conclude(self, facts: PollFacts, request: FaceRequest, decision: Decision, seen: dict[str, Any]) -> FaceAnswer:
        why: dict[str, Any] = {
            "way": "face",
            "band": decision.band,
            "reasons": [decision.reason.code],
            **seen,
        }
        left = self.left(request)
        if decision.outcome == "accepted":
            still = partial(self.references.bindings.require_in_force, roots=facts.roots, file_hash=seen["identity_file"])
            return _answer("accepted", decision.reason, left, self.desk.issue(facts, request, why, still=still))
        self.desk.note("face_declined", {**asked(facts, request), **why})
        if decision.outcome == "again" and left == 0:
            return _answer("official", ATTEMPTS_USED, 0)
        return _answer(decision.outcome, decision.reason, left)

    def left(self, request: FaceRequest) -> int:
        """Comparisons that this lender still has this hour."""
        since = int(self.desk.clock()) - HOUR_SECONDS
        with self.desk.database.begin() as connection:
            compared, tries = store.count_attempts(connection, request.poll, request.index, since)
        return max(0, min(self.attempts_an_hour - compared, self.pictures_an_hour - tries))


def _answer(decision: Any, reason: Reason, attempts_left: int, credential: Credential | None = None) -> FaceAnswer:
    out = CredentialOut.model_validate(credential) if credential else None
    return FaceAnswer(decision=decision, reason_zh=reason.zh, reason_en=reason.en, credential=out, attempts_left=attempts_left)
