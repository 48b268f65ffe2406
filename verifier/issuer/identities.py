"""Whose name and identity number belong to an index: a keyed digest, put in by the operator, bound by officials; neither is kept."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from sqlalchemy import text

from verifier.issuer import log
from verifier.issuer.bindings.book import BindingBook
from verifier.issuer.bindings.file import plain
from verifier.issuer.desk import Desk
from verifier.issuer.errors import IndexNotInRegister
from verifier.issuer.polls import PollFacts
from verifier.issuer.provider_errors import IdentityDiffers, IdentityNotOnFile


@dataclass(frozen=True)
class IdentityBook:
    """Digests bound to poll and index, so that equal people in two polls have unequal digests."""

    desk: Desk
    bindings: BindingBook

    def put(self, poll: str, index: int, name: str, id_number: str) -> None:
        """Keep the digest of a name and number that officials bound to the index.

        Raises: what Desk.open_poll does, IndexNotInRegister, PersonNotBound.
        """
        facts = self.desk.open_poll(poll)
        if index >= facts.leaf_count:
            raise IndexNotInRegister(index=index)
        person = self.bindings.require_person(facts, index, name, id_number)
        with self.desk.database.begin() as connection:
            self.bindings.name_in_log(connection, facts.roots)
            connection.execute(
                text("INSERT OR REPLACE INTO identities (poll, lender, digest, person) VALUES (:poll, :index, :digest, :person)"),
                {"poll": poll, "index": index, "digest": self._digest(poll, index, name, id_number), "person": person},
            )
            log.append(connection, self.desk.clock(), {"kind": "identity_stored", "poll": poll, "index": index})

    def require(self, facts: PollFacts, index: int, name: str, id_number: str) -> str:
        """That this is the lender's name and number; the hash of the identity file that binds them.

        Raises: IdentityNotOnFile, IdentityDiffers.
        """
        poll = facts.address
        with self.desk.database.begin() as connection:
            row = connection.execute(
                text("SELECT digest, person FROM identities WHERE poll = :poll AND lender = :index"), {"poll": poll, "index": index}
            ).first()
            identity_file, person = self.bindings.bound_person(connection, facts.roots, index)
            if row is None or row.person is None or person is None or not hmac.compare_digest(bytes(row.person), person):
                raise IdentityNotOnFile()
            self.bindings.name_in_log(connection, facts.roots)
        known = bytes(row.digest)
        now = hmac.compare_digest(known, self._digest(poll, index, name, id_number))
        before = hmac.compare_digest(known, self._former_digest(poll, index, name, id_number))
        if not (now or before):
            raise IdentityDiffers()
        return identity_file

    def _digest(self, poll: str, index: int, name: str, id_number: str) -> bytes:
        return self._keyed(
            "\0".join([poll, str(index), "2", plain(_DOTS_AND_SELECTORS.sub("", name)).casefold(), plain(id_number).upper()])
        )

    def _former_digest(self, poll: str, index: int, name: str, id_number: str) -> bytes:
        """As it was kept before dots and variation selectors in a name stopped to count."""
        return self._keyed("\0".join([poll, str(index), plain(name), plain(id_number).upper()]))

    def _keyed(self, said: str) -> bytes:
        return hmac.digest(self.desk.keyring.secret_for("identities"), said.encode(), "sha256")


_DOTS_AND_SELECTORS = re.compile("[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\u2024\uff0e.\ufe00-\ufe0f\U000e0100-\U000e01ef]")
