"""What can go wrong between this house and the chain.

`TransactionReverted` carries the contract's own error: its `code` is the contract error's name, such as `Poll_Closed`,
and its sentences come from `backend.ground.chain.sentences`.
"""

from __future__ import annotations

from backend.ground.chain.sentences import SENTENCES, UNKNOWN, shown
from backend.ground.common.errors import BadInput, Conflict, LenderVoteError, NotFound, Unavailable


class TransactionReverted(Conflict):
    """The contract refused the call; `rule` is the name of its error, `facts` are the error's arguments by name.

    Bytes and addresses among the facts are 0x-text. A revert without a known error has the rule `Unknown`.
    """

    def __init__(self, rule: str, facts: dict[str, object] | None = None) -> None:
        self.rule = rule
        super().__init__(**(facts or {}))

    @property
    def code(self) -> str:
        """The contract error's name, stable for programs."""
        return self.rule

    def say(self, language: str) -> str:
        """What the rule forbids and what a person can do next."""
        sentences = SENTENCES.get(self.rule, UNKNOWN)
        try:
            return sentences[0 if language.startswith("zh") else 1].format(**shown(self.facts, language))
        except KeyError:  # a stored revert whose arguments could not be read
            return UNKNOWN[0 if language.startswith("zh") else 1]


class CreationNotFound(NotFound):
    """The block from which on a case is read does not hold its creation: the chain was replaced, or the case came from elsewhere."""

    zh = "在第 {block} 号区块中没有找到案件合约 {address} 的建立记录。请核对所连接的链。"
    en = "Block {block} holds no creation of the case {address}. Check which chain is connected."


class NodeNotAnswering(Unavailable):
    """The chain's node does not answer or does not know what it is asked."""

    zh = "区块链节点暂时没有响应（{reason}）。请稍后再试。之前已有回执的票不受影响。"
    en = "The blockchain node is not answering ({reason}). Try again later. Votes with a receipt stand."


class AnswerWithoutEnd(NodeNotAnswering):
    """A node's answer is longer than is read, or went on coming for longer than is waited: less may be asked for at once."""


class OrganisationsDisagree(NodeNotAnswering):
    """The nodes of different organisations tell different things, and no majority tells one: nobody's word is acted on."""

    zh = "各机构的区块链节点答复不一致（{reason}），在查明之前不会据此办理任何事项。请稍后再试。之前已有回执的票不受影响。"
    en = (
        "The blockchain nodes of the organisations disagree ({reason}). Nothing is done until the reason is found. "
        "Try again later. Votes with a receipt stand."
    )


class FinalityNotProved(NodeNotAnswering):
    """No node shows seals of enough of the validators named: the block is not taken as final."""

    zh = "区块 {block} 没有得到足够验证节点的签封（{sealed}/{named}），不能作为最终结果。请稍后再试。之前已有回执的票不受影响。"
    en = (
        "Block {block} is not sealed by enough of the validators named ({sealed} of {named}), so it is not taken as final. "
        "Try again later. Votes with a receipt stand."
    )

    @property
    def waits(self) -> str:
        """The same for those who watch."""
        return "block {block} is sealed by {sealed} of {named} validators".format(**self.facts)


class ValidatorsFileWrong(LenderVoteError):
    """The file of validators names nobody, or cannot be read."""

    zh = "验证节点名单 {path} 无法使用（{reason}）：请核对 LENDERVOTE_VALIDATORS。"
    en = "The file of validators {path} cannot be used ({reason}): look at LENDERVOTE_VALIDATORS."


class TooFewOrganisations(NodeNotAnswering):
    """Several organisations have nodes here and only one of them answers: its word alone makes nothing final."""

    zh = "目前只有一家机构的节点有答复（{reason}），仅凭一家的答复不能确认最终结果。请稍后再试。之前已有回执的票不受影响。"
    en = (
        "Only one organisation's blockchain node is answering ({reason}). One answer alone makes nothing final. "
        "Try again later. Votes with a receipt stand."
    )

    @property
    def waits(self) -> str:
        """The same for those who watch."""
        return f"one organisation alone answers ({self.facts['reason']})"


class ChainHalted(Unavailable):
    """No block comes, so nothing can be recorded; no receipt is given that could not be kept."""

    zh = (
        "区块链已有 {still_seconds} 秒没有产生新区块，此刻无法写入表决票，因此这张票还没有收下，也不出具回执。"
        "请保持页面打开，系统会自动重新提交；临近截止仍未成功的，请拨打服务热线。"
    )
    en = (
        "The blockchain has made no block for {still_seconds} seconds, so no vote can be recorded now: this one was not accepted, and no "
        "receipt is given. Keep this page open: it will be sent again by itself. If that has not worked near the close, call the help line."
    )


