"""Rules that an appointment of trustees or a paper of a ceremony can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotFound


class CeremonyUnknown(NotFound):
    """No ceremony has this id."""

    zh = "没有找到这次密钥仪式。请核对链接，或联系专项工作组。"
    en = "There is no such key ceremony. Check the link, or ask the working group."


class SeatUnknown(NotFound):
    """The ceremony has no seat of this number."""

    zh = "本次密钥仪式没有第 {seat} 号席位（共 {seats} 席，从 0 起）。请核对链接。"
    en = "This key ceremony has no seat {seat}; there are {seats}, from 0. Check the link."


class CaseWithoutSeals(Conflict):
    """The case's contract was made before there were sealed polls."""

    zh = "本案件的合约按较早的版本建立，不支持密封表决。请为新的案件使用密封表决，或公告公开选择的表决。"
    en = "This case's contract is of an earlier release, without sealed votes. Use a new case, or announce an open vote."


class TrusteesMissing(Conflict):
    """Nobody serves as a trustee of the case."""

    zh = "本案件目前没有在任的密钥保管人。请先由专项工作组任命，任命生效后再开始。"
    en = "No trustees are serving in this case. The officials should appoint them first, and begin when they serve."


class TrusteeCountOutOfRange(BadInput):
    """Fewer than 2 or more than 32 trustees."""

    zh = "密钥保管人应为 2 至 32 名，现为 {count} 名。请修改名单。"
    en = "There are 2 to 32 trustees; you named {count}. Change the list."


class TrusteeNamedTwice(BadInput):
    """One signer holds two seats."""

    zh = "第 {seat} 号席位的签名密钥与前面的席位相同。一人一席，请修改名单。"
    en = "Seat {seat} has the signing key of an earlier seat. One person, one seat: change the list."


class TrusteeSignerNotUsable(BadInput):
    """A signer that the contracts take from nobody."""

    zh = "第 {seat} 号席位的签名密钥不能使用：须为 20 字节的地址或登记的通行密钥。请核对后重新填写。"
    en = "The signing key of seat {seat} cannot be used: it must be a 20-byte address or a registered passkey. Check it and enter it again."


class AppointmentTaken(Conflict):
    """Other trustees were appointed under the number that was signed."""

    zh = "第 {number} 次任命已按另一份名单登记。请撤回这项待签事项，重新拟定名单。"
    en = "Other trustees were appointed under number {number}. Withdraw this item and draw up the list again."


class SeatNamesMissing(BadInput):
    """Not one name for each seat."""

    zh = "请为每个席位填写一个名称：共 {seats} 席，现有 {names} 个名称。"
    en = "Name every seat: there are {seats} seats and {names} names."


class ThresholdOutOfRange(BadInput):
    """Fewer than two seats, or more than there are, would open."""

    zh = "解封所需人数须为 2 至 {seats}，现为 {threshold}。建议 6 席中 3 席。"
    en = "The number needed to open must be 2 to {seats}; it is {threshold}. 3 of 6 is recommended."


class CeremonyUnderway(Conflict):
    """Another ceremony of the case is not finished."""

    zh = "本案件已有一次密钥仪式正在进行。请等它完成，或注明原因将其终止后再开始新的。"
    en = "A key ceremony of this case is under way. Wait for it, or end it with a reason before you begin another."


class StepNotNow(Conflict):
    """The ceremony does not wait for this paper."""

    zh = "密钥仪式目前处于“{status}”阶段，不接收这一步的文件。请刷新页面，按页面提示办理当前这一步。"
    en = "The key ceremony is at “{status}” and does not take this paper. Reload the page and do the step that it shows."


class PaperDiffers(Conflict):
    """The seat handed in another paper for this step before."""

    zh = "第 {seat} 号席位这一步已交过另一份文件，不能更换。若文件不是您交的或保管文件已丢失，请联系专项工作组终止本次仪式。"
    en = (
        "Seat {seat} handed in another paper for this step, and it cannot be replaced. If that was not you, or the key file is lost, ask "
        "the working group to end this ceremony."
    )


class SeatsStillMissing(Conflict):
    """The roll is closed once every seat has joined."""

    zh = "还有席位没有加入：{names}。请等待其加入，或注明原因终止本次仪式。"
    en = "These seats have not joined yet: {names}. Wait for them, or end this ceremony with a reason."


