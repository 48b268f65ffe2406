"""The reference book: sealed templates of lenders' photos, put in by the issuer's operator; the photos are not kept."""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from verifier.face.errors import FaceLibraryMissing, FaceRoomBusy, PictureRefused
from verifier.face.worker import FaceRoom
from verifier.issuer import log, store
from verifier.issuer.desk import Desk
from verifier.issuer.errors import (
    FacesBusy,
    FacesUnavailable,
    IndexNotInRegister,
    PictureNotUsable,
    ReferenceNotOpened,
    TooManyReferences,
)

MOST_REFERENCES = 5
_NONCE_BYTES = 12


@dataclass(frozen=True)
class ReferenceBook:
    """Seals each template with AES-256-GCM; the additional data is poll, index and model, so one moved to another lender does not open."""

    desk: Desk
    room: FaceRoom

    def put(self, poll: str, index: int, image: bytes) -> None:
        """Keep the template of the only face in a photo.

        Raises: what Desk.open_poll does, IndexNotInRegister, PictureNotUsable, TooManyReferences, FacesBusy, FacesUnavailable.
        """
        facts = self.desk.open_poll(poll)
        if index >= facts.leaf_count:
            raise IndexNotInRegister(index=index)
        sealed = self._seal(poll, index, self._read(image))
        with self.desk.database.begin() as connection:
            if len(store.sealed_faces(connection, poll, index, self.room.model_id)) >= MOST_REFERENCES:
                raise TooManyReferences(most=MOST_REFERENCES)
            store.keep_face(connection, poll, index, self.room.model_id, sealed)
            entry = {"kind": "reference_stored", "poll": poll, "index": index, "model": self.room.model_id, "chain_id": facts.chain_id}
            log.append(connection, self.desk.clock(), entry)

    def open(self, poll: str, index: int) -> list[bytes]:
        """The lender's templates of the present model, oldest first. Raises: ReferenceNotOpened."""
        with self.desk.database.begin() as connection:
            sealed = store.sealed_faces(connection, poll, index, self.room.model_id)
        cipher, place = AESGCM(self.desk.keyring.reference_key), self._place(poll, index)
        try:
            return [cipher.decrypt(one[:_NONCE_BYTES], one[_NONCE_BYTES:], place) for one in sealed]
        except InvalidTag as error:
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

    def _seal(self, poll: str, index: int, template: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.desk.keyring.reference_key).encrypt(nonce, template, self._place(poll, index))

    def _place(self, poll: str, index: int) -> bytes:
        return f"{poll}:{index}:{self.room.model_id}".encode()
