"""Rules that a complaint or its answer can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotFound


class ComplaintUnknown(NotFound):
    """No complaint has this id."""

    zh = "没有找到这条异议。"
    en = "There is no such objection."


class ComplaintKindUnknown(BadInput):
    """The kind is none of those that can be looked into."""

    zh = "请选择异议的类型（{known}）。"
    en = "Choose what you object to ({known})."


class ComplaintTextMissing(BadInput):
    """Nothing was written, or too much."""

    zh = "请用 1 至 {limit} 个字写明情况。"
    en = "Please say what happened in 1 to {limit} characters."


class ComplaintOutOfTime(Conflict):
    """Complaints are taken from the opening of the poll until it is decided."""

    zh = "异议从表决开始时起可以提交，到专项工作组作出决定时为止。现在不能提交，请拨打服务热线。"
    en = "Objections can be filed from the opening of the vote until the working group decides. None can be filed now; call the help line."


class ComplaintsMany(Conflict):
    """So many complaints of one lender wait already."""

    zh = "您已有 {count} 条异议等待答复，请等待答复或拨打服务热线。"
    en = "{count} of your objections are waiting for an answer. Wait for it, or call the help line."


class ComplaintClosed(Conflict):
    """It was answered and closed before."""

    zh = "这条异议已经办结。"
    en = "This objection is already closed."
