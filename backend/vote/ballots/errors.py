"""What a ballot may break, one error per rule of protocol §8.2."""

from __future__ import annotations

from backend.ground.common.clock import from_unix, say_beijing
from backend.ground.common.errors import BadInput, Conflict, NotFound, TooMany, Unavailable


class OutsideWindow(Conflict):
    """The poll takes no ballots at this time; facts that are times are seconds since 1970."""

    zh = "表决时间为 {opens_at} 至 {closes_at}。"
    en = "The vote runs from {opens_at} to {closes_at}."

    def say(self, language: str) -> str:
        """The sentence, with times as people in Beijing read them."""
        words = {
            name: say_beijing(from_unix(int(str(value))), language) if name.endswith("_at") else value for name, value in self.facts.items()
        }
        return (self.zh if language.startswith("zh") else self.en).format(**words)


class PollNotOpen(OutsideWindow):
    """The window has not begun."""

    zh = "表决尚未开始，将于 {opens_at} 开始。"
    en = "The vote has not begun; it opens on {opens_at}."


class PollClosed(OutsideWindow):
    """The window is over."""

    zh = "表决已于 {closes_at} 截止，本票未被接收。"
    en = "The vote closed on {closes_at}; this ballot was not taken."


class IntakeOver(Conflict):
    """So near the close that a receipt could not be kept; the contract itself still takes the ballot."""

    zh = "距截止已不足 {cutoff_seconds} 秒，为保证每张回执都能兑现，系统不再接收；截止前仍可将选票直接提交到链上合约。"
    en = (
        "Fewer than {cutoff_seconds} seconds are left. We take no more ballots, so that every receipt can be kept; "
        "until the close the contract itself still takes a signed ballot."
    )


class IndexOutOfRange(BadInput):
    """No lender has this index."""

    zh = "登记表中没有编号 {index}（编号应小于 {leaf_count}）。"
    en = "The register has no index {index}; it must be below {leaf_count}."


class ChoiceNotAllowed(BadInput):
    """The choice is none of the three."""

    zh = "没有“{choice}”这一选项：只能是 1 同意、2 不同意、3 弃权。"
    en = "The choice {choice} is none of 1 for, 2 against, 3 abstain."


class SequenceOutOfRange(BadInput):
    """The sequence is not between 1 and 63."""

    zh = "选票序号 {sequence} 超出范围：应为 1 至 63。"
    en = "The sequence {sequence} is out of range: it runs from 1 to 63."


class SequenceNotNewer(Conflict):
    """A ballot with this or a higher sequence was taken already."""

    zh = "本人已有序号为 {newest} 的选票，改票须使用更大的序号（本次为 {sequence}）。请刷新页面后重试。"
    en = "A ballot with sequence {newest} was taken already; a change needs a higher one (this is {sequence}). Please reload the page."


class CredentialExpired(Conflict):
    """The credential runs out before the ballot could be recorded."""

    zh = "身份凭证已过期或即将过期，请重新核验身份后再投票。"
    en = "The credential has expired or is about to. Please prove your identity again, then vote."


class CredentialNotByVerifier(BadInput):
    """No verifier of this poll signed the credential for this index and key."""

    zh = "身份凭证不是本次表决的核验方为该编号和该密钥签发的。"
    en = "The credential was not signed by a verifier of this poll for this index and ballot key."


class BallotNotSignedByKey(BadInput):
    """The signature is not the ballot key's over this choice, sequence, plan, poll and chain."""

    zh = "选票签名不符：签名须由选票密钥针对本次表决、本方案及所填选择和序号作出。"
    en = "The ballot's signature does not fit: it must be the ballot key's, over this poll, plan, choice and sequence."


class BooksNotClosedYet(Unavailable):
    """The relay's closing note is not on the chain yet; the sums wait for it, so that no receipt can be added or denied afterwards."""

    zh = "回执清单正在区块链上封存，通常需要几秒到一分钟。请稍后再试；没有任何内容丢失。"
    en = "The list of receipts is being closed on the chain, which takes seconds, at most about a minute. Try again; nothing is lost."


class ClosingNoteMissing(Conflict):
    """The relay whose key the poll names for receipts is not this one, so this one cannot close its books."""

    zh = (
        "本次表决的回执由另一把密钥签发，该密钥没有在区块链上封存回执清单。请先恢复该密钥；"
        "确实无法恢复的，可以不等封存而计票，复核工具会指出这一点。"
    )
    en = (
        "Another key signs this poll's receipts, and it has not closed their list on the chain. Restore that key first. Where it is lost "
        "for good, the sums can be opened without; a recount will name that."
    )


class ReceiptUnknown(NotFound):
    """No receipt has this number."""

    zh = "没有编号为 {number} 的回执，请核对后重新输入。"
    en = "There is no receipt {number}. Please check the number."


class IntakeBusy(TooMany):
    """More ballots arrive than can be taken in this moment; nothing of this one was kept."""

    zh = "此刻提交的人很多，本票尚未接收。请在 {retry_after_seconds} 秒后重试。"
    en = "Many people are voting right now; this ballot was not taken yet. Please try again in {retry_after_seconds} seconds."
