"""Why a file is not published, or not yet."""

from __future__ import annotations

from backend.ground.common.errors import Conflict, NotFound


class FileUnknown(NotFound):
    """None of the published files has this name."""

    zh = "没有名为“{name}”的公开文件；可下载：{known}。"
    en = "No published file is called “{name}”; there are: {known}."


class ReceiptsNotPublishedYet(Conflict):
    """Receipts are published after the close only: before, they would tell who has voted."""

    zh = "回执清单在表决截止后公开，以免投票期间泄露谁已投票。"
    en = "The list of receipts is published after the close; before, it would reveal who has voted."


class TransactionsNotPublishedYet(Conflict):
    """The list of transactions counts ballots, and no count is shown here before the close."""

    zh = "链上记录清单在表决截止后公开：其中列有票数，截止前本系统不显示任何票数。"
    en = "The list of transactions is published after the close: it shows counts, and no count is shown here before."


class ResultNotPublishedYet(Conflict):
    """There is no result before the sums are opened."""

    zh = "结果文件在公开合计、合约计票之后公布。"
    en = "The result is published once the totals are opened and the contract has counted."
