"""How an official checked an act before signing it (protocol §19). Pure."""

from __future__ import annotations

from backend.case.cases.errors import CheckCodeWrong, NotChecked, ReasonNotPlain
from backend.case.cases.views import Check, Checked

REASON_LENGTH, REASON_LETTERS = 500, 4
_CHECK_CODE_BYTES = 16


def check_of(digest: bytes, check: Check) -> Checked:
    """What a check comes to: a code has to be the one of the act's digest. Raises: NotChecked, CheckCodeWrong, ReasonNotPlain."""
    code = "".join(check.code.split()).lower()
    if code:
        if code != digest[:_CHECK_CODE_BYTES].hex():
            raise CheckCodeWrong
        return Checked.BY_TOOL
    if sum(letter.isalnum() for letter in plain_reason(check.unchecked_reason)) < REASON_LETTERS:
        raise NotChecked(least=REASON_LETTERS)
    return Checked.UNCHECKED


def plain_reason(text: str) -> str:
    """A reason as it is kept, on one line. Raises: ReasonNotPlain."""
    reason = " ".join(text.split())
    if not reason.isprintable():
        raise ReasonNotPlain
    return reason
