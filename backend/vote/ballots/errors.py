"""What a ballot may break, one error per rule of protocol §8.2."""

from __future__ import annotations

from backend.ground.common.clock import from_unix, say_beijing
from backend.ground.common.errors import BadInput, Conflict, NotFound, TooMany, Unavailable


class OutsideWindow(Conflict):
    """The poll takes no ballots at this time; facts that are times are seconds since 1970."""

    zh = "表决时间为 {opens_at} 至 {closes_at}。"
    en = "Voting runs from {opens_at} to {closes_at}."

    def say(self, language: str) -> str:
        """The sentence, with times as people in Beijing read them."""
        words = {
            name: say_beijing(from_unix(int(str(value))), language) if name.endswith("_at") else value for name, value in self.facts.items()
        }
        return (self.zh if language.startswith("zh") else self.en).format(**words)


class PollNotOpen(OutsideWindow):
    """The window has not begun."""

    zh = "表决尚未开始，将于 {opens_at} 开始。"
    en = "Voting has not begun; it opens on {opens_at}."


class PollClosed(OutsideWindow):
    """The window is over."""

    zh = "表决已于 {closes_at} 截止，这张票没有收下。之前已有回执的票不受影响。有疑问请拨打服务热线。"
    en = "Voting closed on {closes_at}: this vote was not accepted. Votes with a receipt stand. Questions? Call the help line."


class IntakeOver(Conflict):
    """So near the close that a receipt could not be kept; the contract itself still takes the ballot."""

    zh = "离截止不到 {cutoff_seconds} 秒，这张票没有收下。之前已有回执的票不受影响。有疑问请拨打服务热线。"
    en = "Under {cutoff_seconds} seconds were left: this vote was not accepted. Votes with a receipt stand. Questions? Call the help line."


class IndexOutOfRange(BadInput):
    """No lender has this index."""

    zh = "登记表中没有登记序号 {index}（应小于 {leaf_count}）。"
    en = "The register has no index {index}; it must be below {leaf_count}."


class ChoiceNotAllowed(BadInput):
    """The choice is none of the three."""

    zh = "没有“{choice}”这一选项。请选择同意、不同意或弃权。"
    en = "There is no choice “{choice}”. Choose for, against or abstain."


class BallotOfAnotherKind(BadInput):
    """A seal for an open poll, or a choice that all can read for a sealed one."""

    zh = "这张票的形式与本次表决（{kind}）不符：密封表决只收密封的选择，公开选择的表决只收选择。请刷新投票页面后重新投票。"
    en = "This ballot is not of the vote's kind ({kind}): a sealed vote takes sealed choices only. Reload the voting page and vote again."


class SealNotOnCurve(BadInput):
    """The seal cannot have been made from a key, so nobody could open it; taken, the ballot would be invalid."""

    zh = "这张票没有密封好，截止后谁也打不开它，因此没有收下。请刷新投票页面后重新投票。"
    en = "This ballot was not sealed rightly, so that nobody could open it, and was not taken. Reload the page and vote again."


class SequenceOutOfRange(BadInput):
    """The sequence is not between 1 and 63."""

    zh = "已投到第 63 次，不能再改票；最后一次成功提交的票有效。"
    en = "You have reached the limit of 63 votes. Your last accepted vote counts."


class SequenceNotNewer(Conflict):
    """A ballot with this or a higher sequence was taken already."""

    zh = "您已有第 {newest} 次投票，这次是第 {sequence} 次，没有收下。之前已有回执的票不受影响。请刷新页面后重试。"
    en = (
        "You already have vote number {newest}; this one is number {sequence} and was not accepted. "
        "Votes with a receipt stand. Reload the page and try again."
    )


class CredentialExpired(Conflict):
    """The credential runs out before the ballot could be recorded."""

    zh = "身份核验已过期或即将过期，这张票没有收下。请重新核验身份后再投票。之前已有回执的票不受影响。"
    en = (
        "Your identity check has expired or is about to; this vote was not accepted. Confirm your identity again, then vote. "
        "Votes with a receipt stand."
    )


class CredentialNotByVerifier(BadInput):
    """No verifier of this poll signed the credential for this index and key."""

    zh = "核验凭证不是本次表决的核验机构为您签发的，这张票没有收下。请重新核验身份后再投票，或拨打服务热线。"
    en = (
        "The credential was not issued to you by an identity verifier of this vote, so this vote was not accepted. "
        "Confirm your identity again, or call the help line."
    )


class BallotNotSignedByKey(BadInput):
    """The signature is not the ballot key's over this choice, sequence, plan, poll and chain."""

    zh = "这张票的签名不符，没有收下。请刷新页面后重新投票，或拨打服务热线。"
    en = "The signature of this vote is wrong, so it was not accepted. Reload the page and vote again, or call the help line."


class BooksNotClosedYet(Unavailable):
    """The relay's closing note is not on the chain yet; the sums wait for it, so that no receipt can be added or denied afterwards."""

    zh = "回执清单正在区块链上封存，通常需要几秒到一分钟。请稍后再试。"
    en = "The list of receipts is being sealed on the blockchain. This usually takes a few seconds to a minute. Try again."


class ClosingNoteMissing(Conflict):
    """The relay whose key the poll names for receipts is not this one, so this one cannot close its books."""

    zh = (
        "本次表决的回执由另一把密钥签发，该密钥没有在区块链上封存回执清单。请先恢复该密钥；"
        "确实无法恢复的，可以不等封存而计票，重新计票工具会指出这一点。"
    )
    en = (
        "Another key signs this vote's receipts, and it has not sealed their list on the blockchain. Restore that key first. If it is "
        "lost for good, you can count without sealing; every recount will report that."
    )


class ReceiptUnknown(NotFound):
    """No receipt has this number."""

    zh = "没有编号为 {number} 的回执，请核对后重新输入。"
    en = "There is no receipt with the number {number}. Check it and enter it again."


class IntakeBusy(TooMany):
    """More ballots arrive than can be taken in this moment; nothing of this one was kept."""

    zh = "此刻提交的人很多，这张票还没有收下。请在{wait}后重试。"
    en = "Many people are voting right now; this vote was not accepted yet. Try again in {wait}."
