"""Whose name and identity number belong to an index: a keyed digest, put in by the operator; neither is kept in the clear."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass

from sqlalchemy import text

from verifier.issuer import log
from verifier.issuer.desk import Desk
from verifier.issuer.errors import IndexNotInRegister
from verifier.issuer.provider_errors import IdentityDiffers, IdentityNotOnFile


@dataclass(frozen=True)
class IdentityBook:
    """Digests bound to poll and index, so that equal people in two polls have unequal digests."""

    desk: Desk

    def put(self, poll: str, index: int, name: str, id_number: str) -> None:
        """Keep the digest of a lender's name and number. Raises: what Desk.open_poll does, IndexNotInRegister."""
        facts = self.desk.open_poll(poll)
        if index >= facts.leaf_count:
            raise IndexNotInRegister(index=index)
        with self.desk.database.begin() as connection:
            connection.execute(
                text("INSERT OR REPLACE INTO identities (poll, lender, digest) VALUES (:poll, :index, :digest)"),
                {"poll": poll, "index": index, "digest": self._digest(poll, index, name, id_number)},
            )
            log.append(connection, self.desk.clock(), {"kind": "identity_stored", "poll": poll, "index": index})

    def require(self, poll: str, index: int, name: str, id_number: str) -> None:
        """That this is the lender's name and number. Raises: IdentityNotOnFile, IdentityDiffers."""
        with self.desk.database.begin() as connection:
            row = connection.execute(
                text("SELECT digest FROM identities WHERE poll = :poll AND lender = :index"), {"poll": poll, "index": index}
            ).first()
        if row is None:
            raise IdentityNotOnFile()
        if not hmac.compare_digest(bytes(row.digest), self._digest(poll, index, name, id_number)):
            raise IdentityDiffers()

    def _digest(self, poll: str, index: int, name: str, id_number: str) -> bytes:
        said = "\0".join([poll, str(index), _plain(name), _plain(id_number).upper()])
        return hmac.digest(self.desk.keyring.secret_for("identities"), said.encode(), "sha256")


def _plain(value: str) -> str:
    """One writing for full-width and half-width letters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", value).split())
