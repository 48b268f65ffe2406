"""A case as somebody writes it down, by page, call or file, made into the one to be opened: accounts by name, passkeys as signers."""

from __future__ import annotations

from backend.case.cases.errors import SignerMissing
from backend.case.cases.rules import NewCase, NewOfficial
from backend.case.cases.schemas import CaseIn
from backend.people.accounts.service import AccountService
from backend.people.passkeys.service import PasskeyService


def new_case(body: CaseIn, accounts: AccountService, passkeys: PasskeyService) -> NewCase:
    """The case with every account and every signer found. Raises: AccountNotFound, SignerMissing, NodeNotAnswering."""

    def account_id(given: str, name: str) -> str:
        return given or (accounts.find_account(name).id if name else "")

    def signer(given: bytes | None, account: str, name: str) -> bytes:
        passkey = passkeys.passkey_of(account) if given is None and account else None
        if given is None and passkey is None:
            raise SignerMissing(name=name)
        return given or (passkey.signer if passkey else b"")

    institution = body.institution
    institution_account = account_id(body.institution_account_id, body.institution_account_name)
    accounts_of = [account_id(official.account_id, official.account_name) for official in body.officials]
    return NewCase(
        name=body.name,
        institution_name=institution.name,
        credit_code=institution.credit_code.replace(" ", "").upper(),
        institution_signer=signer(institution.signer, institution_account, institution.name),
        officials=tuple(
            NewOfficial(official.name, signer(official.signer, account, official.name), account)
            for official, account in zip(body.officials, accounts_of, strict=True)
        ),
        threshold=body.threshold,
        institution_account_id=institution_account,
        rehearsal=body.rehearsal,
    )
