"""Why there is no result yet."""

from __future__ import annotations

from backend.ground.common.errors import Conflict, Unavailable


class NotTalliedYet(Conflict):
    """The sums have not been opened."""

    zh = "表决尚未计票：截止后由专项工作组发起公开合计，合约校验后才有结果。"
    en = "There is no result yet: after the close an official opens the totals, and the contract checks them."


class PollStillOpen(Conflict):
    """Sums are opened after the close only."""

    zh = "表决尚未截止，不能公开合计；截止前系统不计算任何中间结果。"
    en = "Voting has not closed. The totals are opened after the close; the system adds up nothing before."


class RecordsNotReadYet(Unavailable):
    """The chain's records are not all read yet, so that nothing could be opened rightly."""

    zh = "区块链记录尚未全部读取，请稍后再试。"
    en = "The blockchain records are not all read yet. Try again later."
