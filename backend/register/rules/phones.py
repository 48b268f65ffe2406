"""Mobile numbers: 11 digits, whatever stands around them."""

from __future__ import annotations

import re

from backend.register.errors import MobileMalformed
from backend.register.rules.text import compact

_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[0-9]{10})")


def canonical_phone(text: str) -> str:
    """The 11 digits; takes +86, spaces, hyphens, full-width digits. Raises: MobileMalformed."""
    found = _MOBILE.fullmatch(compact(text))
    if found is None:
        raise MobileMalformed
    return found.group(1)
