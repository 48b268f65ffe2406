"""Why sums are not opened yet: nobody said to have seen what they tell."""

from __future__ import annotations

from backend.ground.common.errors import Conflict


class LeakNotAcknowledged(Conflict):
    """The exact sums tell something about single lenders, and no official has confirmed having seen just that."""

    zh = (
        "公布合计后，有 {groups} 组出借人可能被人推算出金额或选择，其中 {told} 名出借人的金额可以直接算出。"
        "合计还没有公开。请先查看清单并确认，再公开合计。"
    )
    en = (
        "Once the totals are published, amounts or choices in {groups} groups of lenders may be worked out, and the amounts of {told} "
        "lenders follow directly. The totals are not opened yet. Look at the list and confirm it first."
    )
