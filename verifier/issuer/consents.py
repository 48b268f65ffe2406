"""Consent to use a face: which text, in which version, agreed to when; recorded before a camera opens, withdrawn at any time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_hash.auto import keccak
from sqlalchemy import text

from verifier.issuer import log, store
from verifier.issuer.desk import Desk, asked
from verifier.issuer.errors import ConsentMissing, ConsentTextUnknown
from verifier.issuer.schemas import ConsentRequest, ConsentText, CredentialRequest


@dataclass(frozen=True)
class ConsentBook:
    """The standing consents; the log keeps every one, given or withdrawn."""

    desk: Desk

    def give(self, request: ConsentRequest) -> dict[str, Any]:
        """Record a lender's consent; the log's head that has it. Raises: what Desk.admit does, ConsentTextUnknown."""
        facts = self.desk.admit(request)
        consent = request.consent
        if (consent.version, consent.language) != known_texts().get(consent.text_hash):
            raise ConsentTextUnknown()
        said = {**consent.model_dump(exclude={"agreed_at"}), "agreed_at": consent.agreed_at_text}
        with self.desk.database.begin() as connection:
            connection.execute(
                text(
                    "INSERT OR REPLACE INTO consents (poll, lender, version, language, text_hash, agreed_at) "
                    "VALUES (:poll, :index, :version, :language, :text_hash, :agreed_at)"
                ),
                {"poll": request.poll, "index": request.index, **said},
            )
            head = log.append(connection, self.desk.clock(), {"kind": "consent_given", **asked(facts, request), "consent": said})
        return {"seq": head.seq, "hash": head.hash}

    def withdraw(self, request: CredentialRequest) -> dict[str, Any] | None:
        """End a lender's consent and erase what is stored of the face; the deletion certificate, if anything was.

        Raises: what Desk.admit does.
        """
        facts = self.desk.admit(request)
        with self.desk.database.begin() as connection:
            store.forget_consents(connection, request.poll, request.index)
            log.append(connection, self.desk.clock(), {"kind": "consent_withdrawn", **asked(facts, request)})
        return self.desk.eraser.erase(request.poll, "consent_withdrawn", request.index)

    def standing(self, poll: str, index: int) -> dict[str, Any]:
        """The lender's consent, for the log. Raises: ConsentMissing."""
        with self.desk.database.begin() as connection:
            row = connection.execute(
                text("SELECT version, language, text_hash, agreed_at FROM consents WHERE poll = :poll AND lender = :index"),
                {"poll": poll, "index": index},
            ).first()
        if row is None:
            raise ConsentMissing()
        return dict(row._mapping)


@cache
def texts() -> list[ConsentText]:
    """Every text that lenders were ever shown; none is taken out, so that a logged hash always leads to its words."""
    versions = json.loads(files("verifier.issuer").joinpath("consent_texts.json").read_text("utf-8"))
    return [
        ConsentText(version=version, language=language, text_hash=text_hash(shown), **shown)
        for version, languages in versions.items()
        for language, shown in languages.items()
    ]


@cache
def known_texts() -> dict[str, tuple[str, str]]:
    """Version and language by hash."""
    return {each.text_hash: (each.version, each.language) for each in texts()}


def text_hash(shown: dict[str, Any]) -> str:
    """keccak over title, points and the sentence of the tick, one a line: what the page computes of what it shows."""
    return "0x" + keccak("\n".join([shown["title"], *shown["points"], shown["tick"]]).encode()).hex()
