"""Rules that a settlement plan can break."""

from __future__ import annotations

from backend.case.plans.views import PlanStatus
from backend.ground.common.errors import BadInput, Conflict, NotAllowed, NotFound


class PlanUnknown(NotFound):
    """No plan has this id."""

    zh = "没有找到这份方案。"
    en = "There is no such plan."


class PlanPartMissing(BadInput):
    """One of the four parts that art. 14 names is blank."""

    zh = "方案缺少“{part_zh}”：四个部分都须填写。"
    en = "The plan lacks “{part_en}”: all four parts are required."

    def __init__(self, part: str, part_zh: str, part_en: str) -> None:
        super().__init__(part=part, part_zh=part_zh, part_en=part_en)


class PlanTextTooLong(BadInput):
    """A text of the plan is longer than it may be."""

    zh = "方案的“{field}”过长：最多 {limit} 字。"
    en = "The plan's “{field}” is too long: {limit} characters at most."


class PlanTitleMissing(BadInput):
    """The plan has no title."""

    zh = "请填写方案名称。"
    en = "The plan needs a title."


class LadderNotRising(BadInput):
    """The months of the payout ladder do not rise."""

    zh = "兑付安排第 {step} 期的月数须大于前一期，且在 1 至 600 之间。"
    en = "Payment {step} of the schedule needs more months than the one before it, between 1 and 600."


class LadderRatioOutOfRange(BadInput):
    """A ratio of the ladder is not between 1 and 10,000 basis points."""

    zh = "第 {step} 期的比例须大于 0、不超过 100%，最多两位小数。"
    en = "Payment {step}: above 0, at most 100%, two decimals."


class LadderAboveWhole(BadInput):
    """The ladder pays more than was admitted."""

    zh = "各期比例合计超过 100%，请改小。"
    en = "Payments exceed 100%. Reduce them."


class LadderEmpty(BadInput):
    """The plan says nothing about payouts."""

    zh = "请填写兑付安排，1 至 60 期。"
    en = "Enter the payment schedule: 1 to 60 payments."


class PlanNotReadable(BadInput):
    """The plan's JSON does not have the fields asked for."""

    zh = "方案内容无法读取：{reason}。"
    en = "The plan cannot be read: {reason}."


class NotAPdf(BadInput):
    """The file is not a PDF that can be opened."""

    zh = "所附文件不是可以打开的 PDF：{reason}。"
    en = "The attached file is not a PDF that can be opened: {reason}."


class PdfTooLarge(BadInput):
    """The PDF is larger than it may be."""

    zh = "PDF 过大：最大 {limit_mib} MiB。"
    en = "The PDF is too large: {limit_mib} MiB at most."


class PdfHasActiveContent(BadInput):
    """The PDF carries scripts, attachments or launch actions."""

    zh = "PDF 含有脚本、附件或启动动作（{found}），请另存为不含这些内容的 PDF。"
    en = "The PDF carries scripts, attachments or launch actions ({found}); save it again without them."


PLAN_WORDS = {
    PlanStatus.DRAFT: ("草稿，未提交", "draft, not submitted"),
    PlanStatus.SUBMITTING: ("正在提交", "being submitted"),
    PlanStatus.SUBMITTED: ("已提交，待审查", "submitted, waiting for review"),
    PlanStatus.RETURNED: ("已退回", "returned"),
    PlanStatus.ADMITTED: ("已准予表决", "admitted to the vote"),
}


class PlanNotInStage(Conflict):
    """The act does not fit the plan's stage."""

    zh = "方案目前为“{status_zh}”，不能这样办理。请刷新页面。"
    en = "The plan is “{status_en}”, so this cannot be done now. Reload the page."

    def said(self, language: str) -> dict[str, object]:
        """The status in words, as a person reads it."""
        zh, en = PLAN_WORDS[PlanStatus(str(self.facts["status"]))]
        return {**self.facts, "status_zh": zh, "status_en": en}


class PlanSignatureWrong(BadInput):
    """The submission is not signed by the case's institution over this plan and the next plan number."""

    zh = "签名与本方案或平台机构登记的密钥不符。请刷新页面，用平台机构的密钥重新签名。"
    en = "The signature does not match this plan or the institution's key. Reload the page and sign again with the institution's key."


class AnotherPlanWaiting(Conflict):
    """A plan of the case waits for the officials already."""

    zh = "本案件已有第 {version} 稿方案正在等待专项工作组处理，请等待其退回或准予表决后再提交。"
    en = "Version {version} of the plan is waiting for the officials. Wait until it is returned or admitted to the vote."


class VersionTaken(Conflict):
    """Two plans were drafted at the same moment."""

    zh = "同一时刻有另一份方案正在保存，请再提交一次。"
    en = "Another plan was being saved at the same moment. Submit it again."


class ReasonsMissing(BadInput):
    """A plan is returned with reasons or not at all."""

    zh = "请写明退回的理由，1 至 {limit} 个字。"
    en = "Please give the reasons for returning the plan, 1 to {limit} characters."


class AdmissionUnderway(Conflict):
    """Officials are signing the plan's admission."""

    zh = "准予表决的待签事项正在签署；请先撤回那一项，再退回方案。"
    en = "The plan's admission is being signed. Withdraw that item first, then return the plan."


class PlanNotPublic(NotAllowed):
    """Only the case's own people see a plan before it is admitted."""

    zh = "方案尚未准予表决，目前只有平台机构和专项工作组可以查看。"
    en = "The plan is not admitted to the vote yet; only the institution and the officials may see it."
