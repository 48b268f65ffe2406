"""What keeps a list of likenesses or a decision about one from being taken."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, NotFound


class LikenessListNotReadable(BadInput):
    """It is no list of likenesses."""

    zh = "文件不是核验机构出具的人脸相似清单（{field}），请上传原文件。"
    en = "This is not the identity verifier's list of likenesses ({field}). Upload the original file."


class LikenessListNotByVerifier(BadInput):
    """It is not signed by a verifier of this poll, or was changed."""

    zh = "清单的签名不是本次表决指定的核验机构所签，或内容被改动过。"
    en = "The list is not signed by an identity verifier of this vote, or it was changed."


class LikenessListOfAnotherPoll(BadInput):
    """It belongs to another poll."""

    zh = "这份清单属于另一次表决（{poll}）。"
    en = "This list belongs to another vote ({poll})."


class LikenessUnknown(NotFound):
    """There is no such pair."""

    zh = "没有这一对出借人。"
    en = "There is no such pair of lenders."


class DecisionNotReadable(BadInput):
    """A decision is one of three words."""

    zh = "结论须为：同一人、不是同一人、需要核对身份证件。"
    en = "The finding is one of: same person, different persons, identity documents needed."


class ReasonMissing(BadInput):
    """A decision needs a reason."""

    zh = "请写明理由（1 至 {most} 个字的一行文字）。"
    en = "Please give the reason (one line of 1 to {most} characters)."
