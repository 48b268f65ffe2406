"""One signature over many pairs that have a credential each, for a batch of ballots (protocol §8.2)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from verifier.issuer import log, store
from verifier.issuer.desk import Desk
from verifier.issuer.errors import CredentialExpired, EntriesNotAscending, NeverIssued
from verifier.issuer.polls import PollFacts
from verifier.issuer.relay import Question, RelayDoor
from verifier.issuer.schemas import ListAnswer, ListRequest
from verifier.issuer.store import Credential
from verifier.issuer.typed_data import pack_entries


@dataclass(frozen=True)
class ListSigner:
    """Signs lists; a list makes no voter, it repeats what was issued."""

    desk: Desk
    door: RelayDoor

    def sign(self, request: ListRequest, question: Question | None) -> ListAnswer:
        """The list, which ends with the first of its credentials; `question` is the relay's signature, None when the operator asks.

        Who could have lists signed could have batches rejected: strangers are not answered.
        Raises: what PollReader.read and RelayDoor.admit do, PollClosed, EntriesNotAscending, NeverIssued, CredentialExpired.
        """
        pairs = [(pair.index, pair.ballot_key) for pair in request.entries]
        for row, (before, after) in enumerate(itertools.pairwise(pairs), start=2):
            if after[0] <= before[0]:
                raise EntriesNotAscending(row=row)
        entries = pack_entries(pairs)
        if question is not None:
            roots = self.desk.polls.roots(request.poll)
            self.door.admit(roots, question, lambda at: roots.domain.credential_list_request(entries, at))
        facts = self.desk.open_poll(request.poll)
        with self.desk.database.begin() as connection:
            found = store.find_credentials(connection, request.poll, pairs)
        expires_at = min(credential.expires_at for credential in _all_valid(facts, found))
        digest = facts.domain.credential_list(entries, expires_at)
        self._log(facts, digest, len(pairs), expires_at)
        signature = self.desk.keyring.signing.sign(digest)
        return ListAnswer(entries="0x" + entries.hex(), expires_at=expires_at, signature="0x" + signature.hex())

    def _log(self, facts: PollFacts, digest: bytes, pairs: int, expires_at: int) -> None:
        entry = {"chain_id": facts.chain_id, "poll": facts.address, "digest": "0x" + digest.hex(), "pairs": pairs, "expires_at": expires_at}
        with self.desk.database.begin() as connection:
            if store.is_new_list(connection, digest):
                log.append(connection, self.desk.clock(), {"kind": "list_signed", **entry})


def _all_valid(facts: PollFacts, found: list[Credential | None]) -> list[Credential]:
    missing = [row for row, credential in enumerate(found, start=1) if credential is None]
    if missing:
        raise NeverIssued(count=len(missing), rows=_rows(missing, "NeverIssued", "从未签发", "never issued"))
    valid = [credential for credential in found if credential is not None]
    expired = [row for row, credential in enumerate(valid, start=1) if credential.expires_at < facts.now]
    if expired:
        raise CredentialExpired(count=len(expired), rows=_rows(expired, "CredentialExpired", "已过期", "expired"))
    return valid


def _rows(numbers: list[int], rule: str, zh: str, en: str) -> list[dict[str, object]]:
    return [{"row": number, "field": "entries", "rule": rule, "message_zh": zh, "message_en": en} for number in numbers[:50]]
