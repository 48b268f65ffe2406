"""Rules that naming a successor can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict


class CaseWithoutSuccessions(Conflict):
    """The case's contract was built before there were successions."""

    zh = "这个案件的合约由较早的版本建立，成员和机构不能更换。"
    en = "This case's contract is of an earlier release: its officials and its institution cannot be succeeded."


class SuccessionWaits(Conflict):
    """Another succession is announced and not completed."""

    zh = "第 {number} 项接任已公告，{from_zh} 起生效。请先等它生效，或撤回后另行提出。"
    en = "Succession {number} is announced already and holds from {from_en}. Wait for it, or withdraw it and propose another."


class SuccessionNoneWaits(Conflict):
    """No succession is announced, or it was completed or withdrawn already."""

    zh = "目前没有待生效的接任公告。请刷新页面查看现任成员。"
    en = "No succession waits. Reload the page to see who is in office."


class SuccessionNotDue(Conflict):
    """The notice of the succession is not over."""

    zh = "公告期未满：第 {number} 项接任 {from_zh} 起方可生效。"
    en = "The notice is not over: succession {number} holds from {from_en}, not before."


class SuccessionCannotBeWithdrawn(Conflict):
    """The notice is over: whoever was named can be brought into office by anybody."""

    zh = "公告期已满，第 {number} 项接任不能再撤回。可提出新的接任名单。"
    en = "The notice is over, so succession {number} can no longer be withdrawn. A further succession can be proposed."


class SuccessionNoticeTooShort(BadInput):
    """Less than 7 days in a case that counts, or more than a year."""

    zh = "公告期应为 {least} 至 {most} 天。"
    en = "The notice has to be {least} to {most} days."


class SuccessionReasonMissing(BadInput):
    """Nobody is succeeded without a reason that everybody can read."""

    zh = "请写明接任的原因，{least} 至 {most} 个字；所有人都能看到。"
    en = "Give the reason for the succession, {least} to {most} characters; everybody can read it."


class SuccessionChangesNothing(BadInput):
    """The list is that of those in office."""

    zh = "名单与现任完全相同，没有可接任的内容。"
    en = "The list is that of those in office: there is nothing to succeed."


class KeyOnOtherSide(BadInput):
    """A key was official and is named as institution, or the other way round."""

    zh = "“{name}”的签名密钥在本案件中曾属于另一方：专项工作组成员与平台机构的密钥，任何时候都不能互换。请换一把密钥。"
    en = (
        "The signing key of “{name}” was on the other side of this case: no key is ever official and institution of one case. "
        "Use another key."
    )


class SuccessorPasskeyNotUsable(BadInput):
    """A passkey behind a verifying contract that the case does not take."""

    zh = "“{name}”的通行密钥由较早的版本登记，不能使用。请本人重新登记通行密钥。"
    en = "The passkey of “{name}” was registered by an earlier release and cannot be used. They have to register one anew."


class SuccessionTaken(Conflict):
    """The chain has other people under the number that was signed."""

    zh = "区块链上第 {number} 项接任是另一份名单。请核对后重新提出。"
    en = "The chain has other people under succession {number}. Compare, and propose anew."
