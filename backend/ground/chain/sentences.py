"""What each error of the contracts means to a person, and what to do next: error name -> (Chinese, English).

The names in braces are the error's own arguments; `shown` makes them readable.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend.ground.common.clock import from_unix, say_beijing
from backend.ground.common.money import say_yuan

#: For a revert that no contract of ours names.
UNKNOWN = (
    "合约拒绝了这笔交易，未给出已知的原因。没有任何内容被改变；请联系技术人员并提供操作时间。",
    "The contract refused this transaction without a known reason. Nothing was changed; tell the technician the time of the act.",
)

_CASE: dict[str, tuple[str, str]] = {
    "Case_NoOfficials": (
        "案件至少需要一名专项工作组成员。请填写成员后重新创建。",
        "A case needs at least one official. Name the officials and open it again.",
    ),
    "Case_TooManyOfficials": (
        "一个案件最多 32 名专项工作组成员，现为 {count} 名。请减少后重新创建。",
        "A case has at most 32 officials; {count} were named. Name fewer and open it again.",
    ),
    "Case_OfficialTwice": (
        "同一签名密钥（{signer}）被填写了两次。每名成员请使用自己的密钥。",
        "The same signing key ({signer}) was given twice. Each official uses a key of their own.",
    ),
    "Case_ThresholdNotMajority": (
        "通过人数须超过成员半数且不多于成员总数：现为 {threshold}/{officials}。请修改后重新创建。",
        "The number that decides must be more than half of the officials: it is {threshold} of {officials}. Change it and open again.",
    ),
    "Case_SignerNotAllowed": (
        "签名者（{signer}）不能使用：须为 20 字节的地址，或登记在本系统自带校验合约下的通行密钥。请核对后重新填写。",
        "The signer ({signer}) cannot be used: it has to be a 20-byte address, or a passkey behind the verifying contract that comes with "
        "this system. Check it and enter it again.",
    ),
    "Case_InstitutionIsOfficial": (
        "平台机构的签名密钥（{signer}）与一名专项工作组成员的相同。提交方案的一方不能同时审批方案，请更换其中一方的密钥后重新创建。",
        "The institution signs with the key of an official ({signer}). Whoever submits plans does not decide on them: take another key for "
        "one of the two and open the case again.",
    ),
    "Case_BlockOutOfReach": (
        "区块 {blockNumber} 已超出本链能够提供的范围，无法写入检查点。系统会改用较近的区块重试。",
        "Block {blockNumber} is further back than this chain can tell, so no checkpoint of it was written. The system tries again with "
        "later blocks.",
    ),
    "Officials_TooFewSigners": (
        "需要 {threshold} 名成员签名，目前只有 {count} 名。请等待其他成员签名。",
        "{threshold} officials have to sign; so far {count} did. Wait for the others.",
    ),
    "Officials_LengthsDiffer": (
        "签名者有 {signers} 名而签名有 {signatures} 份，数量不一致。请重新提交。",
        "There are {signers} signers and {signatures} signatures; the numbers must be equal. Submit again.",
    ),
    "Officials_NotAnOfficial": (
        "签名者（{signer}）不是本案专项工作组成员。请由成员用创建案件时登记的密钥签名。",
        "The signer ({signer}) is not an official of this case. An official has to sign, with the key named when the case was opened.",
    ),
    "Officials_SignedTwice": (
        "签名者（{signer}）签了两次，每名成员只计一次。请由另一名成员签名。",
        "The signer ({signer}) signed twice; each official counts once. Another official has to sign.",
    ),
    "Officials_SignatureWrong": (
        "成员（{signer}）的签名与内容不符。请该成员重新核对内容并签名。",
        "The signature of {signer} does not fit what was to be signed. That official should read it again and sign anew.",
    ),
    "Register_LeafCountOutOfRange": (
        "表决名册须有 1 至 16,777,216 名出借人，现为 {leafCount} 名。请检查导入的名册。",
        "A register has 1 to 16,777,216 lenders; this one has {leafCount}. Check the imported register.",
    ),
    "Register_ClassCountOutOfRange": (
        "表决组须为 1 至 16 个，现为 {classCount} 个。请检查导入的名册。",
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
        "各表决组人数合计 {heads}，与名册人数 {leafCount} 不符。请重新导入并冻结。",
        "The classes have {heads} lenders together but the register has {leafCount}. Import and freeze again.",
    ),
    "Register_NotFrozen": (
        "第 {registerNumber} 号表决名册尚未冻结。请先冻结名册。",
        "Register {registerNumber} is not frozen. Freeze the register first.",
    ),
    "Plan_HashEmpty": ("清偿方案为空。请重新上传方案文件。", "The plan is empty. Upload the plan again."),
    "Plan_NotSignedByInstitution": (
        "方案的签名不是本案机构的签名，或签名时方案序号已变。请由机构重新签名提交。",
        "The institution's signature does not fit this plan, or another plan came first. The institution should sign and submit again.",
    ),
    "Plan_NotSubmitted": (
        "第 {planNumber} 号方案尚未提交。请先由机构提交。",
        "Plan {planNumber} was not submitted. The institution submits it first.",
    ),
    "Plan_AlreadyAdmitted": (
        "第 {planNumber} 号方案已获准表决，无需重复操作。",
        "Plan {planNumber} is admitted already; nothing more is to be done.",
    ),
    "Plan_NotAdmitted": (
        "第 {planNumber} 号方案尚未获准表决。请先由专项工作组审核准许。",
        "Plan {planNumber} is not admitted to the vote. The officials admit it first.",
    ),
    "Poll_NotAnnounced": ("第 {pollNumber} 号表决尚未公告。", "Poll {pollNumber} was not announced."),
    "Poll_RoleHeldTwice": (
        "地址 {key} 担任了两个角色：身份核验机构、回执签名方、专项工作组成员和平台机构须各用自己的密钥。请修改后重新公告。",
        "The address {key} has two roles. Verifiers, receipt signer, officials and institution each need a key of their own: change this "
        "and announce again.",
    ),
    "Poll_ReceiptSignerEmpty": (
        "没有填写回执签名方的地址。请填写后重新公告。",
        "The receipt signer's address is empty. Fill it in and announce again.",
    ),
}

_POLL: dict[str, tuple[str, str]] = {
    "Poll_WindowWrong": (
        "表决时间不正确：开始（{opensAt}）须晚于公告时（{blockTime}），截止（{closesAt}）须晚于开始。请修改时间后重新公告。",
        "The window is wrong: it must open ({opensAt}) after the announcement ({blockTime}) and close ({closesAt}) after it opens. "
        "Change the times and announce again.",
    ),
    "Poll_ChallengePeriodMissing": (
        "异议期不能为 0。请填写异议期后重新公告。",
        "The challenge period cannot be 0. Set one and announce again.",
    ),
    "Poll_VerifierCountOutOfRange": (
        "身份核验方须为 1 至 8 个，现为 {count} 个。请修改后重新公告。",
        "A poll has 1 to 8 verifiers; {count} were named. Change them and announce again.",
    ),
    "Poll_VerifierTwice": (
        "核验方 {verifier} 被填写了两次。请修改后重新公告。",
        "Verifier {verifier} was named twice. Change this and announce again.",
    ),
    "Poll_VerifierEmpty": ("有一个核验方地址为空。请填写后重新公告。", "A verifier's address is empty. Fill it in and announce again."),
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
        "The vote has not opened yet; it opens on {opensAt}. Please vote then.",
    ),
    "Poll_Closed": (
        "表决已于 {closesAt} 截止，不能再投票或改票。",
        "The vote closed on {closesAt}; ballots can no longer be cast or changed.",
    ),
    "Poll_StillOpen": (
        "表决尚在进行，{closesAt} 截止后才能计票。",
        "The vote is still open; it can be counted after it closes on {closesAt}.",
    ),
    "Case_CalledThroughContract": (
        "本合约只接受普通账户直接提交，不能经由其他合约转交。请直接发送。",
        "The case takes calls from a plain account only, not through another contract. Send them directly.",
    ),
    "Poll_CalledThroughContract": (
        "本合约只接受普通账户直接提交，不能经由其他合约转交。请直接发送。",
        "The poll takes calls from a plain account only, not through another contract. Send them directly.",
    ),
    "Poll_IndexOutOfRange": (
        "序号 {index} 不在名册内（共 {leafCount} 人）。请从表决页面重新开始。",
        "Index {index} is not in the register of {leafCount}. Start again from the voting page.",
    ),
    "Poll_ClassOutOfRange": (
        "第 {votingClass} 表决组不存在（共 {classCount} 组）。请从表决页面重新开始。",
        "There is no voting class {votingClass} among {classCount}. Start again from the voting page.",
    ),
    "Poll_NotInRegister": (
        "序号 {index} 的债权信息与冻结的名册不符。请从表决页面重新开始；若仍不符，请拨打服务热线。",
        "The claim at index {index} does not fit the frozen register. Start again from the voting page, or call the help line.",
    ),
    "Poll_CommitmentNotOnCurve": (
        "登记表中第 {index} 号的承诺值不是曲线上的点，登记表编制有误，该票不能记录。请联系专项工作组核对登记表。",
        "The commitment at index {index} of the register is no point of the curve: the register was drawn up wrongly and this ballot "
        "cannot be recorded. Ask the working group to check the register.",
    ),
    "Poll_CredentialExpired": (
        "身份核验已于 {expiresAt} 过期。请重新核验身份后投票。",
        "The proof of identity expired on {expiresAt}. Prove your identity again, then vote.",
    ),
    "Poll_CredentialNotSignedByVerifier": (
        "身份核验凭证不是本次表决的核验方签发的。请重新核验身份后投票。",
        "The proof of identity was not signed by a verifier of this vote. Prove your identity again, then vote.",
    ),
    "Poll_BallotRejected": (
        "序号 {index} 的选票未被接受：{reason}。请重新填写并签名投票。",
        "The ballot at index {index} was not accepted: {reason}. Please vote again.",
    ),
    "Poll_BatchLengthsDiffer": (
        "批次中凭证（{entries}）、选票（{ballots}）与名册条目（{leaves}）的长度不一致。请由中继重新组批；选票没有丢失。",
        "The batch's credentials ({entries}), ballots ({ballots}) and leaves ({leaves}) differ in length. "
        "The relay has to build it again; no ballot is lost.",
    ),
    "Poll_BatchEmpty": ("批次中没有选票。", "The batch has no ballot."),
    "Poll_BatchNotAscending": (
        "批次未按序号递增排列（在序号 {index} 处）。请由中继重新组批；选票没有丢失。",
        "The batch is not in ascending order (at index {index}). The relay has to build it again; no ballot is lost.",
    ),
    "Poll_BatchNotInRegister": (
        "批次的名册证明与冻结的名册不符。请由中继重新组批；选票没有丢失。",
        "The batch's proof does not fit the frozen register. The relay has to build it again; no ballot is lost.",
    ),
    "Poll_AlreadyTallied": ("本次表决已完成计票，无需重复操作。", "This vote is counted already; nothing more is to be done."),
    "Poll_NotTallied": ("本次表决尚未计票。请在截止后先计票。", "This vote is not counted yet. Count it after the close first."),
    "Poll_OpeningCountWrong": (
        "计票提交了 {openings} 组数据，而表决组有 {classes} 个。请重新计票。",
        "The count has {openings} openings for {classes} voting classes. Count again.",
    ),
    "Poll_OpeningWrong": (
        "第 {votingClass} 表决组“{choice}”的金额与链上承诺不符。请重新计票；若仍不符，请核对名册。",
        "The amount “{choice}” in voting class {votingClass} does not open the sum on chain. Count again, then check the register.",
    ),
    "Poll_MoreThanAdmitted": (
        "第 {votingClass} 表决组参与表决的金额 {fen} 元超过该组确认金额 {admittedFen} 元。请核对名册。",
        "In voting class {votingClass} more took part ({fen} yuan) than was admitted ({admittedFen} yuan). Check the register.",
    ),
}

_EXCLUSION: dict[str, tuple[str, str]] = {
    "Poll_AdmittedOutOfRange": (
        "第 {votingClass} 表决组剔除无债权的条目后，剩余登记金额（{admittedFen} 元）超出允许范围，"
        "登记表中还有金额异常的条目。请先将其剔除，再计票。",
        "With the leaves that hold no claim taken out, the amount left in voting class {votingClass} ({admittedFen} yuan) is out of range: "
        "the register has more of them. Take those out first, then count.",
    ),
    "Poll_LeafAlreadyExcluded": (
        "登记表第 {index} 号条目此前已被剔除，无需重复操作。",
        "The leaf at index {index} was taken out already; nothing more is to be done.",
    ),
    "Poll_LeafHoldsClaim": (
        "登记表第 {index} 号条目的金额在允许范围内，或所给金额与承诺值不符，不能剔除。请核对登记表。",
        "The leaf at index {index} holds a claim in range, or the amount given is not what it commits to, so it stays. Check the register.",
    ),
}

_APPROVAL: dict[str, tuple[str, str]] = {
    "Approval_ChallengeNotOver": (
        "异议期尚未结束，{challengeEndsAt} 之后才能作出决定。",
        "The challenge period is not over; the decision is taken after {challengeEndsAt}.",
    ),
    "Approval_NotAnOfficial": (
        "签名者（{signer}）不是本案专项工作组成员。请由成员用登记的密钥签名。",
        "The signer ({signer}) is not an official of this case. An official has to sign, with the key named when the case was opened.",
    ),
    "Approval_AlreadyAttested": (
        "成员（{signer}）已经表态，每人只计一次。",
        "The official {signer} has attested already; each counts once.",
    ),
    "Approval_SignatureWrong": (
        "成员（{signer}）的签名与表决结果不符。请该成员重新核对结果并签名。",
        "The signature of {signer} does not fit the result. That official should read the result again and sign anew.",
    ),
    "Approval_PlanDidNotPass": (
        "方案未获表决通过，不能批准，只能不予批准。",
        "The plan did not pass the vote: it cannot be approved, only refused.",
    ),
    "Approval_AlreadyDecided": ("本次表决已作出最终决定，不能再更改。", "This vote is decided; the decision cannot be changed."),
}

#: Said by contracts of the first release only (protocol §17).
_FORMER: dict[str, tuple[str, str]] = {
    "Case_SignerTooShort": (
        "签名者（{signer}）过短，至少为 20 字节的地址。请核对后重新填写。",
        "The signer ({signer}) is too short: it is at least a 20-byte address. Check it and enter it again.",
    ),
    "Approval_SubmitterMayNotDecide": (
        "方案的提交者（{signer}）不能对结果作出决定。请由其他成员签名。",
        "Whoever submitted the plan ({signer}) may not decide on it. Another official has to sign.",
    ),
}

#: Every error of the contracts, those of the first release included, and the two ways in which the machine itself gives up.
SENTENCES: dict[str, tuple[str, str]] = {
    **_CASE,
    **_POLL,
    **_EXCLUSION,
    **_APPROVAL,
    **_FORMER,
    "OutOfGas": (
        "交易所需的计算量超过限额。请联系技术人员减小批次；没有任何内容被改变。",
        "The transaction needs more gas than it was given. Ask the technician for smaller batches; nothing was changed.",
    ),
    "Panic": (
        "合约发现了不应出现的数值（代码 {panicCode}）并拒绝了交易。没有任何内容被改变；请联系技术人员。",
        "The contract met a value that should not occur (code {panicCode}) and refused. Nothing was changed; tell the technician.",
    ),
}

_REASONS = {
    1: ("选项不在允许范围内", "the choice is not allowed"),
    2: ("已有更新的选票", "a newer ballot is recorded"),
    3: ("签名与选票密钥不符", "it was not signed by the ballot key"),
}
_CHOICES = {1: ("同意", "for"), 2: ("不同意", "against"), 3: ("弃权", "abstain")}


def shown(facts: Mapping[str, object], language: str) -> dict[str, object]:
    """An error's arguments as people read them: Beijing time, yuan, words for numbers that stand for words."""
    return {name: _shown(name, value, language) for name, value in facts.items()}


def _shown(name: str, value: object, language: str) -> object:
    place = 0 if language.startswith("zh") else 1
    if isinstance(value, int):
        if name.endswith(("At", "Time")) and value < 2**35:
            return say_beijing(from_unix(value), language)
        if name.lower().endswith("fen"):
            return say_yuan(value)
        if name == "reason":
            return _REASONS.get(value, (str(value), str(value)))[place]
        if name == "choice":
            return _CHOICES.get(value, (str(value), str(value)))[place]
    return value
