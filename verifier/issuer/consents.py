"""Consent to use a face: which text, in which version, agreed to when and by which ballot key; withdrawn by the same key at any time.

The relay's ticket alone gives no consent and takes none back: it can make tickets for keys of its own. A consent counts for the key that
signed it, and what is stored of a lender's face is erased at the word of a key whose lender the issuer has met.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_hash.auto import keccak

from verifier.face.reasons import Reason
from verifier.issuer import log, store
from verifier.issuer.consent_errors import (
    ConsentMissing,
    ConsentNotByKey,
    ConsentNotOfThisKey,
    ConsentOutdated,
    ConsentTextUnknown,
)
from verifier.issuer.desk import Desk, asked
from verifier.issuer.polls import PollFacts
from verifier.issuer.rates import Rate
from verifier.issuer.schemas import ConsentRequest, ConsentText, CredentialRequest, WithdrawalAnswer, WithdrawalRequest
from verifier.signing.secp256k1 import SignatureBroken, recover

ERASED = Reason(
    "Erased",
    "已撤回同意，您的人脸信息已删除。",
    "Your consent is withdrawn, and what was stored of your face is deleted.",
)
LENDER_NOT_MET = Reason(
    "LenderNotMet",
    "已撤回同意，不再进行人脸比对。为防止他人冒名删除，核验机构确认是您本人后才删除留存的模板：请先由两名工作组人员核对身份，再点一次“撤回”，"
    "或拨打服务热线。最迟在投票截止后删除。",
    "Your consent is withdrawn; no face is compared any more. So that nobody else can have it erased, the template on file is deleted once "
    "the verifier has met you: let two officials check first and withdraw once more, or call the help line. It goes after the close at the "
    "latest.",
)


@dataclass(frozen=True)
class ConsentBook:
    """What ballot keys said last; the log keeps every word, given or withdrawn, so they are bounded for each lender."""

    desk: Desk
    rate: Rate

    def give(self, request: ConsentRequest) -> dict[str, Any]:
        """Record a lender's consent; the log's head that has it.

        Raises: what Desk.admit does, ConsentTextUnknown, ConsentNotByKey, ConsentOutdated, TooOften.
        """
        facts = self.desk.admit(request)
        consent = request.consent
        if (consent.version, consent.language) != known_texts().get(consent.text_hash):
            raise ConsentTextUnknown()
        _require_key(facts, request, bytes.fromhex(consent.text_hash[2:]), consent.said_at, agreed=True)
        self.rate.take(f"{request.poll}/{request.index}")
        said = {**consent.model_dump(exclude={"agreed_at"}), "agreed_at": consent.agreed_at_text}
        with self.desk.database.begin() as connection:
            before = store.find_consent(connection, request.poll, request.index, request.ballot_key)
            if before and (consent.said_at < before["said_at"] or (consent.said_at == before["said_at"] and not before["standing"])):
                raise ConsentOutdated()
            store.keep_consent(connection, request.poll, request.index, request.ballot_key, {"said_at": consent.said_at, **said})
            entry = {"kind": "consent_given", **asked(facts, request), "consent": said, "signature": request.signature.lower()}
            head = log.append(connection, self.desk.clock(), entry)
        return {"seq": head.seq, "hash": head.hash}

    def withdraw(self, request: WithdrawalRequest) -> WithdrawalAnswer:
        """End a lender's consent. What is stored of the face is erased when the issuer has met the lender with this very key.

        Raises: what Desk.admit does, ConsentNotByKey, ConsentNotOfThisKey, ConsentOutdated, TooOften.
        """
        facts = self.desk.admit(request)
        _require_key(facts, request, bytes(32), request.said_at, agreed=False)
        self.rate.take(f"{request.poll}/{request.index}")
        with self.desk.database.begin() as connection:
            before = store.find_consent(connection, request.poll, request.index, request.ballot_key)
            met = store.find_credential(connection, request.poll, request.index, request.ballot_key) is not None
            if before is None and not met:
                raise ConsentNotOfThisKey()
            if before is not None and request.said_at < before["said_at"]:
                raise ConsentOutdated()
            store.end_consent(connection, request.poll, request.index, request.ballot_key, request.said_at)
            entry = {"kind": "consent_withdrawn", **asked(facts, request), "said_at": request.said_at, "lender_met": met}
            log.append(connection, self.desk.clock(), {**entry, "signature": request.signature.lower()})
        certificate = self.desk.eraser.erase(request.poll, "consent_withdrawn", request.index) if met else None
        why = ERASED if met else LENDER_NOT_MET
        return WithdrawalAnswer(erased=met, certificate=certificate, reason_zh=why.zh, reason_en=why.en)

    def standing(self, request: CredentialRequest) -> dict[str, Any]:
        """The consent of the lender's ballot key, for the log. Raises: ConsentMissing."""
        with self.desk.database.begin() as connection:
            found = store.find_consent(connection, request.poll, request.index, request.ballot_key)
        if found is None or not found["standing"]:
            raise ConsentMissing()
        return {name: found[name] for name in ("version", "language", "text_hash", "agreed_at")}


def _require_key(facts: PollFacts, request: ConsentRequest | WithdrawalRequest, text: bytes, said_at: int, *, agreed: bool) -> None:
    digest = facts.domain.face_consent(request.index, text, said_at, agreed=agreed)
    try:
        signer = recover(digest, bytes.fromhex(request.signature[2:]))
    except SignatureBroken as error:
        raise ConsentNotByKey() from error
    if signer != request.ballot_key:
        raise ConsentNotByKey()


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
