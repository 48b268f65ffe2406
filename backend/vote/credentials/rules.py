"""Codes, caps and short comparisons of the credentials room, without web, tables, chain or clock."""

from __future__ import annotations

import ipaddress
import re
import secrets
import unicodedata
from dataclasses import dataclass

from backend.ground.common.hashing import keccak

CODE_DIGITS = 6
TICKET_SECONDS = 30 * 60
VOUCHER_MAX_AGE_SECONDS = 2 * 3600
"""The issuer takes vouchers of up to 24 hours; the lender needs time to come back with them."""
VOUCHERS_NEEDED = 2
METHODS = {1: "video", 2: "counter"}
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011", " -\u2010\u2013\u2014")
_BALLOT_KEY = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class CodeLimits:
    """How often phone codes may be asked for and guessed."""

    lifetime_seconds: int = 15 * 60
    tries: int = 5
    resend_after_seconds: int = 60
    per_phone_an_hour: int = 5
    per_address_an_hour: int = 600
    """High: behind one carrier address stand many lenders."""
    wrong_per_address_an_hour: int = 60


def make_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def make_entry_code() -> str:
    """Ten random letters in two groups, 50 bits, such as 7KQ2M-0XDPT."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def read_entry_code(text: str) -> str:
    """An entry code as people type it: case and hyphen do not matter, nor letters that look like digits."""
    return unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)


def is_code(text: str) -> bool:
    """Whether the text has the shape of a code."""
    return len(text) == CODE_DIGITS and text.isascii() and text.isdigit()


def counts_by_address(address: str) -> bool:
    """Whether caps by network address make sense.

    Not for loopback: there a reverse proxy that passes no client address would lock out everybody at once, in an attacker's favour.
    """
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def read_ballot_key(text: str) -> str | None:
    """The ballot key in lower case, or None when it is no address, or the empty one."""
    if not _BALLOT_KEY.fullmatch(text) or int(text, 16) == 0:
        return None
    return text.lower()


def fingerprint_code(ballot_key: str) -> str:
    """Six letters that lender and official compare aloud: the first 30 bits of keccak("LenderVote/1/key-code" ‖ ballot key).

    Crockford's letters, without I, L, O and U.
    """
    bits = int.from_bytes(keccak(b"LenderVote/1/key-code" + bytes.fromhex(ballot_key[2:]))[:4], "big") >> 2
    return "".join(_CODE_LETTERS[bits >> shift & 31] for shift in range(25, -1, -5))
