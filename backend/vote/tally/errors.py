"""Why there is no result yet."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotFound, Unavailable


class NotTalliedYet(Conflict):
    """The sums have not been opened."""

    zh = "表决尚未计票：截止后由专项工作组发起公开合计，合约校验后才有结果。"
    en = "There is no result yet: after the close an official opens the totals, and the contract checks them."


class PollStillOpen(Conflict):
    """Sums are opened after the close only."""

    zh = "表决尚未截止，不能公开合计；截止前系统不计算任何中间结果。"
    en = "Voting has not closed. The totals are opened after the close; the system adds up nothing before."


class RecordsNotReadYet(Unavailable):
    """The chain's records are not all read yet, so that nothing could be opened rightly."""

    zh = "区块链记录尚未全部读取，请稍后再试。"
    en = "The blockchain records are not all read yet. Try again later."


class NotCountedYet(Conflict):
    """Ballots of a sealed poll are in its box still."""

    zh = "密封票箱尚未计完：已有 {opened} 名保管人公布份额，需 {threshold} 名。解封后系统自动逐票计入，计完即可公开合计。"
    en = (
        "The sealed box is not counted yet: {opened} of {threshold} trustees have opened. Once it is unsealed the service counts every "
        "ballot by itself; then the totals can be opened."
    )


class PollWasAbandoned(Conflict):
    """The officials gave the poll up; it has no result."""

    zh = "这次表决已由专项工作组放弃，没有结果。请就同一方案公告新的表决。"
    en = "The officials abandoned this vote, so it has no result. Announce another vote on the same plan."


class NoSuchSeat(NotFound):
    """The poll has no trustee at this seat."""

    zh = "这次表决没有第 {seat} 号席位（共 {seats} 席，从 0 起）。请核对席位号。"
    en = "This vote has no seat {seat}; there are {seats}, from 0. Check the number of the seat."


class ShareWrong(BadInput):
    """The number is not the share of this seat's share key."""

    zh = "这份份额不是第 {seat} 号席位（{name}）的。请核对席位和保管文件后重新提交。"
    en = "This is not the share of seat {seat} ({name}). Check the seat and the key file, and hand it in again."


class SharesDoNotFit(Conflict):
    """Shares that are right each for itself do not make the secret: the ceremony was not what its trustees checked."""

    zh = "席位 {seats} 的份额各自有效，但拼不出本次表决的密钥。请立即联系技术人员核对密钥仪式记录。"
    en = "The shares of seats {seats} are right each for itself but do not make this vote's secret. Have the ceremony's record checked now."


class VoteClosedAlready(Conflict):
    """A breach is one before the close; afterwards the secret is to be known."""

    zh = "表决已经截止，密钥本应公开，不再接收泄密报告。"
    en = "Voting has closed, when the secret is to be public; no breach can be reported any more."


class BreachNotProved(BadInput):
    """The report is not signed by the secret."""

    zh = "泄密报告没有由本次表决的密钥签名，不能证明密钥已泄露。请核对后重新提交。"
    en = "The report is not signed by this vote's secret, so it proves no breach. Check it and send it again."


class ConditionWrong(BadInput):
    """Not a condition that could be proved."""

    zh = "条件写得不对：{what}。格式见协议第 9.2 节。"
    en = "This is no condition: {what}. Section 9.2 of the protocol says how one is written."


class ConditionSaidAlready(Conflict):
    """A second threshold for the same groups would narrow their total down."""

    zh = "对这几组出借人已公布过一个条件；再公布一个会让人逐步推算出合计。没有公布。"
    en = "A condition about just these groups is published: another one would narrow their total down. Nothing was published."


class TooManyConditions(Conflict):
    """As many as a poll may publish."""

    zh = "一次表决最多公布 {most} 个条件，再多会让人推算出合计。"
    en = "A poll publishes at most {most} conditions: more of them would tell totals."
