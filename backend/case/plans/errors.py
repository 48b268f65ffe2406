"""Rules that a settlement plan can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotAllowed, NotFound


class PlanUnknown(NotFound):
    """No plan has this id."""

    zh = "没有找到这份方案。"
    en = "There is no such plan."


class PlanPartMissing(BadInput):
    """One of the four parts that art. 14 names is blank."""

    zh = "方案缺少“{part_zh}”（{part}）：四个部分都须填写。"
    en = "The plan lacks the part “{part_en}” ({part}): all four parts are needed."

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

    zh = "兑付阶梯第 {step} 期的月数须大于前一期，且在 1 至 600 之间。"
    en = "Step {step} of the payout ladder needs more months than the one before it, between 1 and 600."


class LadderRatioOutOfRange(BadInput):
    """A ratio of the ladder is not between 1 and 10,000 basis points."""

    zh = "兑付阶梯第 {step} 期的比例须为 1 至 10000 之间的整数（万分之一）。"
    en = "The ratio of step {step} of the payout ladder is a whole number of basis points from 1 to 10000."


class LadderAboveWhole(BadInput):
    """The ladder pays more than was admitted."""

    zh = "兑付阶梯合计为 {total_bps}（万分之一），不能超过 10000。"
    en = "The payout ladder adds up to {total_bps} basis points; 10000 is the most."


class LadderEmpty(BadInput):
    """The plan says nothing about payouts."""

    zh = "请填写兑付阶梯，1 至 60 期。"
    en = "The plan needs a payout ladder of 1 to 60 steps."


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


class PlanNotInStage(Conflict):
    """The act does not fit the plan's stage."""

    zh = "方案目前为“{status}”，不能进行此项操作。"
    en = "The plan is “{status}” at present; this cannot be done now."


class PlanSignatureWrong(BadInput):
    """The submission is not signed by the case's institution over this plan and the next plan number."""

    zh = "签名与本方案或机构登记的钥匙不符。请刷新页面，用机构的钥匙重新签名。"
    en = "The signature does not fit this plan or the institution's key. Please reload the page and sign again with the institution's key."


class AnotherPlanWaiting(Conflict):
    """A plan of the case waits for the officials already."""

    zh = "本案件已有第 {version} 版方案正在等待专项工作组处理，请等待其退回或准予表决后再提交。"
    en = "Version {version} of the plan is waiting for the officials; please wait until it is returned or admitted."


class VersionTaken(Conflict):
    """Two plans were drafted at the same moment."""

    zh = "同一时刻有另一份方案正在保存，请再提交一次。"
    en = "Another plan was being saved at the same moment; please send it once more."


class ReasonsMissing(BadInput):
    """A plan is returned with reasons or not at all."""

    zh = "请写明退回的理由，1 至 {limit} 个字。"
    en = "Please give the reasons for returning the plan, 1 to {limit} characters."


class AdmissionUnderway(Conflict):
    """Officials are signing the plan's admission."""

    zh = "准予表决的文件正在签署；请先撤回那份文件，再退回方案。"
    en = "The plan's admission is being signed; withdraw that act first, then return the plan."


class PlanNotPublic(NotAllowed):
    """Only the case's own people see a plan before it is admitted."""

    zh = "方案尚未准予表决，目前只有机构和专项工作组可以查看。"
    en = "The plan is not admitted to the vote yet; only the institution and the officials may see it."
