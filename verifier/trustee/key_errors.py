"""What dealings, confirmation and opening are refused for (protocol §22)."""

from __future__ import annotations

from verifier.trustee.refusal import Refused

# --- dealings and confirmation -------------------------------------------------------------------------------------------------------


class DealingMissing(Refused):
    """Seats have not dealt."""

    zh = "还缺第 {seats} 席的分发；请等他们完成。"
    en = "The dealings of seats {seats} are missing; wait for them."


class DealingMalformed(Refused):
    """Too few or too many commitments or shares, or no points."""

    zh = "第 {seat} 席的分发格式不对或长短不对；请该保管人重新分发，仍不对时开始新的仪式。"
    en = "The dealing of seat {seat} is malformed or has the wrong length; ask that trustee to deal again, else begin a new ceremony."


class DealingNotSigned(Refused):
    """Forged, swapped, or made under another roll."""

    zh = "第 {seat} 席的分发不是该席按这份席位表签名的（可能被伪造、调换，或席位表不同）；请打电话问该保管人，并比对席位表的数字指纹。"
    en = "The dealing of seat {seat} is not signed under this roll (forged, swapped, another roll): ring that trustee, compare rolls."


class PossessionNotProved(Refused):
    """A commitment without its secret: how the last to deal would choose the key."""

    zh = "第 {seat} 席没有证明自己知道所承诺的数；请不要继续，开始没有该席的新仪式。"
    en = "Seat {seat} did not prove that it knows what it committed to; do not go on, begin a new ceremony without it."


class OwnDealingChanged(Refused):
    """The transcript has another dealing for the own seat."""

    zh = "您自己的分发（第 {seat} 席）与您的文件算出的不同；请不要继续，并告知其他保管人。"
    en = "Your own dealing (seat {seat}) is not what your file makes; do not go on, and tell the other trustees."


class ShareDoesNotFit(Refused):
    """A share is not on its dealer's polynomial."""

    zh = "第 {dealer} 席给您的份额不符合其承诺；请用 complain 公开证明，本次仪式随即作废，之后开始新的仪式。"
    en = (
        "The share from seat {dealer} does not fit its commitments; prove it with complain, which voids this ceremony, and begin a new one."
    )


class KeyIsNothing(Refused):
    """A sum of commitments is infinity."""

    zh = "各席的承诺相加后不成为密钥（{what}）；请开始新的仪式。"
    en = "The commitments add up to no key ({what}); begin a new ceremony."


class ShareKeysAlike(Refused):
    """Two seats would hold the same share."""

    zh = "第 {seat} 席与另一席的份额公钥相同；请开始新的仪式。"
    en = "Seat {seat} has the same share key as another seat; begin a new ceremony."


class WordsDiffer(Refused):
    """The trustees see different transcripts."""

    zh = "十二个词与其他保管人的不同：各人看到的不是同一份记录；请不要签名，打电话告知所有保管人。"
    en = "The twelve words are not those of the others: you do not all see the same transcript; sign nothing, and ring every trustee."


class TranscriptIsAnother(Refused):
    """seal.json is not of the ceremony or the roll."""

    zh = "seal.json 与本次仪式或席位表不符；请重新取得。"
    en = "seal.json does not belong to this ceremony or roll; get it again."


class ComplaintIsAnother(Refused):
    """Of another ceremony, roll, seat, or with a secret that is not the receiver's."""

    zh = "投诉与这份席位表对不上，或公开的不是第 {seat} 席的传输密钥；请投诉人重做。"
    en = "The accusation does not fit this roll, or what it gives up is not the transport key of seat {seat}; its author makes it again."


class ComplaintUnfounded(Refused):
    """The share fits."""

    zh = "第 {dealer} 席给出的份额符合承诺，投诉不成立；仪式仍因传输密钥公开而作废，请开始新的仪式。"
    en = "The share from seat {dealer} fits; the accusation is unfounded, and the ceremony void all the same, as a key is out: begin anew."


# --- opening -------------------------------------------------------------------------------------------------------------------------


class PollNotClosed(Refused):
    """The final block is not later than the close."""

    zh = "表决还没有确定截止：最终区块的时间不晚于截止时间；请等到两个节点都显示之后再解封。"
    en = "The poll is not closed for certain: the final block is not later than the close; wait until two nodes show one that is."


class ShareWrong(Refused):
    """A share that is not its seat's."""

    zh = "第 {seat} 席的份额不对；请该保管人用开启文件重新给出。"
    en = "The share of seat {seat} is wrong; ask that trustee to give it again from the opening file."


class TooFewShares(Refused):
    """Fewer than t."""

    zh = "只有 {found} 份，需要 {needed} 份，还缺；请等其他保管人（未到：第 {missing} 席）。"
    en = "There are {found} shares of {needed} needed; wait for other trustees (missing: seats {missing})."


class SecretWrong(Refused):
    """The shares are right and the secret is not: they lie on no polynomial of that degree."""

    zh = "份额都对，但合不成表决密钥；请换另外几席的份额，并告知审计人。"
    en = "Each share is right, and together they are not the poll's key; try those of other seats, and tell the auditor."


class ShareKeyNotInPoll(Refused):
    """The announced poll has another key at the own seat."""

    zh = "已公告的表决里，第 {seat} 席不是您的份额公钥；请马上打电话告知其他保管人和工作组。"
    en = "The announced poll does not have your share key at seat {seat}; ring the other trustees and the working group at once."


class SealIsAnother(Refused):
    """What is opened is not the seal that was shown before."""

    zh = "所示的 k 不属于先前显示的封条；请在另一台设备上重新投票。"
    en = "The k shown is not that of the seal shown before; vote on another device."


class SealHoldsAnother(Refused):
    """The seal holds another choice, or is sealed to another key."""

    zh = "封条里不是所示的选择，或封给了另一把密钥；请换一台设备投票，并告知工作组。"
    en = "The seal does not hold the choice shown, or is sealed to another key; vote on another device and tell the working group."