class RewrittenBelowFinality(Unavailable):
    """The chain changed a block that counted as final: nothing is confirmed any more until somebody has looked."""

    zh = "区块链在已视为最终的区块 {block} 处被改写，记录的确认已暂停，等待人工核查。请稍后再试，或拨打服务热线。"
    en = (
        "The blockchain was rewritten at block {block}, which counted as final. Confirmation has stopped until somebody has checked. "
        "Try again later or call the help line."
    )


class NoHalt(Conflict):
    """There is nothing to accept."""

    zh = "当前没有因区块链改写而暂停，无需处理。"
    en = "Nothing was halted because of a rewritten blockchain; there is nothing to accept."


class NotConfirmedInTime(Unavailable):
    """A transaction was sent, but no block has taken it up within the time waited."""

    zh = "内容已发出，但在 {seconds} 秒内尚未写入区块链。系统会继续自动发送，请稍后查看结果，不必重新提交。"
    en = "This was sent but not recorded within {seconds} seconds. The system keeps sending it: look again later, do not resubmit."


class OutcomeAwaited(Unavailable):
    """What was asked for is under way and its outcome unknown; the service carries it on by itself."""

    zh = "已提交，结果尚未确认：{reason_zh}。系统会自动继续办理并更新状态，无需重新签名或提交。"
    en = (
        "This is under way and its outcome is not known yet: {reason_en}. The service goes on with it by itself; "
        "nothing has to be signed or sent again."
    )


class CopyNotFinal(Unavailable):
    """What somebody else sent in our place stands in a block that may still be rewritten."""

    zh = "所办事项已由他人代为写入区块链，所在区块尚未最终确认。系统会继续核查，必要时自动重新发送。"
    en = "Somebody else put this on the blockchain, in a block that is not final yet. The service watches it and sends it again if needed."


class RelayUnfunded(Unavailable):
    """The relay's account cannot pay for what is to be sent."""

    zh = "系统的区块链账户 {address} 余额不足（{balance} wei，至少需要 {needed} wei），没有发送任何内容。请管理员向该账户充值后再试。"
    en = (
        "The service's blockchain account {address} cannot pay: it holds {balance} wei and needs {needed}. Nothing was sent. "
        "Ask the administrator to fund it, then try again."
    )


class KeyUsedForAnotherCall(LenderVoteError):
    """The idempotency key stands for another call already: a defect of the caller."""

    zh = "同一编号 {key} 已用于另一笔链上记录。"
    en = "The key {key} is already used for another transaction."


class SignatureNotReadable(BadInput):
    """Bytes that are no signature after protocol §5."""

    zh = "签名无法读取（{reason}）。请重新签名后再提交。"
    en = "The signature cannot be read ({reason}). Please sign again and resubmit."


class ContractsNotBuilt(Unavailable):
    """The compiled contracts are not there."""

    zh = "缺少已编译的合约 {name}。请先运行 make setup。"
    en = "The compiled contract {name} is missing. Run `make setup` first."


class AnvilNotStarted(Unavailable):
    """The embedded chain did not come up."""

    zh = "内置区块链未能启动（{reason}）。请运行 make setup，或在设置中填写 LENDERVOTE_RPC_URL。"
    en = "The embedded blockchain did not start ({reason}). Run `make setup`, or set LENDERVOTE_RPC_URL."


class NotEmbedded(LenderVoteError):
    """Only the embedded chain's clock may be moved."""

    zh = "只有内置的测试链可以调整时间；当前连接的是外部节点。"
    en = "Only the embedded test chain's clock can be moved; this is an external node."


class NoSuchEvent(LenderVoteError):
    """A confirmed transaction lacks the event that was looked for."""

    zh = "链上记录 {tx_hash} 中没有事件 {name}。"
    en = "The transaction {tx_hash} has no event {name}."


class TransactionUnknown(NotFound):
    """No transaction of the outbox has this id."""

    zh = "没有编号为 {id} 的链上记录。"
    en = "There is no transaction {id}."


_REASONS: dict[str, tuple[str, str]] = {
    "IssuerNotAnswering": ("身份核验机构暂无响应", "the identity verifier is not answering"),
    "NotConfirmedInTime": ("已发送到区块链，尚未写入", "the transaction was sent and is in no block yet"),
    "RelayUnfunded": (
        "系统在区块链上的账户余额不足，请管理员充值",
        "the service's account on the blockchain cannot pay; the administrator has to fund it",
    ),
    "NodeNotAnswering": ("区块链节点暂无响应", "the chain's node is not answering"),
    "BooksNotClosedYet": ("回执清单正在区块链上封存", "the list of receipts is being closed on the blockchain"),
    "RecordsNotReadYet": ("链上记录尚未全部读取", "the chain's records are not all read yet"),
}


def why_awaited(error: Unavailable) -> dict[str, str]:
    """In a few words, in both languages, what keeps an outcome from being known: the facts of `OutcomeAwaited`."""
    zh, en = _REASONS.get(error.code, ("所需的一个系统暂无响应", "a system that is needed is not answering"))
    return {"reason_zh": zh, "reason_en": en}
