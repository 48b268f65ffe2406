"""What a name, a password and a code have to be, and how many attempts there are. Pure."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

import pyotp

from backend.ground.common.errors import BadInput
from backend.ground.common.text import has_letters, line, plain
from backend.people.accounts.errors import AccountNameNotUsable, PasswordTooShort, PasswordUnchanged, RoleUnknown, SignInThrottled
from backend.people.accounts.visitor import ACCOUNT_ROLES

WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_NAME = 10
ATTEMPTS_PER_ADDRESS = 40
ACCOUNT_SESSION = timedelta(hours=8)
LENDER_SESSION = timedelta(hours=2)
TOTP_STEP_SECONDS = 30


def check_new_account(name: str, role: str, password: str) -> None:
    """Raises: AccountNameNotUsable, RoleUnknown, PasswordTooShort, TextNotPlain."""
    if not _is_usable(name):
        raise AccountNameNotUsable
    if role not in ACCOUNT_ROLES:
        raise RoleUnknown(role=role)
    check_password(password)


def check_password(password: str) -> None:
    """Raises: PasswordTooShort, TextNotPlain."""
    if not 12 <= len(plain(password)) <= 128:
        raise PasswordTooShort


def check_new_password(password: str, former: str) -> None:
    """Raises: PasswordTooShort, PasswordUnchanged, TextNotPlain."""
    check_password(password)
    if hmac.compare_digest(password.encode(), former.encode()):
        raise PasswordUnchanged


def totp_step(now: datetime) -> int:
    """The number of the 30-second step (RFC 6238) at a moment."""
    return int(now.timestamp()) // TOTP_STEP_SECONDS


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose code this is, the present one or a neighbour; None when it is none of them."""
    present = totp_step(now)
    totp = pyotp.TOTP(secret)
    found = None
    for step in (present - 1, present, present + 1):
        # Every step is compared, so that the time taken says nothing.
        if hmac.compare_digest(str(totp.at(step * TOTP_STEP_SECONDS)).encode(), code.strip().encode()):
            found = step
    return found


def _is_usable(name: str) -> bool:
    """Whether nothing in the name would be changed by cleaning it: it is typed again at every sign-in."""
    try:
        return name == line(name, 64) and has_letters(name)
    except BadInput:
        return False


def check_attempts(attempts: int, limit: int, began_at: datetime, now: datetime) -> None:
    """Refuse the attempt after the limit until the window is over. Raises: SignInThrottled."""
    if attempts > limit:
        left = began_at + WINDOW - now
        raise SignInThrottled(retry_after_seconds=max(1, int(left.total_seconds()) + 1))
