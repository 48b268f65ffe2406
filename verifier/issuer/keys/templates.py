"""Sealing of reference templates: a fresh data key for each, wrapped by the master key, both bound to lender, poll, model and purpose."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from verifier.issuer import face_store, log
from verifier.issuer.face_store import SealedFace
from verifier.issuer.keys.master_keys import KEY_BYTES, NONCE_BYTES, DataKeyNotOpened, LocalMasterKeys, MasterKeys
from verifier.issuer.store import Database

PURPOSE = "reference"
_BATCH = 200


class TemplateNotOpened(Exception):
    """A sealed template does not open: its key is gone, or it was changed or moved to another lender."""


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: how many data keys were wrapped again, and the ids of the master keys that were retired."""

    rewrapped: int
    current: str
    retired: list[str]


def seal(keys: MasterKeys, template: bytes, place: bytes) -> tuple[bytes, bytes]:
    """The sealed template (nonce ‖ AES-256-GCM) and its wrapped data key."""
    data_key, nonce = AESGCM.generate_key(KEY_BYTES * 8), os.urandom(NONCE_BYTES)
    return nonce + AESGCM(data_key).encrypt(nonce, template, place), keys.wrap(data_key, place)


def open_sealed(keys: MasterKeys, face: SealedFace) -> bytes:
    """The template. Raises: TemplateNotOpened."""
    place = place_of(face.poll, face.index, face.model_id)
    try:
        data_key = keys.unwrap(face.wrapped, place)
        return AESGCM(data_key).decrypt(face.sealed[:NONCE_BYTES], face.sealed[NONCE_BYTES:], place)
    except (DataKeyNotOpened, InvalidTag, ValueError) as error:
        raise TemplateNotOpened from error


def place_of(poll: str, index: int, model_id: str) -> bytes:
    """What sealing and wrapping are bound to."""
    return f"LenderVote/1:{PURPOSE}:{poll}:{index}:{model_id}".encode()


def reseal_earlier(database: Database, keys: LocalMasterKeys, clock: Callable[[], float]) -> int:
    """Give what an earlier version sealed with the master key itself a data key of its own; how many that were.

    What does not open stays as it is, and keeps saying so when it is used.
    """
    done, after = 0, 0
    while True:
        with database.begin() as connection:
            found = face_store.faces_without_data_key(connection, after, _BATCH)
            for face in found:
                after = face.id
                template = _open_earlier(keys, face)
                if template is not None:
                    face_store.reseal_face(connection, face.id, *seal(keys, template, place_of(face.poll, face.index, face.model_id)))
                    done += 1
            if not found:
                if done:
                    log.append(connection, clock(), {"kind": "references_resealed", "poll": "", "count": done})
                break
    if done:
        database.forget_copies()
    return done


def _open_earlier(keys: LocalMasterKeys, face: SealedFace) -> bytes | None:
    place = f"{face.poll}:{face.index}:{face.model_id}".encode()
    for key in (keys.current(), *keys.former()):
        try:
            return AESGCM(key).decrypt(face.sealed[:NONCE_BYTES], face.sealed[NONCE_BYTES:], place)
        except (InvalidTag, ValueError):
            continue
    return None


def rotate(database: Database, keys: MasterKeys, clock: Callable[[], float], advance: Callable[[int], None] = lambda _: None) -> Rotation:
    """Wrap every data key under a new master key, then destroy the former one. Broken off anywhere, it goes on where it stopped.

    Templates themselves are not touched. The service may run: both sides change keys and rows under the database's write lock.
    `advance` is told how many were wrapped in each step. Raises: RotationNotPossible; TemplateNotOpened, with nothing retired.
    """
    with database.begin():
        keys.begin_rotation()
    rewrapped = 0
    while True:
        with database.begin() as connection:
            found = face_store.faces_of_other_master_key(connection, keys.current_id(), 0, _BATCH)
            for face in found:
                place = place_of(face.poll, face.index, face.model_id)
                try:
                    data_key = keys.unwrap(face.wrapped, place)
                except DataKeyNotOpened as error:
                    raise TemplateNotOpened(f"poll {face.poll}, lender {face.index}: {error}; erase it to go on") from error
                face_store.reseal_face(connection, face.id, face.sealed, keys.wrap(data_key, place))
            rewrapped += len(found)
            advance(len(found))
            if not found:
                retired = [former.hex() for former in keys.retire_former()]
                current = keys.current_id().hex()
                facts = {"from": retired, "to": current, "count": rewrapped}
                log.append(connection, clock(), {"kind": "master_key_rotated", "poll": "", **facts})
                break
    database.forget_copies()
    return Rotation(rewrapped, current, retired)
