"""The reference book: sealed templates of lenders' photos, put in by the operator, bound by officials; photos stay only by a setting."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.worker import FaceRoom
from verifier.issuer import face_store, log
from verifier.issuer.bindings.book import BindingBook
from verifier.issuer.bindings.file import MOST_PHOTOS
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
from verifier.issuer.face_models import FaceModels
from verifier.issuer.face_store import PHOTO
from verifier.issuer.keys.templates import TemplateNotOpened, open_sealed, place_of, seal
from verifier.issuer.roots.reading import PollRoots


@dataclass(frozen=True)
class References:
    """A lender's templates, oldest first, and the hash of the identity file that binds them (0x text, "" for none)."""

    templates: list[bytes]
    identity_file: str


@dataclass(frozen=True)
class ReferenceBook:
    """Templates are sealed one by one (see templates.py); one moved to another lender, poll or model does not open."""

    desk: Desk
    models: FaceModels
    bindings: BindingBook
    keep_photos: bool = False

    def put(self, poll: str, index: int, image: bytes) -> None:
        """Keep the template of the only face in a photo that officials bound to the index.

        Raises: what Desk.open_poll does, IndexNotInRegister, PhotoNotBound, PictureNotUsable, TooManyReferences, FacesBusy,
        FacesUnavailable.
        """
        facts = self.desk.open_poll(poll)
        if index >= facts.leaf_count:
            raise IndexNotInRegister(index=index)
        photo = self.bindings.require_photo(facts, index, image)
        room = self.models.room_of(facts.roots)
        template, model = self._read(image, room), room.model_id
        with self.desk.database.begin() as connection:
            if len(face_store.faces_of(connection, poll, index, model)) >= MOST_PHOTOS:
                raise TooManyReferences(most=MOST_PHOTOS)
            self.bindings.name_in_log(connection, facts.roots)
            # Under the database's lock, so that a rotation of the master key never misses one.
            sealed, wrapped = seal(self.desk.keyring.master_keys, template, place_of(poll, index, model))
            face_store.keep_face(connection, poll, index, model, sealed, wrapped, photo)
            entry = {"kind": "reference_stored", "poll": poll, "index": index, "model": model, "chain_id": facts.chain_id}
            digests = {"sealed_digest": sealed_digest(sealed)} | self._keep_photo(connection, poll, index, image, photo)
            log.append(connection, self.desk.clock(), {**entry, "photo": photo, **digests})

    def open(self, roots: PollRoots, index: int) -> References:
        """The lender's references of the poll's model that the identity file in force binds. Raises: ReferenceNotOpened."""
        with self.desk.database.begin() as connection:
            identity_file, photos = self.bindings.bound_photos(connection, roots, index)
            faces = face_store.faces_of(connection, roots.poll, index, self.models.freeze(connection, roots))
            bound = [face for face in faces if face.photo in photos]
            if bound:
                self.bindings.name_in_log(connection, roots)
            try:
                return References([open_sealed(self.desk.keyring.master_keys, face) for face in bound], identity_file)
            except TemplateNotOpened as error:
                raise ReferenceNotOpened() from error

    def _keep_photo(self, connection: Connection, poll: str, index: int, image: bytes, photo: str) -> dict[str, str]:
        """For a change of model, where the settings say so: the photo itself, sealed as its template is, erased with it."""
        if not self.keep_photos:
            return {}
        sealed, wrapped = seal(self.desk.keyring.master_keys, image, place_of(poll, index, PHOTO))
        face_store.keep_face(connection, poll, index, PHOTO, sealed, wrapped, photo)
        return {"photo_sealed_digest": sealed_digest(sealed)}

    def _read(self, image: bytes, room: FaceRoom) -> bytes:
        try:
            return room.read(image, "reference").embedding
        except PictureRefused as error:
            reason = error.reason
            raise PictureNotUsable(reason=reason.code, reason_zh=reason.zh, reason_en=reason.en) from error
        except FaceRoomBusy as error:
            raise FacesBusy(retry_after_seconds=error.seconds) from error
        except FaceLibraryMissing as error:
            raise FacesUnavailable() from error
