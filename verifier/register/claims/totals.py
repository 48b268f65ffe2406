"""Rows of totals, in whatever way they are written (protocol §18.3)."""

from __future__ import annotations

import re
import unicodedata

from verifier.register.claims.text import same_key

_BEGINS = re.compile(
    "[总總]?合[计計]|[总總][计計]|小[计計]|共[计計]|总共|累计|汇总|总额|总数|总和|总金额|加总|全部合计|本页|本表|以上合计|以上共|共[0-9]"
    "|grandtotal|subtotal|total|sum(?![a-z])"
)


def says_total(text: str) -> bool:
    """Whether a cell begins as a row of totals does."""
    return _BEGINS.match("".join(sign for sign in same_key(text[:60]) if unicodedata.category(sign)[0] in "LN")) is not None
