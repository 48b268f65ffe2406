"""What each error of the contracts means to a person, and what to do next: error name -> (Chinese, English).

The names in braces are the error's own arguments; `shown` makes them readable.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend.ground.chain import sealed_sentences, succession_sentences
from backend.ground.common.clock import from_unix, say_beijing
from backend.ground.common.money import say_yuan

#: For a revert without an error of our contracts.
UNKNOWN = (
    "合约没有接受这次操作，原因不明。没有任何内容被改变；请联系技术人员，并说明操作时间。",
    "The contract refused this for an unknown reason. Nothing was changed; tell the technician when you tried.",
)

_CASE: dict[str, tuple[str, str]] = {
    "Case_NoOfficials": (
        "案件至少需要一名专项工作组成员。请填写成员后重新创建。",
        "A case needs at least one official. Name the officials and open it again.",
    ),
    "Case_TooManyOfficials": (
        "一个案件最多 32 名专项工作组成员，现为 {count} 名。请减少后重新创建。",
        "A case has at most 32 officials; there are {count}. Name fewer and open it again.",
    ),
    "Case_OfficialTwice": (
        "同一签名密钥（{signer}）被填写了两次。每名成员请使用自己的密钥。",
        "The same signing key ({signer}) was entered twice. Each official needs a key of their own.",
    ),
    "Case_ThresholdNotMajority": (
        "规定人数须超过成员半数且不多于成员总数：现为 {threshold}/{officials}。请修改后重新创建。",
        "The required number must be more than half of the officials: it is {threshold} of {officials}. Change it and open the case again.",
    ),
    "Case_SignerNotAllowed": (
        "签名者（{signer}）不能使用：须为 20 字节的地址，或登记在本系统自带校验合约下的通行密钥。请核对后重新填写。",
        "The signer ({signer}) cannot be used: it must be a 20-byte address, or a passkey registered with this system's verifying "
        "contract. Check it and enter it again.",
    ),
    "Case_InstitutionIsOfficial": (
        "平台机构的签名密钥（{signer}）与一名专项工作组成员的相同。提交方案的一方不能同时审批方案，请更换其中一方的密钥后重新创建。",
        "The institution's signing key is also an official's ({signer}). Whoever submits plans must not decide on them: use another key "
        "for one of the two and open the case again.",
    ),
    "Case_BlockOutOfReach": (
        "区块 {blockNumber} 已超出本链能够提供的范围，无法写入检查点。系统会改用较近的区块重试。",
        "Block {blockNumber} is too old for this chain to confirm, so no checkpoint was written. The system tries again with later blocks.",
    ),
    "Officials_TooFewSigners": (
        "需要 {threshold} 名成员签名，目前只有 {count} 名。请等待其他成员签名。",
        "{threshold} officials must sign; so far {count} have signed. Wait for the others.",
    ),
    "Officials_LengthsDiffer": (
        "签名者有 {signers} 名而签名有 {signatures} 份，数量不一致。请重新提交。",
        "There are {signers} signers but {signatures} signatures; the numbers must match. Submit again.",
    ),
    "Officials_NotAnOfficial": (
        "签名者（{signer}）不是本案专项工作组成员。请由成员用创建案件时登记的密钥签名。",
        "The signer ({signer}) is not an official of this case. An official must sign, with the key registered when the case was opened.",
    ),
    "Officials_SignedTwice": (
        "签名者（{signer}）签了两次，每名成员只计一次。请由另一名成员签名。",
        "The signer ({signer}) signed twice; each official counts once. Another official must sign.",
    ),
    "Officials_SignatureWrong": (
        "成员（{signer}）的签名与内容不符。请该成员重新核对内容并签名。",
        "The signature of {signer} does not match the content. That official should read it again and sign again.",
    ),
    "Register_LeafCountOutOfRange": (
        "债权登记表须有 1 至 16,777,216 名出借人，现为 {leafCount} 名。请检查导入的登记表。",
        "A register has 1 to 16,777,216 lenders; this one has {leafCount}. Check the imported register.",
    ),
    "Register_ClassCountOutOfRange": (
        "表决组须为 1 至 16 个，现为 {classCount} 个。请检查导入的登记表。",
        "A register has 1 to 16 voting classes; this one has {classCount}. Check the imported register.",
    ),
    "Register_ClassEmpty": (
        "第 {votingClass} 表决组没有出借人。请去掉该组后重新冻结。",
        "Voting class {votingClass} has no lender. Remove the class and freeze again.",
    ),
    "Register_AmountOutOfRange": (
        "第 {votingClass} 表决组的总金额超出系统上限。请检查导入的金额。",
        "The amount of voting class {votingClass} is above what the system can hold. Check the imported amounts.",
    ),
    "Register_HeadsDoNotAddUp": (
        "各表决组人数合计 {heads}，与登记表人数 {leafCount} 不符。请重新导入并冻结。",
        "The classes have {heads} lenders in total but the register has {leafCount}. Import and freeze again.",
    ),
    "Register_NotFrozen": (
        "第 {registerNumber} 号债权登记表尚未冻结。请先冻结登记表。",
        "Register {registerNumber} is not frozen. Freeze the register first.",
    ),
    "Plan_HashEmpty": ("退出方案为空。请重新上传方案文件。", "The plan is empty. Upload it again."),
    "Plan_NotSignedByInstitution": (
        "方案的签名不是本案机构的签名，或签名时方案序号已变。请由机构重新签名提交。",
        "The signature is not the institution's, or another plan was submitted first. The institution should sign and submit again.",
    ),
    "Plan_NotSubmitted": (
        "第 {planNumber} 号方案尚未提交。请先由机构提交。",
        "Plan {planNumber} has not been submitted. The institution must submit it first.",
    ),
    "Plan_AlreadyAdmitted": (
        "第 {planNumber} 号方案已准予表决，无需重复操作。",
        "Plan {planNumber} is already admitted to the vote. There is nothing more to do.",
    ),
    "Plan_NotAdmitted": (
        "第 {planNumber} 号方案尚未准予表决。请先由专项工作组准予表决。",
        "Plan {planNumber} is not admitted to the vote yet. The officials must admit it first.",
    ),
    "Poll_NotAnnounced": ("第 {pollNumber} 号表决尚未公告。", "Vote {pollNumber} has not been announced."),
    "Poll_RoleHeldTwice": (
        "地址 {key} 担任了两个角色：身份核验机构、回执签名方、专项工作组成员和平台机构须各用自己的密钥。请修改后重新公告。",
        "The address {key} has two roles. Identity verifiers, receipt signer, officials and institution each need a key of their own. "
        "Change this and announce again.",
    ),
    "Poll_ReceiptSignerEmpty": (
        "没有填写回执签名方的地址。请填写后重新公告。",
        "The receipt signer's address is empty. Enter it and announce again.",
    ),
}

_POLL: dict[str, tuple[str, str]] = {
    "Poll_WindowWrong": (
        "表决时间不正确：开始（{opensAt}）须晚于公告时（{blockTime}），截止（{closesAt}）须晚于开始。请修改时间后重新公告。",
        "The voting time is wrong: it must open ({opensAt}) after the announcement ({blockTime}) and close ({closesAt}) after it opens. "
        "Change the times and announce again.",
    ),
    "Poll_NoticeTooShort": (
        "表决（演练除外）须在公告满 15 日后开始，最早为 {earliest}。请推迟开始时间并重新公告。",
        "A vote that is no rehearsal opens 15 days after its announcement, {earliest} at the earliest. Choose a later opening.",
    ),
    "Poll_ChallengePeriodTooShort": (
        "表决（演练除外）的异议期不得短于 15 日（{least} 秒），现为 {challengeSeconds} 秒。请延长异议期并重新公告。",
        "Unless it is a rehearsal, a vote has an objection period of at least 15 days ({least} s), not {challengeSeconds} s.",
    ),
    "Poll_ChallengePeriodMissing": (
        "异议期不能为 0。请填写异议期后重新公告。",
        "The objection period cannot be 0. Set one and announce again.",
    ),
    "Poll_VerifierCountOutOfRange": (
        "身份核验机构须为 1 至 8 个，现为 {count} 个。请修改后重新公告。",
        "A vote has 1 to 8 identity verifiers; there are {count}. Change them and announce again.",
    ),
    "Poll_VerifierTwice": (
        "核验机构 {verifier} 被填写了两次。请修改后重新公告。",
        "The identity verifier {verifier} was entered twice. Change this and announce again.",
    ),
    "Poll_VerifierEmpty": ("有一个核验机构地址为空。请填写后重新公告。", "A verifier's address is empty. Enter it and announce again."),
    "Poll_ConditionCountOutOfRange": (
        "表决规则须有 1 至 8 个条件，现为 {count} 个。请修改规则后重新公告。",
        "A rule has 1 to 8 conditions; this one has {count}. Change the rule and announce again.",
    ),
    "Poll_ConditionOutOfRange": (
        "表决规则的第 {condition} 个条件（从 0 起）超出允许范围。请修改规则后重新公告。",
        "Condition {condition} of the rule (from 0) is out of range. Change the rule and announce again.",
    ),
    "Poll_NotOpenYet": (
        "表决尚未开始，将于 {opensAt} 开始。请届时再投票。",
        "Voting has not opened yet; it opens on {opensAt}. Please vote then.",
    ),
    "Poll_Closed": (
        "表决已于 {closesAt} 截止，不能再投票或改票。",
        "Voting closed on {closesAt}; you can no longer vote or change your vote.",
    ),
    "Poll_StillOpen": (
        "表决尚在进行，{closesAt} 截止后才能计票。",
        "Voting is still open; counting is possible after it closes on {closesAt}.",
    ),
    "Case_CalledThroughContract": (
        "本合约只接受普通账户直接提交，不能经由其他合约转交。请直接发送。",
        "The case accepts calls from a plain account only, not through another contract. Send them directly.",
    ),
    "Poll_CalledThroughContract": (
        "本合约只接受普通账户直接提交，不能经由其他合约转交。请直接发送。",
        "The poll accepts calls from a plain account only, not through another contract. Send them directly.",
    ),
    "Poll_IndexOutOfRange": (
        "序号 {index} 不在登记表内（共 {leafCount} 人）。请从表决页面重新开始。",
        "Index {index} is not in the register of {leafCount}. Start again from the voting page.",
    ),
    "Poll_ClassOutOfRange": (
        "第 {votingClass} 表决组不存在（共 {classCount} 组）。请从表决页面重新开始。",
        "There is no voting class {votingClass} among {classCount}. Start again from the voting page.",
    ),
    "Poll_NotInRegister": (
        "序号 {index} 的债权信息与定稿的登记表不符。请从表决页面重新开始；若仍不符，请拨打服务热线。",
        "The claim at index {index} does not match the final register. Start again from the voting page, or call the help line.",
    ),
    "Poll_CommitmentNotOnCurve": (
        "登记表中第 {index} 号的承诺值不是曲线上的点，登记表编制有误，该票不能记录。请联系专项工作组核对登记表。",
        "The commitment at index {index} of the register is not a point on the curve. The register was drawn up wrongly, and this vote "
        "cannot be recorded. Ask the working group to check the register.",
    ),
    "Poll_CredentialExpired": (
        "身份核验已于 {expiresAt} 过期。请重新核验身份后投票。",
        "Your identity check expired on {expiresAt}. Confirm your identity again, then vote.",
    ),
    "Poll_CredentialNotSignedByVerifier": (
        "核验凭证不是本次表决的核验机构签发的。请重新核验身份后投票。",
        "The credential was not signed by an identity verifier of this vote. Confirm your identity again, then vote.",
    ),
    "Poll_BallotRejected": (
        "序号 {index} 的表决票未被接受：{reason}。请重新填写并签名投票。",
        "The vote at index {index} was not accepted: {reason}. Please vote again.",
    ),
    "Poll_BatchLengthsDiffer": (
        "批次中凭证（{entries}）、表决票（{ballots}）与登记表条目（{leaves}）的长度不一致。请由收票服务重新组批；已有回执的票不受影响。",
        "The batch's credentials ({entries}), ballots ({ballots}) and leaves ({leaves}) differ in length. "
        "The relay must build it again; votes with a receipt stand.",
    ),
    "Poll_BatchEmpty": ("批次中没有表决票。", "The batch has no ballot."),
    "Poll_BatchNotAscending": (
        "批次未按序号递增排列（在序号 {index} 处）。请由收票服务重新组批；已有回执的票不受影响。",
        "The batch is not in ascending order (at index {index}). The relay must build it again; votes with a receipt stand.",
    ),
    "Poll_BatchNotInRegister": (
        "批次的登记表证明与冻结的登记表不符。请由收票服务重新组批；已有回执的票不受影响。",
        "The batch's proof does not match the frozen register. The relay must build it again; votes with a receipt stand.",
    ),
    "Poll_AlreadyTallied": ("本次表决已完成计票，无需重复操作。", "This vote is already counted. There is nothing more to do."),
    "Poll_NotTallied": ("本次表决尚未计票。请在截止后先计票。", "This vote is not counted yet. Count it first, after the close."),
    "Poll_OpeningCountWrong": (
        "计票提交了 {openings} 组数据，而表决组有 {classes} 个。请再次计票。",
        "There are {openings} openings for {classes} voting classes. Count again.",
    ),
    "Poll_OpeningWrong": (
        "第 {votingClass} 表决组“{choice}”的金额与区块链上的承诺不符。请再次计票；若仍不符，请核对登记表。",
        "In voting class {votingClass} the amount “{choice}” does not match its commitment. Count again, then check the register.",
    ),
    "Poll_MoreThanAdmitted": (
        "第 {votingClass} 表决组参与表决的金额 {fen} 元超过该组登记金额 {admittedFen} 元。请核对登记表。",
        "In voting class {votingClass} more took part (CNY {fen}) than was admitted (CNY {admittedFen}). Check the register.",
    ),
}

_EXCLUSION: dict[str, tuple[str, str]] = {
    "Poll_AdmittedOutOfRange": (
        "第 {votingClass} 表决组剔除无债权的条目后，剩余登记金额（{admittedFen} 元）超出允许范围，"
        "登记表中还有金额异常的条目。请先将其剔除，再计票。",
        "Without the entries that hold no claim, the amount left in voting class {votingClass} (CNY {admittedFen}) is still out of range: "
        "the register has more such entries. Take those out first, then count.",
    ),
    "Poll_LeafAlreadyExcluded": (
        "登记表第 {index} 号条目此前已被剔除，无需重复操作。",
        "The entry at index {index} is already taken out. There is nothing more to do.",
    ),
    "Poll_LeafHoldsClaim": (
        "登记表第 {index} 号条目的金额在允许范围内，或所给金额与承诺值不符，不能剔除。请核对登记表。",
        "The entry at index {index} stays: its amount is in range, or the amount given does not match its commitment. Check the register.",
    ),
}

_APPROVAL: dict[str, tuple[str, str]] = {
    "Approval_ChallengeNotOver": (
        "异议期尚未结束，{challengeEndsAt} 之后才能作出决定。",
        "The objection period is not over; the decision can be made after {challengeEndsAt}.",
    ),
    "Approval_NotAnOfficial": (
        "签名者（{signer}）不是本案专项工作组成员。请由成员用登记的密钥签名。",
        "The signer ({signer}) is not an official of this case. An official must sign, with the key registered when the case was opened.",
    ),
    "Approval_AlreadyAttested": (
        "成员（{signer}）已经签署批准或不批准，每人只计一次。",
        "The official {signer} has already signed an approval or a refusal; each counts once.",
    ),
    "Approval_SignatureWrong": (
        "成员（{signer}）的签名与表决结果不符。请该成员重新核对结果并签名。",
        "The signature of {signer} does not match the result. That official should read the result again and sign again.",
    ),
    "Approval_PlanDidNotPass": ("方案没有通过表决，只能不批准。", "The plan did not pass, so the result can only be refused."),
    "Approval_AlreadyDecided": ("本次表决已作出最终决定，不能再更改。", "This vote is decided; the decision cannot be changed."),
}

#: Raised only by contracts of the first release (protocol §17).
_FORMER: dict[str, tuple[str, str]] = {
    "Case_SignerTooShort": (
        "签名者（{signer}）过短，至少为 20 字节的地址。请核对后重新填写。",
        "The signer ({signer}) is too short: it must be at least a 20-byte address. Check it and enter it again.",
    ),
    "Approval_SubmitterMayNotDecide": (
        "方案的提交者（{signer}）不能对结果作出决定。请由其他成员签名。",
        "Whoever submitted the plan ({signer}) may not decide on it. Another official must sign.",
    ),
}

#: Every error of the contracts, those of the first release included, and the two ways in which the EVM itself fails.
SENTENCES: dict[str, tuple[str, str]] = {
    **_CASE,
    **_POLL,
    **_EXCLUSION,
    **_APPROVAL,
    **_FORMER,
    **(sealed_sentences.SENTENCES | succession_sentences.SENTENCES),
    "OutOfGas": (
        "这次操作所需的计算量超过限额。请联系技术人员减小批次；没有任何内容被改变。",
        "The transaction needs more gas than it was given. Ask the technician for smaller batches; nothing was changed.",
    ),
    "Panic": (
        "合约发现了不应出现的数值（代码 {panicCode}），没有接受这次操作。没有任何内容被改变；请联系技术人员。",
        "The contract found a value that should not occur (code {panicCode}) and refused. Nothing was changed; tell the technician.",
    ),
}

_REASONS = {
    1: ("选项不在允许范围内", "the choice is not allowed"),
    2: ("已有更新的表决票", "a newer ballot is recorded"),
    3: ("签名与表决密钥不符", "the signature is not the ballot key's"),
}
_CHOICES = {1: ("同意", "for"), 2: ("不同意", "against"), 3: ("弃权", "abstain")}


def shown(facts: Mapping[str, object], language: str) -> dict[str, object]:
    """An error's arguments as people read them: Beijing time, yuan, words for numbers that stand for words."""
    return {name: _shown(name, value, language) for name, value in facts.items()}


def _shown(name: str, value: object, language: str) -> object:
    place = 0 if language.startswith("zh") else 1
    if isinstance(value, int):
        if name.endswith(("At", "Time", "earliest")) and value < 2**35:
            return say_beijing(from_unix(value), language)
        if name.lower().endswith("fen"):
            return say_yuan(value)
        if name == "reason":
            return _REASONS.get(value, (str(value), str(value)))[place]
        if name == "choice":
            return _CHOICES.get(value, (str(value), str(value)))[place]
    return value
