"""A credential by an identity provider that counts for the poll: its way's address is among the poll's verifiers (protocol §15)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from verifier.issuer import store
from verifier.issuer.desk import Desk, asked
from verifier.issuer.identities import IdentityBook
from verifier.issuer.polls import PollFacts
from verifier.issuer.provider_errors import CheckUnknown, ProviderFieldsMissing, ProviderNotAnswering, TriesUsed, WayNotCounted
from verifier.issuer.providers.protocol import Begun, IdentityProvider, Person, ProviderSilent
from verifier.issuer.schemas import CredentialOut, CredentialRequest, ProviderAnswer, ProviderBegin, ProviderBegun, ProviderFinish
from verifier.signing.secp256k1 import SigningKey

HOUR_SECONDS = 3600
CHECK_SECONDS = 900
MOST_CHECKS = 2000


@dataclass(frozen=True)
class _Check:
    """A check under way; it belongs to one lender and one ballot key."""

    subject: tuple[str, int, str]
    way: str
    begun: Begun
    until: float
    """On the monotonic clock."""
    identity_file: str


@dataclass(frozen=True)
class ProviderWay:
    """Checks live in memory; what stays is a count, and the log with the provider's own number of the check."""

    desk: Desk
    identities: IdentityBook
    providers: Mapping[str, IdentityProvider]
    attempts_an_hour: int
    _checks: dict[str, _Check] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def addresses(self) -> dict[str, str]:
        """The address of each way, to be named among a poll's verifiers."""
        return {way: self.desk.keyring.key_for_way(way).address for way in self.providers}

    def keys(self) -> list[SigningKey]:
        """The key of each way."""
        return [self.desk.keyring.key_for_way(way) for way in self.providers]

    def begin(self, request: ProviderBegin) -> ProviderBegun:
        """Start a check.

        Raises: what Desk.admit does, WayNotCounted, ProviderFieldsMissing, IdentityNotOnFile, IdentityDiffers, TriesUsed,
        ProviderNotAnswering.
        """
        facts = self.desk.admit(request)
        provider = self._counted(facts, request.way)
        person = Person(request.name, request.id_number, request.bank_card, request.mobile)
        missing = [each for each in provider.fields if not getattr(person, each, "")]
        if missing:
            raise ProviderFieldsMissing(fields=", ".join(missing))
        number = self._count(request)
        identity_file = self.identities.require(facts, request.index, person.name, person.id_number)
        try:
            begun = provider.begin(person)
        except ProviderSilent as error:
            with self.desk.database.begin() as connection:
                store.forget_attempt(connection, number)
            raise ProviderNotAnswering() from error
        self._keep(_Check(_subject(request), request.way, begun, self.desk.clock.monotonic() + CHECK_SECONDS, identity_file))
        return ProviderBegun(handle=begun.handle, zh=begun.zh, en=begun.en, sandbox=provider.sandbox)

    def finish(self, request: ProviderFinish) -> ProviderAnswer:
        """End a check: a credential, or why not.

        Raises: what Desk.admit does, CheckUnknown, WayNotCounted, ProviderNotAnswering, IdentityFileChangedMeanwhile.
        """
        facts = self.desk.admit(request)
        with self._lock:
            check = self._checks.get(request.handle)
        if check is None or check.subject != _subject(request) or check.until < self.desk.clock.monotonic():
            raise CheckUnknown()
        provider = self._counted(facts, check.way)
        try:
            found = provider.finish(check.begun, request.answer)
        except ProviderSilent as error:
            raise ProviderNotAnswering() from error
        with self._lock:
            if self._checks.pop(request.handle, None) is None:
                raise CheckUnknown()
        why = {"way": check.way, "sandbox": provider.sandbox, "reasons": [found.reason.code], "reference": found.reference}
        if not found.confirmed:
            self.desk.note("provider_declined", {**asked(facts, request), **why})
            return ProviderAnswer(decision="official", reason_zh=found.reason.zh, reason_en=found.reason.en, credential=None)
        why["identity_file"] = check.identity_file
        still = partial(self.identities.bindings.require_in_force, roots=facts.roots, file_hash=check.identity_file)
        credential = self.desk.issue(facts, request, why, self.desk.keyring.key_for_way(check.way), still)
        out = CredentialOut.model_validate(credential)
        return ProviderAnswer(decision="accepted", reason_zh=found.reason.zh, reason_en=found.reason.en, credential=out)

    def listed(self) -> list[dict[str, Any]]:
        """What a page needs to offer them."""
        addresses = self.addresses()
        return [
            {"way": way, "address": addresses[way], "fields": list(provider.fields), "sandbox": provider.sandbox}
            for way, provider in self.providers.items()
        ]

    def _counted(self, facts: PollFacts, way: str) -> IdentityProvider:
        provider = self.providers.get(way)
        if provider is None or self.desk.keyring.key_for_way(way).address not in facts.roots.verifiers:
            raise WayNotCounted(way=way)
        return provider

    def _count(self, request: CredentialRequest) -> int:
        now = int(self.desk.clock())
        with self.desk.database.begin() as connection:
            store.pull_back_attempts(connection, request.poll, request.index, now)
            compared, _ = store.count_attempts(connection, request.poll, request.index, now - HOUR_SECONDS)
            if compared < self.attempts_an_hour:
                return store.begin_attempt(connection, request.poll, request.index, now)
        raise TriesUsed()  # outside of the transaction: what was pulled back has to stay

    def _keep(self, check: _Check) -> None:
        now = self.desk.clock.monotonic()
        with self._lock:
            for handle in [handle for handle, each in self._checks.items() if each.until < now]:
                del self._checks[handle]
            if len(self._checks) >= MOST_CHECKS:
                raise ProviderNotAnswering()
            self._checks[check.begun.handle] = check


def _subject(request: CredentialRequest) -> tuple[str, int, str]:
    return request.poll, request.index, request.ballot_key
