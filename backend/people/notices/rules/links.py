"""Whether a pasted message, link or code is ours to the letter; what looks alike is not. Pure."""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_SIGNS = 12
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_SIGNS}}}")
#: Whatever a telephone would make a link of, and whatever only looks like one: a stop or a slash between two signs that are no spaces.
_LINKLIKE = re.compile(r"[^\s，。；：“”（）、]*[^\s，。；：“”（）、][./\\:@．。／：＠․‧∕⁄][^\s，。；：“”（）、]+", re.UNICODE)
_STOPS = "。．.，,；;！!）)"


def new_code() -> str:
    """12 signs that nobody confuses, 59 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS))


def link_of(site: str, code: str) -> str:
    """The address in a message, to the letter."""
    return f"{site}/n/{code}"


def code_in(text: str, site: str) -> str | None:
    """The one code in what was pasted; None when there is none or more than one, or anything like a link beside our own."""
    rest = text.strip()
    if _CODE.fullmatch(rest):
        return rest
    ours = re.compile(rf"(?<![^\s：:，。（(]){re.escape(site)}/n/([{ALPHABET}]{{{CODE_SIGNS}}})(?![^\s。，；）)])")
    found = ours.findall(rest)
    if len(set(found)) != 1:
        return None
    left = ours.sub(" ", rest)
    return None if any(_is_link(part) for part in _LINKLIKE.findall(left)) else str(found[0])


def _is_link(part: str) -> bool:
    """Times such as 20:00 are no links."""
    return re.fullmatch(r"[0-9]{1,2}[:：][0-9]{2}.*", part.strip(_STOPS)) is None
