"""Rules that opening a case or signing an act can break."""

from __future__ import annotations

from backend.case.cases.status import ActStatus
from backend.ground.common.errors import BadInput, Conflict, NotAllowed, NotFound, Unavailable


class CaseUnknown(NotFound):
    """No case has this id."""

    zh = "没有找到这个案件。"
    en = "There is no such case."


class CaseNotAsStored(Conflict):
    """The chain has other people, another threshold or another mark than the database."""

    zh = "案件“{name}”与区块链不一致：区块链上的案件指纹为 {found}，数据库中为 {stored}。请停止使用，核对所连接的链和数据库。"
    en = (
        "The case “{name}” is not what the chain has: its fingerprint is {found} there and {stored} in the database. Stop using it, and "
        "check which chain and which database are connected."
    )


class CaseOpenedAlready(Conflict):
    """The same case was opened before."""

    zh = "这个案件已经登记过。"
    en = "This case is already open."


class CaseNameMissing(BadInput):
    """A name of the case, the institution or an official is blank or too long."""

    zh = "请填写“{field}”，1 至 {limit} 个字。"
    en = "Please fill in “{field}”, 1 to {limit} characters."


class OfficialCountOutOfRange(BadInput):
    """Fewer than 1 or more than 32 officials."""

    zh = "专项工作组成员应为 1 至 32 人，现为 {count} 人。"
    en = "A case has 1 to 32 officials; there are {count}."


class OfficialsTooManyForCreation(BadInput):
    """More signers than the creation of a case has room for."""

    zh = "成员过多，一次创建合约放不下：普通密钥最多 22 个，通行密钥最多 13 个。请减少成员。"
    en = "The creation of a case has no room for so many: 22 plain keys or 13 passkeys at most. Name fewer officials."


class OfficialTwice(BadInput):
    """Two officials share a signer or an account."""

    zh = "成员“{name}”的签名密钥或账户与另一名成员重复。"
    en = "The official “{name}” has the same signing key or account as another."


class ThresholdNotMajority(BadInput):
    """The threshold is not a majority of the officials."""

    zh = "规定人数须超过成员的一半且不多于全体：{officials} 人中可为 {least} 至 {officials}，现为 {threshold}。"
    en = "The required number must be more than half and at most all: {least} to {officials} of {officials}; it is {threshold}."


class ThresholdNotReachable(BadInput):
    """Fewer officials have an account than have to sign."""

    zh = "需要 {threshold} 人签名，但只有 {with_account} 名成员有账户，无法达到。请先为成员建立账户。"
    en = "{threshold} officials must sign, but only {with_account} have an account. Create their accounts first."


class CreditCodeWrong(BadInput):
    """The institution's unified social credit code is not one."""

    zh = "机构的统一社会信用代码不正确：应为 18 位数字或大写字母，且末位校验码相符，请按营业执照核对。"
    en = "The institution's unified social credit code is wrong: 18 digits or capitals, the last of which checks the others."


class SignerCannotSign(BadInput):
    """The signer is the empty address, or one of the chain's own: no key belongs to it."""

    zh = "“{name}”的签名地址不可用：没有人持有它的密钥。请填写本人密钥的地址。"
    en = "The signing address of “{name}” cannot be used: nobody has its key. Enter the address of their own key."


class InstitutionIsOfficial(BadInput):
    """The institution's key is also an official's: nobody decides on an own plan."""

    zh = "平台机构的签名密钥不能同时是专项工作组成员的密钥：提出方案的人不能审批自己的方案。"
    en = "The institution's signing key must not be an official's: nobody may decide on their own plan."


class SignerNotUsable(BadInput):
    """A signer is neither a plain key's address nor a passkey."""

    zh = "“{name}”的签名者不能使用：应为 20 字节的地址，或在本系统登记的通行密钥。"
    en = "The signer of “{name}” cannot be used: it must be a 20-byte address, or a passkey registered with this system."


class RelayIsMember(BadInput):
    """A member signs with the relay's own key: nobody checks their own work."""

    zh = "“{name}”的签名地址与本系统收票服务的地址相同。收票服务不能同时是专项工作组成员或平台机构，请更换密钥。"
    en = (
        "The signing address of “{name}” is this system's relay. The relay can be neither an official nor the institution; use another key."
    )


class NotOfficialOfCase(NotAllowed):
    """The visitor is no official of this case."""

    zh = "您不是本案件的专项工作组成员。"
    en = "You are not an official of this case."


class OfficialSucceeded(NotAllowed):
    """The visitor was an official of the case, and others are in office now."""

    zh = "您已不在任：本案件的专项工作组成员已由接任者接替。您仍可办理在任时已公告的表决，其他事项由现任成员办理。"
    en = (
        "You are no longer in office: others succeeded you as officials of this case. Polls that were announced in your time stay yours; "
        "everything else is done by those in office now."
    )


class NotOfficialOfPoll(NotAllowed):
    """The poll was announced by others than those with whom the visitor is in office."""

    zh = "这次表决由公告时在任的成员办理到底；接任者不能代为办理。"
    en = "This poll is carried to its end by those who announced it; whoever came into office later has no say in it."


class InstitutionSucceeded(NotAllowed):
    """The visitor was the case's institution, and another one is now."""

    zh = "本案件的平台机构已由接任者接替。您提交过的内容仍可查看，新的事项由现任机构办理。"
    en = "Another institution has succeeded you in this case. What you handed in can still be read; everything new is done by it."


