"""Which model compares a poll's faces: frozen when the announced poll is first believed, told in its log, and no other's after that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from verifier.face.model_choice import SHIPPED, ModelChoice
from verifier.face.worker import FaceRoom
from verifier.issuer import log
from verifier.issuer.errors import FacesUnavailable
from verifier.issuer.roots.reading import PollRoots
from verifier.issuer.store import Database


@dataclass(frozen=True)
class FaceModels:
    """`present` is the room of the model that the settings name; `furnish` makes one for another that polls of before were frozen with."""

    database: Database
    present: FaceRoom
    furnish: Callable[[ModelChoice], FaceRoom]
    clock: Callable[[], float]
    _others: dict[str, FaceRoom] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def freeze(self, connection: Connection, roots: PollRoots) -> str:
        """The poll's model; written into its log once. A poll that has none yet gets the present one."""
        row = _row(connection, roots.poll)
        model, thresholds = (row.model_id, row.thresholds) if row else (self.present.model_id, self.present.models.thresholds_hash)
        if row is None or not row.named:
            self._keep(connection, roots, model, thresholds, {})
        return str(model)

    def room_of(self, roots: PollRoots) -> FaceRoom:
        """Where this poll's faces are read and compared. Raises: FacesUnavailable when its model is not here."""
        with self.database.begin() as connection:
            model = self.freeze(connection, roots)
        return self.room(model)

    def room_at(self, poll: str) -> FaceRoom:
        """The same for a poll that was believed before. Raises: FacesUnavailable."""
        with self.database.begin() as connection:
            row = _row(connection, poll)
        return self.room(str(row.model_id)) if row else self.present

    def room(self, model_id: str) -> FaceRoom:
        """The room of a model; one is made for each. Raises: FacesUnavailable when nothing here is of that name."""
        if model_id == self.present.model_id:
            return self.present
        with self._lock:
            if model_id not in self._others:
                if model_id not in SHIPPED:
                    raise FacesUnavailable()
                self._others[model_id] = self.furnish(SHIPPED[model_id])
            return self._others[model_id]

    def change(self, connection: Connection, roots: PollRoots, model_id: str) -> None:
        """Freeze the poll with another model, before any face of it was compared (the caller's to see to)."""
        before = self.freeze(connection, roots)
        if before != model_id:
            self._keep(connection, roots, model_id, self.room(model_id).models.thresholds_hash, {"before": before})

    def others_in_use(self) -> dict[str, str]:
        """Polls, not closed by this machine's clock, whose faces another model than the present one compares."""
        with self.database.begin() as connection:
            rows = connection.execute(
                text(
                    "SELECT poll, model_id FROM poll_models WHERE model_id <> :present AND poll NOT IN "
                    "(SELECT poll FROM poll_roots WHERE json_extract(roots, '$.closes_at') <= :now) ORDER BY poll"
                ),
                {"present": self.present.model_id, "now": self.clock()},
            )
            return {str(row.poll): str(row.model_id) for row in rows}

    def close(self) -> None:
        """End the other rooms' workers."""
        for room in self._others.values():
            room.close()

    def _keep(self, connection: Connection, roots: PollRoots, model_id: str, thresholds: str, more: dict[str, Any]) -> None:
        connection.execute(
            text("INSERT OR REPLACE INTO poll_models (poll, model_id, thresholds, named) VALUES (:poll, :model_id, :thresholds, 1)"),
            {"poll": roots.poll, "model_id": model_id, "thresholds": thresholds},
        )
        entry = {"kind": "face_model", "poll": roots.poll, "chain_id": roots.case.chain_id, "model": model_id, "thresholds": thresholds}
        log.append(connection, self.clock(), entry | more)


def was_compared(connection: Connection, poll: str) -> bool:
    """Whether any face of this poll was held against a reference."""
    found = connection.execute(
        text(
            "SELECT 1 FROM log WHERE json_extract(entry, '$.poll') = :poll AND (json_extract(entry, '$.kind') = 'face_declined' "
            "OR json_extract(entry, '$.way') = 'face') LIMIT 1"
        ),
        {"poll": poll},
    )
    return found.first() is not None


def _row(connection: Connection, poll: str) -> Any:
    return connection.execute(text("SELECT model_id, thresholds, named FROM poll_models WHERE poll = :poll"), {"poll": poll}).first()
