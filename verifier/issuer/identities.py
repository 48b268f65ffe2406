"""Whose name and identity number belong to an index: a keyed digest, put in by the operator; neither is kept in the clear."""

from __future__ import annotations

import hmac
import re
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
        known = bytes(row.digest)
        now = hmac.compare_digest(known, self._digest(poll, index, name, id_number))
        before = hmac.compare_digest(known, self._former_digest(poll, index, name, id_number))
        if not (now or before):
            raise IdentityDiffers()

    def _digest(self, poll: str, index: int, name: str, id_number: str) -> bytes:
        return self._keyed(
            "\0".join([poll, str(index), "2", _plain(_DOTS_AND_SELECTORS.sub("", name)).casefold(), _plain(id_number).upper()])
        )

    def _former_digest(self, poll: str, index: int, name: str, id_number: str) -> bytes:
        """As it was kept before dots and variation selectors in a name stopped to count."""
        return self._keyed("\0".join([poll, str(index), _plain(name), _plain(id_number).upper()]))

    def _keyed(self, said: str) -> bytes:
        return hmac.digest(self.desk.keyring.secret_for("identities"), said.encode(), "sha256")


_DOTS_AND_SELECTORS = re.compile("[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\u2024\uff0e.\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _plain(value: str) -> str:
    """One writing for full-width and half-width letters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", value).split())
