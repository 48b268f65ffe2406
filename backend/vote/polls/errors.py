"""Rules that an announcement of a poll can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotFound, Unavailable


class PollUnknown(NotFound):
    """No poll has this id."""

    zh = "没有找到这次表决。"
    en = "There is no such vote."


class RuleUnknown(BadInput):
    """No preset has this name."""

    zh = "没有名为“{name}”的计票规则；可选：{known}。"
    en = "There is no counting rule “{name}”; choose one of: {known}."


class ConditionOutOfRange(BadInput):
    """A fraction of the rule is not above 0 and at most 1, or there are too many."""

    zh = "计票规则第 {condition} 项超出范围：比例须大于 0、不超过 1，分母不超过 1,000,000，条件 1 至 8 项。"
    en = "Condition {condition} of the rule is out of range: fractions above 0, at most 1, denominators up to 1,000,000; 1 to 8 conditions."


class ConditionUnreachable(BadInput):
    """More than the whole is asked for: no vote can pass."""

    zh = "计票规则第 {condition} 项无法达到：要求超过全部。"
    en = "Condition {condition} of the counting rule can never be met: it asks for more than the whole."


class PollOpensTooEarly(BadInput):
    """Less notice than lenders are promised."""

    zh = "表决最早可在 {earliest_zh} 开始：公告须提前至少 {notice_hours} 小时。"
    en = "Voting can open on {earliest_en} at the earliest: announce it at least {notice_hours} hours before."


class PollWindowWrong(BadInput):
    """The close is not after the opening, or leaves no time to vote."""

    zh = "截止时间须晚于开始时间，且至少留出 {least_minutes} 分钟。"
    en = "The close must be at least {least_minutes} minutes after the opening."


class PollTooFarAway(BadInput):
    """A time so far away that it is a slip of the pen."""

    zh = "“{field}”超出范围：最长 {limit_days} 天。"
    en = "“{field}” is out of range: {limit_days} days at most."


class ChallengePeriodMissing(BadInput):
    """No time for lenders to look whether their ballots were recorded."""

    zh = "异议期至少 1 秒。请留出足够时间让出借人核对自己的投票。"
    en = "The objection period is at least 1 second. Leave lenders enough time to check their votes."


class ChallengePeriodTooShort(BadInput):
    """Less time than anybody needs to recount and to object, in a poll that is no rehearsal."""

    zh = "异议期至少 {least_days} 天。只有演练案件的表决可以更短。"
    en = "The objection period is at least {least_days} days. Only votes of a rehearsal may have a shorter one."


class VerifierCountOutOfRange(BadInput):
    """No verifier, or more than eight."""

    zh = "身份核验机构应为 1 至 8 个，现为 {count} 个。"
    en = "A vote has 1 to 8 identity verifiers; there are {count}."


class VerifierNotUsable(BadInput):
    """A verifier's address is empty or named twice."""

    zh = "身份核验机构地址 {verifier} 不能使用：不得为空，也不得重复。"
    en = "The identity verifier {verifier} cannot be used: the address is empty or entered twice."


class RoleHeldTwice(BadInput):
    """One key would have two of the roles that protocol §6 keeps apart."""

    zh = "地址 {key} 担任了两个角色：身份核验机构、回执签名方、专项工作组成员和平台机构须各用自己的密钥。请修改后重新公告。"
    en = (
        "The address {key} has two roles. Identity verifiers, receipt signer, officials and institution each need a key of their own. "
        "Change this and announce again."
    )


class NoRegisterFrozen(Conflict):
    """There is no frozen register to vote with."""

    zh = "债权登记表尚未冻结，不能公告表决。请先完成登记表冻结。"
    en = "The register is not frozen yet; freeze it before you announce a vote."


class PlanNotAdmitted(Conflict):
    """Only an admitted plan of this case can be voted on."""

    zh = "这份方案尚未准予表决，或不属于本案件。"
    en = "This plan is not admitted to the vote, or belongs to another case."


class PollUnderway(Conflict):
    """The plan is being voted on already."""

    zh = "这份方案已有一次表决尚未作出决定，不能再次公告。"
    en = "A vote on this plan is not decided yet, so another cannot be announced."