class ActSucceeded(Conflict):
    """Those who were to sign went out of office before the act was carried out."""

    zh = "签署期间成员已由接任者接替，这一项不能再办理。请由现任成员重新提出。"
    en = "The officials who were to sign this were succeeded meanwhile. Those in office now have to propose it anew."


class NotInstitutionOfCase(NotAllowed):
    """The visitor is not this case's institution."""

    zh = "这一项由本案件的平台机构办理。"
    en = "Only the institution of this case can do this."


class NotPartOfCase(NotAllowed):
    """The visitor has nothing to do with this case."""

    zh = "您的账户不属于本案件。"
    en = "Your account does not belong to this case."


class SignerNotOfficial(NotAllowed):
    """The signer is none of the case's officials."""

    zh = "这把密钥不属于本案件的任何成员。请选用登记案件时所用的密钥。"
    en = "This key belongs to no official of this case. Use the one registered when the case was opened."


class SignerNotOwn(NotAllowed):
    """The signer belongs to another official."""

    zh = "这把密钥登记在另一名成员名下。每位成员只能用自己的密钥签名。"
    en = "This key is registered to another official. Everybody must sign with their own key."


class SignatureWrong(BadInput):
    """The signature is not by this signer over this act."""

    zh = "签名与这项待签事项或所选密钥不符。请刷新页面，用自己的密钥重新签名。"
    en = "The signature does not match this item or this key. Reload the page and sign again with your own key."


class NotChecked(BadInput):
    """A register is signed with the check code of the official's own tool, or with a written reason."""

    zh = "冻结登记表前，请运行核对工具并输入核对码；确实无法运行的，请写明理由（至少 {least} 个字）。"
    en = (
        "Before a register is frozen, run the check tool and enter its check code. "
        "If you cannot run it, give the reason, in at least {least} characters."
    )


class CheckCodeWrong(BadInput):
    """The check code is not that of the act: what the tool worked out is not what there is to sign."""

    zh = "核对码与待签内容不符：工具算出的登记表与待签的不是同一份。请不要签名，并告知管理员。"
    en = "The check code does not match: the tool computed a different register. Do not sign; tell the administrator."


class ReasonNotPlain(BadInput):
    """A reason with characters that no page or log can show."""

    zh = "理由中含有控制字符，请删除后重试。"
    en = "The reason has control characters. Remove them and try again."


class ActUnknown(NotFound):
    """No act has this id."""

    zh = "没有找到这项待签事项。"
    en = "There is no such item to sign."


class ActSignedAlready(Conflict):
    """This official signed this act before."""

    zh = "您已经签过这一项，不需要再签。"
    en = "You have already signed this item; there is nothing more to do."


ACT_WORDS = {
    ActStatus.OPEN: ("待签", "to be signed"),
    ActStatus.SENT: ("正在写入区块链", "being recorded on the blockchain"),
    ActStatus.DONE: ("已完成", "done"),
    ActStatus.FAILED: ("没有写入区块链", "not recorded on the blockchain"),
    ActStatus.WITHDRAWN: ("已撤回", "withdrawn"),
}


class ActNotOpen(Conflict):
    """The act takes no signatures any more, or cannot be done again."""

    zh = "这一项目前为“{status_zh}”，不能这样办理。请刷新页面。"
    en = "This item is “{status_en}”, so this cannot be done now. Reload the page."

    def said(self, language: str) -> dict[str, object]:
        """The status in words, as a person reads it."""
        zh, en = ACT_WORDS[ActStatus(str(self.facts["status"]))]
        return {**self.facts, "status_zh": zh, "status_en": en}


class AnotherActOpen(Conflict):
    """Another act of the same kind and number is waiting for signatures."""

    zh = "已有一项同类待签事项（编号 {act_id}）。请先完成或撤回那一项。"
    en = "Another item of this kind is waiting for signatures ({act_id}). Complete or withdraw that one first."


class ActNotWithdrawable(Conflict):
    """The act was signed by enough officials and went out."""

    zh = "这一项已由规定人数的成员签署并发往区块链，不能撤回。"
    en = "The required number of officials have signed this item and it was sent to the blockchain; it cannot be withdrawn."


class ActUnsent(Unavailable):
    """A signed act could not be sent; nothing of it is under way."""

    zh = "已签署，但尚未发出：{reason_zh}。系统会自动重新办理，无需重新签名；发出之前仍可撤回。"
    en = (
        "This is signed and was not sent yet: {reason_en}. The service tries again by itself and nothing has to be signed again; "
        "until it is sent it can be withdrawn."
    )


class SignerMissing(BadInput):
    """Neither a signer nor an account with a passkey was given."""

    zh = "没有“{name}”的签名地址，其账户也没有登记通行密钥。请先登记，或填写签名地址。"
    en = "There is no signing address for “{name}”, and the account has no passkey. Register one first, or enter a signing address."


class MeasureUnknown(BadInput):
    """The measure is none of those in the lists."""

    zh = "请选择处置措施：转型、清退或立案查处。"
    en = "Choose the measure: transformation, wind-down or criminal case."


class ResponsibleMissing(BadInput):
    """Nobody is named as responsible, or the name is too long."""

    zh = "请填写责任主体，最多 {limit} 个字。"
    en = "Enter the responsible party, in at most {limit} characters."
