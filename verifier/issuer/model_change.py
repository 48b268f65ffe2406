"""Another model for an announced poll, before any of its faces was compared: references encoded again, or asked for anew.

Templates of one model say nothing to another, so a change needs the photos. Those that were kept sealed (LENDERVOTE_ISSUER_KEEP_PHOTOS)
are encoded again; of the others there is a list. Broken off anywhere, it goes on where it stopped: the poll keeps its model to the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.worker import FaceRoom
from verifier.issuer import face_store, log
from verifier.issuer.bindings.book import BindingBook
from verifier.issuer.desk import Desk
from verifier.issuer.erasure import sealed_digest
from verifier.issuer.errors import FacesBusy, FacesUnavailable, PollModelFrozen, ReferenceNotOpened
from verifier.issuer.face_models import FaceModels, was_compared
from verifier.issuer.face_store import PHOTO, SealedFace
from verifier.issuer.keys.templates import TemplateNotOpened, open_sealed, place_of, seal
from verifier.issuer.polls import PollFacts

_PAGE = 100


@dataclass(frozen=True)
class ModelChange:
    """`make` changes, `missing` lists."""

    desk: Desk
    models: FaceModels
    bindings: BindingBook

    def make(self, poll: str, model_id: str, advance: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
        """How many photos were encoded, and which could not be, by index and photo.

        Raises: what Desk.open_poll does, PollModelFrozen, FacesUnavailable, FacesBusy, ReferenceNotOpened.
        """
        facts = self.desk.open_poll(poll)
        with self.desk.database.begin() as connection:
            self._require_uncompared(connection, facts)
        room = self.models.room(model_id)
        encoded, refused = 0, []
        for face in self._photos(facts.address):
            advance(1)
            try:
                encoded += self._encode(facts, face, room)
            except PictureRefused as error:
                refused.append({"index": face.index, "photo": face.photo, "reason": error.reason.code})
        with self.desk.database.begin() as connection:
            self._require_uncompared(connection, facts)
            self.models.change(connection, facts.roots, model_id)
        return {"model": model_id, "encoded": encoded, "refused": refused}

    def missing(self, poll: str) -> list[dict[str, Any]]:
        """Photos that officials bound and of which no template of the poll's model is stored: what to ask lenders for, by index."""
        facts = self.desk.polls.read(poll)
        with self.desk.database.begin() as connection:
            model = self.models.freeze(connection, facts.roots)
            wanted = self.bindings.all_photos(connection, facts.roots)
            found = []
            for index, photos in wanted:
                there = {face.photo for face in face_store.faces_of(connection, facts.address, index, model)}
                found += [{"index": index, "photo": photo} for photo in sorted(photos - there)]
        return found

    def _require_uncompared(self, connection: Connection, facts: PollFacts) -> None:
        if was_compared(connection, facts.address):
            raise PollModelFrozen(poll=facts.address)

    def _photos(self, poll: str) -> list[SealedFace]:
        # the photos themselves are read again one by one: many of them are too much for memory
        return [
            SealedFace(face.id, face.poll, face.index, face.model_id, b"", b"", face.photo)
            for page in face_store.faces_in_pages(self.desk.database, poll, PHOTO, _PAGE)
            for face in page
        ]

    def _encode(self, facts: PollFacts, face: SealedFace, room: FaceRoom) -> int:
        """1 when a template was made, 0 when there was one."""
        with self.desk.database.begin() as connection:
            if face.photo in {one.photo for one in face_store.faces_of(connection, face.poll, face.index, room.model_id)}:
                return 0
            kept = [one for one in face_store.faces_of(connection, face.poll, face.index, PHOTO) if one.id == face.id]
        if not kept:
            return 0  # erased meanwhile
        template = self._read(kept[0], room)
        with self.desk.database.begin() as connection:
            sealed, wrapped = seal(self.desk.keyring.master_keys, template, place_of(face.poll, face.index, room.model_id))
            face_store.keep_face(connection, face.poll, face.index, room.model_id, sealed, wrapped, face.photo)
            entry = {"kind": "reference_encoded_again", "poll": face.poll, "index": face.index, "model": room.model_id}
            more = {"chain_id": facts.chain_id, "photo": face.photo, "sealed_digest": sealed_digest(sealed)}
            log.append(connection, self.desk.clock(), {**entry, **more})
        return 1

    def _read(self, face: SealedFace, room: FaceRoom) -> bytes:
        try:
            photo = open_sealed(self.desk.keyring.master_keys, face)
            return room.read(photo, "reference").embedding
        except TemplateNotOpened as error:
            raise ReferenceNotOpened() from error
        except FaceRoomBusy as error:
            raise FacesBusy(retry_after_seconds=error.seconds) from error
        except FaceLibraryMissing as error:
            raise FacesUnavailable() from error
