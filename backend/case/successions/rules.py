"""What a succession has to be before officials sign it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backend.case.cases.rules import NewPeople
from backend.case.successions.errors import (
    KeyOnOtherSide,
    SuccessionChangesNothing,
    SuccessionNoticeTooShort,
    SuccessionReasonMissing,
)

REASON_LETTERS, REASON_LENGTH = 4, 500
LEAST_NOTICE_SECONDS, MOST_NOTICE_SECONDS = 7 * 86_400, 365 * 86_400
_DAY = 86_400


def check_notice(seconds: int, *, rehearsal: bool) -> None:
    """Raises: SuccessionNoticeTooShort."""
    least = 0 if rehearsal else LEAST_NOTICE_SECONDS
    if not least <= seconds <= MOST_NOTICE_SECONDS:
        raise SuccessionNoticeTooShort(least=least // _DAY, most=MOST_NOTICE_SECONDS // _DAY)


def read_reason(text: str) -> str:
    """The reason as it is hashed, on one line. Raises: SuccessionReasonMissing."""
    reason = " ".join(text.split())
    if sum(letter.isalnum() for letter in reason) < REASON_LETTERS or len(reason) > REASON_LENGTH or not reason.isprintable():
        raise SuccessionReasonMissing(least=REASON_LETTERS, most=REASON_LENGTH)
    return reason


def check_sides(people: NewPeople, officials: Collection[bytes], institutions: Collection[bytes]) -> None:
    """No key is ever official and institution of one case, not in different generations either: the signers are those of everybody who
    is or was in office. Raises: KeyOnOtherSide."""
    for official in people.officials:
        if official.signer in institutions:
            raise KeyOnOtherSide(name=official.name)
    if people.institution_signer in officials:
        raise KeyOnOtherSide(name=people.institution_name)


def check_differs(people: NewPeople, officials: Sequence[bytes], threshold: int, institution: bytes) -> None:
    """From those in office. Raises: SuccessionChangesNothing."""
    named = [official.signer for official in people.officials], people.threshold, people.institution_signer
    if named == (list(officials), threshold, institution):
        raise SuccessionChangesNothing
