"""Erasing faces: the data keys are destroyed first, then the rows, and a signed certificate says what was erased."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from eth_hash.auto import keccak
from sqlalchemy import Connection

from verifier.issuer import face_store, log, session_store, statements, store
from verifier.issuer.face_store import SealedFace
from verifier.issuer.store import Database
from verifier.signing.secp256k1 import SigningKey

Reason = Literal["poll_closed", "consent_withdrawn", "operator"]


@dataclass(frozen=True)
class Eraser:
    """Erases references, session hashes and signals of a poll or of one lender; `clock` gives seconds since 1970."""

    database: Database
    signing: SigningKey
    clock: Callable[[], float]

    def erase(self, poll: str, reason: Reason, index: int | None = None) -> dict[str, Any] | None:
        """The deletion certificate (protocol §14), or None when there was nothing to erase.

        A certificate names poll, reason, time, counts and a digest, and no lender.
        """
        with self.database.begin() as connection:
            faces = face_store.shred_faces(connection, poll, index)
            hashes = face_store.forget_looks(connection, poll, index)
            signals = session_store.forget_signals(connection, poll, index)
            store.end_consents(connection, poll, index)
            if index is None:
                store.forget_identities(connection, poll)
            if not faces and not hashes and not signals:
                return None
            certificate = self._certify(connection, poll, reason, index, faces, hashes + signals)
        self.database.forget_copies()
        return certificate

    def _certify(
        self, connection: Connection, poll: str, reason: Reason, index: int | None, faces: list[SealedFace], sessions: int
    ) -> dict[str, Any]:
        now = self.clock()
        of_whom = {} if index is None else {"index": index}
        counted = {"count": len(faces), "lenders": len({face.index for face in faces}), "session_records": sessions}
        erased = {"reason": reason, **counted, "digest": digest_of(faces)}
        head = log.append(connection, now, {"kind": "references_erased", "poll": poll, **of_whom, **erased})
        said = {
            "kind": "deletion",
            "poll": poll,
            "scope": "poll" if index is None else "lender",
            "erased_at": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **erased,
            "log": {"seq": head.seq, "hash": head.hash},
        }
        certificate = statements.sign(self.signing, said)
        store.keep_certificate(connection, poll, json.dumps(certificate, sort_keys=True))
        return certificate


def sealed_digest(sealed: bytes) -> str:
    """SHA-256 of a sealed template: of what nobody can open any more, so it tells nothing of a face."""
    return "0x" + hashlib.sha256(sealed).hexdigest()


def digest_of(faces: list[SealedFace]) -> str:
    """keccak over the sorted SHA-256 digests of what was erased; the log gives each when it was stored."""
    return "0x" + keccak(b"".join(sorted(bytes.fromhex(sealed_digest(face.sealed)[2:]) for face in faces))).hex()