class EntryNotAPoint(BadInput):
    """The transport key is no point of the curve, or the key is zero."""

    zh = "加入文件中的密钥不是本系统能用的密钥。请用保管文件重新生成后再提交。"
    en = "A key in the joining paper is not one that can be used. Make the paper again from the key file."


class EntryKeyTaken(BadInput):
    """Two seats would have the same key."""

    zh = "第 {seat} 号席位已使用相同的密钥。每个席位须有自己的保管文件，请新建保管文件后重新加入。"
    en = "Seat {seat} has the same key. Every seat needs a key file of its own: make a new one and join again."


class EntryNotSigned(BadInput):
    """The seat's identity did not sign this entry."""

    zh = "加入文件没有由第 {seat} 号席位登记的身份密钥签名。请用任命时登记的密钥签名后重新提交。"
    en = "The joining paper is not signed by the identity of seat {seat}. Sign with the key named at the appointment, and send it again."


class DealingMalformed(BadInput):
    """Not t points and n words, or a point that is none."""

    zh = "分发文件不完整：应有 {threshold} 个承诺点和 {seats} 份密文。请用保管文件重新生成后再提交。"
    en = "The dealing is not whole: it has {threshold} points and {seats} encrypted shares. Make it again from the key file."


class DealingNotSigned(BadInput):
    """Signature or proof of possession is not the seat's."""

    zh = "分发文件的签名与第 {seat} 号席位不符，或由另一份席位名单生成。请刷新页面，用同一保管文件重新生成。"
    en = "The dealing is not signed by seat {seat}, or was made under another roll. Reload, and make it again with the same key file."


class ConfirmationNotByShare(BadInput):
    """The share key did not sign this seal key."""

    zh = "第 {seat} 号席位的份额签名与本次密钥不符。请核对十二个词，用同一保管文件重新确认；若仍不符，请联系专项工作组。"
    en = "The share's signature of seat {seat} is not over this key. Compare the twelve words and confirm again, or ask the working group."


class ConfirmationNotByIdentity(BadInput):
    """The seat's identity did not sign this seal key."""

    zh = "确认文件没有由第 {seat} 号席位登记的身份密钥签名。请用任命时登记的密钥签名后重新提交。"
    en = "The confirmation is not signed by the identity of seat {seat}. Sign with the key named at the appointment, and send it again."


class ComplaintDoesNotHold(BadInput):
    """The share fits, or the secret is not the receiver's."""

    zh = "这份异议不成立：所给密钥不是第 {receiver} 号席位的，或第 {dealer} 号席位发来的份额是正确的。请重新核对后再决定。"
    en = "This objection does not hold: the key is not that of seat {receiver}, or the share from seat {dealer} fits. Check once more."


class CeremonyOver(Conflict):
    """It was used or ended before."""

    zh = "这次密钥仪式已经结束（{status}），不能再更改。如有需要，请开始新的仪式。"
    en = "This key ceremony is over ({status}) and cannot be changed. Begin another if one is needed."


class CeremonyNotComplete(Conflict):
    """Not every seat has confirmed the key."""

    zh = "密钥仪式尚未完成（{status}），不能用它公告表决。请等待各席位确认：{names}。"
    en = "The key ceremony is not complete ({status}), so no vote can be announced with it. Wait for these seats: {names}."


class RollNotClosed(Conflict):
    """Seats are still joining."""

    zh = "席位名单尚未定稿。请等全部席位加入、专项工作组定稿名单之后再来。"
    en = "The list of seats is not closed yet. Come back when every seat has joined and the officials have closed it."


class TranscriptNotThere(Conflict):
    """Not every seat has dealt, so there is no transcript."""

    zh = "密钥仪式的记录在全部席位分发份额之后才有。请稍后再来。"
    en = "There is no record of the ceremony until every seat has dealt. Come back later."


class TrusteesChanged(Conflict):
    """Others serve by now than those who made the key."""

    zh = "在任的密钥保管人与本次仪式的席位不一致。请由现任保管人进行新的密钥仪式。"
    en = "Other trustees are serving than those of this ceremony. Hold another ceremony with those who serve now."
