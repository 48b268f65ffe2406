"""The reference book: sealed templates of lenders' photos, put in by the issuer's operator; the photos are not kept."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.worker import FaceRoom
from verifier.issuer import face_store, log
from verifier.issuer.desk import Desk
from verifier.issuer.erasure import sealed_digest
from verifier.issuer.errors import (
    FacesBusy,
    FacesUnavailable,
    IndexNotInRegister,
    PictureNotUsable,
    ReferenceNotOpened,
    TooManyReferences,
)
from verifier.issuer.templates import TemplateNotOpened, open_sealed, place_of, seal

MOST_REFERENCES = 5


@dataclass(frozen=True)
class ReferenceBook:
    """Templates are sealed one by one (see templates.py); one moved to another lender, poll or model does not open."""

    desk: Desk
    room: FaceRoom

    def put(self, poll: str, index: int, image: bytes) -> None:
        """Keep the template of the only face in a photo.

        Raises: what Desk.open_poll does, IndexNotInRegister, PictureNotUsable, TooManyReferences, FacesBusy, FacesUnavailable.
        """
        facts = self.desk.open_poll(poll)
        if index >= facts.leaf_count:
            raise IndexNotInRegister(index=index)
        template, model = self._read(image), self.room.model_id
        with self.desk.database.begin() as connection:
            if len(face_store.faces_of(connection, poll, index, model)) >= MOST_REFERENCES:
                raise TooManyReferences(most=MOST_REFERENCES)
            # Under the database's lock, so that a rotation of the master key never misses one.
            sealed, wrapped = seal(self.desk.keyring.master_keys, template, place_of(poll, index, model))
            face_store.keep_face(connection, poll, index, model, sealed, wrapped)
            entry = {"kind": "reference_stored", "poll": poll, "index": index, "model": model, "chain_id": facts.chain_id}
            log.append(connection, self.desk.clock(), {**entry, "sealed_digest": sealed_digest(sealed)})

    def open(self, poll: str, index: int) -> list[bytes]:
        """The lender's templates of the present model, oldest first. Raises: ReferenceNotOpened."""
        with self.desk.database.begin() as connection:
            faces = face_store.faces_of(connection, poll, index, self.room.model_id)
            try:
                return [open_sealed(self.desk.keyring.master_keys, face) for face in faces]
            except TemplateNotOpened as error:
                raise ReferenceNotOpened() from error

    def _read(self, image: bytes) -> bytes:
        try:
            return self.room.read(image, "reference").embedding
        except PictureRefused as error:
            reason = error.reason
            raise PictureNotUsable(reason=reason.code, reason_zh=reason.zh, reason_en=reason.en) from error
        except FaceRoomBusy as error:
            raise FacesBusy(retry_after_seconds=error.seconds) from error
        except FaceLibraryMissing as error:
            raise FacesUnavailable() from error
