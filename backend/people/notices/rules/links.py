"""Whether a pasted message, link or code is ours to the letter; what looks alike is not. Pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from backend.people.notices.rules.kinds import Template

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_SIGNS = 12
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_SIGNS}}}")
_SIGNED = re.compile(r"^【[^】]{1,20}】")
_MOST_SHOWN = 3


def new_code() -> str:
    """12 signs that nobody confuses, 59 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS))


def link_of(site: str, code: str) -> str:
    """The address in a message, to the letter."""
    return f"{site}/n/{code}"


def bare_code(text: str, site: str) -> str | None:
    """The code, where what was pasted is a code or a link of ours and nothing else."""
    alone = text.strip(" \t\r\n")
    begin = link_of(site, "")
    code = alone.removeprefix(begin)
    return code if _CODE.fullmatch(code) and alone in {code, begin + code} else None


def codes_within(text: str, site: str) -> list[str]:
    """The codes of links of ours in a longer text, which has to be compared as a whole then."""
    found = re.findall(rf"{re.escape(link_of(site, ''))}([{ALPHABET}]{{{CODE_SIGNS}}})", text)
    return list(dict.fromkeys(found))[:_MOST_SHOWN]


def is_message(text: str, template: Template, fields: Mapping[str, str], link: str) -> bool:
    """Whether a pasted text is this message to the letter, in either language; spaces, the provider's mark and the person's word aside."""
    pasted = _SIGNED.sub("", "".join(text.split()))
    for language in ("zh", "en"):
        said = _SIGNED.sub("", "".join(template.say({**fields, "word": "\0", "link": link}, language).split()))
        if re.fullmatch(".{1,20}?".join(map(re.escape, said.split("\0"))), pasted):
            return True
    return False
