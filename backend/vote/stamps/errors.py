"""What keeps a stamp from being had."""

from __future__ import annotations

from backend.ground.common.errors import LenderVoteError, Unavailable


class StampSettingsWrong(LenderVoteError):
    """The settings of the authorities cannot be read."""

    zh = (
        "时间戳机构的设置有误：{reason}。格式为 LENDERVOTE_STAMP_AUTHORITIES=名称=网址,… 和 LENDERVOTE_STAMP_CERTIFICATES=名称=根证书文件,…"
    )
    en = (
        "The settings of the stamping authorities are wrong: {reason}. Write LENDERVOTE_STAMP_AUTHORITIES=name=url,... and "
        "LENDERVOTE_STAMP_CERTIFICATES=name=root certificate file,..."
    )


class AuthorityNotStamping(Unavailable):
    """An authority does not answer, or not with a stamp that a recount would take."""

    zh = "时间戳机构 {name} 没有给出可用的时间戳：{reason}。系统会自动再试，表决不受影响。"
    en = "The authority {name} gave no stamp that can be used: {reason}. It is asked again; the vote goes on."


class StampsMissed(Unavailable):
    """What a day later had no stamp is given up."""

    zh = "时间戳机构 {name} 一天之内没有给出时间戳，已放弃：{subject}，区块 {block}。"
    en = "The authority {name} gave no stamp within a day, which is given up: {subject}, block {block}."
