"""Whose faces on file look alike: a signed list for officials (protocol §14). It refuses nobody and touches no vote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from verifier.issuer import face_store, log, statements
from verifier.issuer.desk import Desk
from verifier.issuer.errors import ReferenceNotOpened, TooFewReferences
from verifier.issuer.face_models import FaceModels
from verifier.issuer.face_store import SealedFace
from verifier.issuer.keys.templates import TemplateNotOpened, open_sealed

MOST_PAIRS = 500
_PAGE = 1000


class Band(StrEnum):
    """How like two faces are: officials see no distance."""

    NEAR = "near"
    VERY_NEAR = "very_near"


@dataclass(frozen=True)
class LikenessSearch:
    """Opens all references of a poll in the memory of one command, compares all with all, and keeps nothing but the list."""

    desk: Desk
    models: FaceModels

    def make(self, poll: str, most: int = MOST_PAIRS, advance: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
        """The signed list.

        Raises: what PollReader.read does, TooFewReferences, ReferenceNotOpened; ModelNotUsable when there are no thresholds for the model.
        """
        models = self.models.room_of(self.desk.polls.read(poll).roots).models
        lenders = self._all(poll, models.model_id)
        if len(lenders) < 2:
            raise TooFewReferences()
        import numpy as np  # a verifier without faces has neither references nor this

        from verifier.face.duplicates import Bound, Templates
        from verifier.face.embedder import from_bytes

        bound = Bound.load(models, min(len(faces) for _, faces in lenders))
        means = [np.mean([from_bytes(face) for face in faces[-bound.references :]], axis=0) for _, faces in lenders]
        indexes = [index for index, _ in lenders]
        found = Templates(np.stack(means).astype(np.float32)).pairs(bound.below, most, advance)
        pairs = [
            {
                "rank": rank,
                "first": min(indexes[pair.first], indexes[pair.second]),
                "second": max(indexes[pair.first], indexes[pair.second]),
                "band": Band.VERY_NEAR if pair.distance < bound.clear else Band.NEAR,
            }
            for rank, pair in enumerate(found, start=1)
        ]
        return self._signed(poll, models.model_id, len(indexes), round(bound.fmr * 1e9), pairs)

    def _all(self, poll: str, model_id: str) -> list[tuple[int, list[bytes]]]:
        lenders: list[tuple[int, list[bytes]]] = []
        for page in face_store.faces_in_pages(self.desk.database, poll, model_id, _PAGE):
            lenders += [(index, [self._open(face) for face in faces]) for index, faces in groupby(page, key=lambda face: face.index)]
        return lenders

    def _open(self, face: SealedFace) -> bytes:
        try:
            return open_sealed(self.desk.keyring.master_keys, face)
        except TemplateNotOpened as error:
            raise ReferenceNotOpened() from error

    def _signed(self, poll: str, model_id: str, searched: int, fmr_ppb: int, pairs: list[dict[str, Any]]) -> dict[str, Any]:
        now = self.desk.clock()
        # how many pairs chance alone would give, in thousandths: all pairs times the rate
        expected = searched * (searched - 1) // 2 * fmr_ppb // 10**6
        said = {
            "poll": poll,
            "model": model_id,
            "searched": searched,
            "fmr_ppb": fmr_ppb,
            "expected_false_milli": expected,
        }
        made_at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with self.desk.database.begin() as connection:
            log.append(connection, now, {"kind": "likenesses_listed", **said, "pairs": len(pairs)})
        return statements.sign(self.desk.keyring.signing, {"kind": "likenesses", "made_at": made_at, **said, "pairs": pairs})