class PlanApprovedAlready(Conflict):
    """A poll on this plan was approved; asking the lenders once more could only undo it."""

    zh = "这份方案已经第 {number} 号表决通过并获批准，不能再次公告表决。如需变更，请由平台机构提交新的方案。"
    en = "This plan passed in vote {number} and was approved, so no other vote on it can be announced. Changes need a new plan."


class PollElsewhere(Unavailable):
    """The case's contract names another address for the poll than the one where a poll of that number has to stand."""

    zh = "第 {number} 号表决的合约不在应在的地址，节点的回答不可信。没有保存任何内容，请联系管理员核对节点。"
    en = "The contract of vote {number} is not at the expected address, so the node cannot be trusted. Nothing was saved; check the nodes."


class PollTellsOtherwise(Unavailable):
    """A node shows times, lenders or a plan of the poll that are not those which the officials signed."""

    zh = "节点给出的第 {number} 号表决内容与工作组签署的公告或登记表不一致，节点的回答不可信。没有保存任何内容，请联系管理员核对节点。"
    en = (
        "The node shows vote {number} otherwise than the officials signed it, so the node cannot be trusted. Nothing was saved; "
        "check the nodes."
    )


class RelayNotReceiptSigner(Unavailable):
    """This installation's key is not the one that the poll names for receipts and tickets, so what it signed would bind nobody."""

    zh = "系统暂时不能为这次表决收票和开具回执。请稍后再试，或拨打服务热线。之前已有回执的票不受影响。"
    en = "This vote cannot accept votes or give receipts now. Try again later or call the help line. Votes with a receipt stand."


class NumberTaken(Conflict):
    """Another poll was announced under the number that was signed."""

    zh = "第 {number} 号表决已按另一份公告登记。请撤回这项待签事项，重新拟定公告。"
    en = "Another announcement became vote {number}. Withdraw this item and draw up the announcement again."


class MotionsNeedSeal(BadInput):
    """Several motions under one signature are voted on in sealed polls only."""

    zh = "这份方案有 {motions} 项表决事项，须以密封表决进行。请选择已完成的密钥仪式后公告密封表决。"
    en = "This plan has {motions} motions, which need a sealed vote. Choose a complete key ceremony and announce a sealed vote."


class AbandonmentTimeOutOfRange(BadInput):
    """Later or earlier than the contract allows a poll to be given up."""

    zh = "截止后多久可以放弃本次表决须为 30 天；演练案件可为 1 秒至 30 天。请修改后重新公告。"
    en = "A vote may be given up 30 days after its close; in a rehearsal 1 second to 30 days. Change this and announce again."


class KeyNotAnnounced(Conflict):
    """The poll's contract has another seal key than this service."""

    zh = "第 {number} 号表决的合约上不是本系统保存的密封密钥。请不要使用这个密钥，并立即告知密钥保管人和专项工作组。"
    en = (
        "The contract of vote {number} has another seal key than this service. Do not use the key; tell trustees and working group at once."
    )


class PollNotSealed(Conflict):
    """What is asked for belongs to sealed polls."""

    zh = "第 {number} 号表决是公开选择的表决，没有密钥和密封票箱。请按通常程序计票。"
    en = "Vote {number} is an open one, without a key or a box. Count it as usual."


class PollNotOverdue(Conflict):
    """A sealed poll is given up only when its time to be tallied is over."""

    zh = "现在还不能放弃这次表决，最早为 {overdue_zh}。请继续联系未公布份额的保管人：{missing}。"
    en = "This vote cannot be abandoned before {overdue_en}. Go on asking the trustees who have not opened: {missing}."


class PollTalliedAlready(Conflict):
    """A poll with a result is not given up, and one that was given up not again."""

    zh = "这次表决已有结果或已被放弃，不能再放弃。"
    en = "This vote has a result or was abandoned before, and cannot be abandoned now."


class TooManySums(BadInput):
    """More sums than the contract can open in one transaction: such a poll could never have a result."""

    zh = (
        "{motions} 项表决事项乘以 {classes} 个表决组共 {places} 组合计，超过一次写入区块链能公开的 {most} 组，表决将无法得出结果。"
        "请减少事项或表决组，或分两次表决。"
    )
    en = (
        "{motions} motions times {classes} classes are {places} groups of totals; one transaction opens {most} at most, so this vote could "
        "never have a result. Use fewer motions or classes, or two votes."
    )
