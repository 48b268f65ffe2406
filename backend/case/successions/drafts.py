"""A list of successors as somebody writes it down, made into the one to be signed: accounts by name or key, passkeys as signers."""

from __future__ import annotations

from backend.case.cases.errors import SignerMissing
from backend.case.cases.rules import NewOfficial, NewPeople
from backend.case.cases.schemas import OfficialIn
from backend.case.cases.views import CaseView, OfficialView
from backend.case.successions.schemas import SuccessionIn
from backend.people.accounts.service import AccountService
from backend.people.passkeys.service import PasskeyService


class Drafts:
    """Finds accounts and keys; whoever stays in office is known by the key alone."""

    def __init__(self, case: CaseView, accounts: AccountService, passkeys: PasskeyService) -> None:
        self._known = {official.signer: official for one in case.served for official in one.officials}
        self._case, self._accounts, self._passkeys = case, accounts, passkeys

    def people(self, body: SuccessionIn) -> NewPeople:
        """Everybody with account and key. Raises: AccountNotFound, SignerMissing, NodeNotAnswering."""
        officials = tuple(self._official(one) for one in body.officials)
        present, named = self._case.institution, body.institution
        if named is None:
            told = present.name, present.credit_code, present.signer, officials, body.threshold, present.account_id or ""
            return NewPeople(*told)
        account = body.institution_account_id or self._account(body.institution_account_name)
        signer = named.signer or self._signer(account, named.name)
        code = named.credit_code.replace(" ", "").upper()
        return NewPeople(named.name, code, signer, officials, body.threshold, account)

    def _official(self, named: OfficialIn) -> NewOfficial:
        account = named.account_id or self._account(named.account_name)
        known = self._known.get(named.signer or b"")
        signer = named.signer or self._signer(account, named.name)
        return NewOfficial(named.name, signer, account or _account_of(known))

    def _account(self, name: str) -> str:
        return self._accounts.find_account(name).id if name else ""

    def _signer(self, account_id: str, name: str) -> bytes:
        """With what an account signs: the key it is held to, else its passkey."""
        bound = self._accounts.get_account(account_id).signer if account_id else None
        passkey = self._passkeys.passkey_of(account_id) if account_id and bound is None else None
        signer = bound or (passkey.signer if passkey else None)
        if signer is None:
            raise SignerMissing(name=name)
        return signer


def _account_of(official: OfficialView | None) -> str:
    return (official.account_id or "") if official else ""
