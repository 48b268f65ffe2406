"""What a step of the escrow refuses (protocol §23). Seats are counted from 0."""

from __future__ import annotations

from verifier.trustee.refusal import Refused


class EscrowContextWrong(Refused):
    """c does not follow from what is shown."""

    zh = "托管文件的编号与登记表、门限或传输密钥对不上；请不要签名，并告知工作组。"
    en = "The escrow's context does not follow from register, threshold and transport keys; sign nothing, and tell the working group."


class EscrowNotSigned(Refused):
    """Fewer than k officials."""

    zh = "只有 {found} 名工作组人员签名，需要 {needed} 名；请等他们签完。"
    en = "{found} officials have signed of {needed} needed; wait for the others."


class OwnTransportChanged(Refused):
    """Another transport key at the own seat."""

    zh = "托管文件里第 {seat} 席的传输密钥不是您的；请不要签名，并告知工作组。"
    en = "Seat {seat} of the escrow has another transport key than your file; sign nothing, and tell the working group."


class EscrowFileOfAnother(Refused):
    """The key file is for another register, case or chain."""

    zh = "保管文件 {file} 是另一份登记表的；请选用这份登记表的文件。"
    en = "The key file {file} is for another register; choose the one for this register."


class BoxNotYours(Refused):
    """It does not open with the own key."""

    zh = "第 {seat} 席的密封份额打不开（不是给您的，或被改过）；请向工作组重新取得。"
    en = "The box of seat {seat} does not open (it is not yours, or was changed); get it again from the working group."


class EscrowShareWrong(Refused):
    """A share that is not on the polynomial."""

    zh = "第 {seat} 席的份额不符合承诺；请不要使用，并向该席或工作组重新取得。"
    en = "The share of seat {seat} does not fit the commitments; do not use it, and get it again from that seat or the working group."


class FileDigestWrong(Refused):
    """Another file than was signed."""

    zh = "托管数据 {file} 与签名的数字指纹不符；请换用另一机构保存的副本。"
    en = "The escrow file {file} has another hash than was signed; take the copy of another organisation."


class OrderNotSigned(Refused):
    """Fewer than k officials ordered it."""

    zh = "开启令只有 {found} 名工作组人员签名，需要 {needed} 名；请不要交出份额。"
    en = "The order is signed by {found} officials of {needed} needed; hand nothing over."


class OrderOfAnother(Refused):
    """For another register."""

    zh = "开启令是另一份登记表的；请核对登记表的编号。"
    en = "The order is for another register; check the register's number."


class HandingNotOpened(Refused):
    """Not sealed to the recipient's key under this order."""

    zh = "第 {seat} 席交来的份额打不开（给了别人，或是另一份开启令的）；请该席重新交出。"
    en = "What seat {seat} handed in does not open (for another recipient or order); ask that seat to hand it in again."


class TooFewHandings(Refused):
    """Fewer than t."""

    zh = "只有 {found} 席的份额，需要 {needed} 席；请等其他席（未到：第 {missing} 席）。"
    en = "There are shares of {found} seats of {needed} needed; wait for others (missing: seats {missing})."


class EscrowKeyWrong(Refused):
    """z*G is not A_0."""

    zh = "各席份额都对，但合成的密钥不符合承诺；请告知审计人。"
    en = "Each share is right, and together they are not the committed key; tell the auditor."


class EscrowUnreadable(Refused):
    """Not a file of openings, or cut, or with other leaves."""

    zh = "托管数据 {file} 读不出来（{what}）；请换用另一机构保存的副本。"
    en = "The escrow file {file} cannot be read ({what}); take the copy of another organisation."


class OpeningsDiffer(Refused):
    """What was opened is not the register."""

    zh = "打开的明细与登记表不符（{what}）；请不要使用这些数字，并告知工作组和审计人。"
    en = "The openings are not those of the register ({what}); do not use these figures, and tell the working group and the auditor."


class DrillNotPassed(Refused):
    """No share, another file, or another challenge."""

    zh = "第 {seat} 席的演练签名不对：份额、数据副本或题目不同；请该席核对后重做。"
    en = "Seat {seat} did not pass the drill: another share, copy or challenge; ask that seat to check and repeat it."


class ResharingWrong(Refused):
    """A giver's part is forged or fits not."""

    zh = "第 {seat} 席的重新分发不对（{what}）；请该席重做，或换一席参加。"
    en = "What seat {seat} shared anew is wrong ({what}); ask that seat to repeat it, or take another seat in its place."


class ResharingIncomplete(Refused):
    """Not t different old seats, or a threshold that cannot be."""

    zh = "重新分发需要 {needed} 个不同的旧席位，新门限应为 2 到新席位数；请工作组更正。"
    en = "Sharing anew takes {needed} different old seats, and a new threshold from 2 to the new seats; the working group corrects it."
