"""Rules of flags and of their review."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotFound


class FlagUnknown(NotFound):
    """There is no such item, or it is none of the visitor's."""

    zh = "没有找到这条待查事项。"
    en = "There is no such flag."


class NothingImported(NotFound):
    """The case has no register to look at."""

    zh = "本案件还没有导入债权清单，没有可查的内容。"
    en = "No claims were imported in this case; there is nothing to look at."


class RulesNotAnchored(Conflict):
    """The rules were not written down before the poll opened, or other ones were."""

    zh = "这套规则在表决开始之前没有登记，不能用于本次表决。今后请在表决开始之前执行 lendervote flags anchor。"
    en = "These rules were not written down before the poll opened and are not used on it. Run lendervote flags anchor before a poll opens."


class DecidedAlready(Conflict):
    """The official decided, or two others did."""

    zh = "这条待查事项您已提出过意见，或已有两名工作组成员提出意见。"
    en = "You have decided on this flag already, or two officials have."


class OwnPair(Conflict):
    """The item is about the official's own work."""

    zh = "这条待查事项涉及您本人的核验工作，请由其他成员提出意见。"
    en = "This flag is about your own checks of lenders; others decide on it."


class FindingUnknown(BadInput):
    """The finding is none of the two."""

    zh = "结论须为 explained（可以解释）或 look_further（需要进一步核实）。"
    en = "The finding is either explained or look_further."


class FlagReasonMissing(BadInput):
    """A decision needs its reason."""

    zh = "请写明理由，至少 10 个字。"
    en = "Say why, in at least 10 characters."


class ObjectionsMany(Conflict):
    """The lender has objected and no answer has come yet."""

    zh = "您的异议正在等待答复，答复之后可以再次提出。"
    en = "Your objection waits for its answer; you may object again after that."


class ObjectionAnswered(Conflict):
    """Somebody answered before."""

    zh = "这条异议已经答复。"
    en = "This objection has been answered."


class BesideColumnsMissing(BadInput):
    """The file beside the register lacks the claim number or has no known column."""

    zh = "文件须有“债权编号”一列，另有以下至少一列：{known}。"
    en = "The file needs the column claim_no and at least one of: {known}."


class BesideRowWrong(BadInput):
    """A row of the file beside the register cannot be read."""

    zh = "第 {row} 行“{field}”无法读取，没有使用文件中的任何内容。"
    en = "Row {row}, {field}: cannot be read; nothing of the file was used."


class VerifierLogNotReadable(BadInput):
    """The verifier's log is no log of this poll."""

    zh = "核验机构日志第 {line} 行不是本次表决的日志。"
    en = "Line {line} of the verifier's log is no entry about this poll."
