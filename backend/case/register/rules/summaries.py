"""Rows of totals, in whatever way they are written."""

from __future__ import annotations

import re
import unicodedata

from backend.ground.common.text import same_key

_TOTAL = re.compile(
    r"^(?:[总總]?合[计計]|[总總][计計]|小[计計]|共[计計]|总共|累计|汇总|总额|总数|总和|总金额|加总|全部合计|本页|本表|以上合计|以上共|共[0-9]|(?:grand|sub)?total|sum(?![a-z]))"
)


def is_total(text: str) -> bool:
    """Whether a cell begins as a row of totals does: 合计：, 总 计, 小计(元), Total, 共 12 户."""
    word = "".join(sign for sign in same_key(text) if unicodedata.category(sign)[0] in "LN")
    return _TOTAL.match(word) is not None
