"""What each error about trustees, sealed polls and the box means to a person, and what to do next: error name -> (Chinese, English)."""

from __future__ import annotations

OF_TRUSTEES: dict[str, tuple[str, str]] = {
    "Trustees_CountOutOfRange": (
        "密钥保管人应为 2 至 32 名，现为 {count} 名。请修改名单后重新任命。",
        "There are 2 to 32 trustees; {count} were named. Change the list and appoint again.",
    ),
    "Trustees_NamedTwice": (
        "同一签名密钥（{signer}）占了两个席位。一人一席，请修改名单后重新任命。",
        "The same signing key ({signer}) holds two seats. One person, one seat: change the list and appoint again.",
    ),
    "Trustees_NoneServing": (
        "本案件目前没有在任的密钥保管人，不能公告密封表决。请先任命，任命生效后再公告。",
        "No trustees are serving, so no sealed vote can be announced. Appoint them first, and announce when they serve.",
    ),
    "Case_SealedCodeIsAnother": (
        "随公告提交的密封表决合约代码与案件登记的不符。请用建立本案件时的软件版本公告。",
        "The sealed vote's code is not the one that the case was opened with. Announce with the release that opened the case.",
    ),
    "Poll_AbandonmentOutOfRange": (
        "截止后多久可以放弃本次表决（{abandonAfterSeconds} 秒）不在允许范围：正式表决为 30 天，演练为 1 秒至 30 天。请修改后重新公告。",
        "The time after which the vote may be given up ({abandonAfterSeconds} s) is out of range: 30 days, in a rehearsal 1 second to "
        "30 days. Change it and announce again.",
    ),
    "Seal_SeatCountWrong": (
        "份额密钥 {shareKeys} 个、确认 {confirmations} 份与在任保管人 {trustees} 名不一致。请由现任保管人重新进行密钥仪式。",
        "There are {shareKeys} share keys and {confirmations} confirmations for {trustees} trustees. Hold another ceremony with those "
        "who serve.",
    ),
    "Seal_ThresholdOutOfRange": (
        "开启所需人数（{threshold}）须为 2 至 {trustees}。请重新进行密钥仪式。",
        "The number needed to open ({threshold}) must be 2 to {trustees}. Hold another ceremony.",
    ),
    "Seal_KeyNotOnCurve": (
        "表决公钥不是曲线上的点。请重新进行密钥仪式。",
        "The vote's key is no point of the curve. Hold another ceremony.",
    ),
    "Seal_ShareKeyTwice": (
        "第 {trustee} 号席位的份额密钥与前面的席位相同。请重新进行密钥仪式。",
        "Seat {trustee} has the share key of an earlier seat. Hold another ceremony.",
    ),
    "Seal_ShareKeyNotConfirmed": (
        "第 {trustee} 号席位的份额密钥没有确认本次公钥。请该保管人重新确认后再公告。",
        "The share key of seat {trustee} did not confirm this key. That trustee should confirm again before you announce.",
    ),
    "Seal_IdentityNotConfirmed": (
        "第 {trustee} 号席位的在任保管人没有确认本次公钥；若保管人已更换，请重新进行密钥仪式。",
        "The trustee who serves at seat {trustee} did not confirm this key. If the trustees changed, hold another ceremony.",
    ),
    "Seal_KeyUsed": (
        "密钥 {key} 已在本案件此前的表决中使用。每次表决须用新的密钥，请重新进行密钥仪式。",
        "The key {key} served an earlier vote of this case. Every vote needs a new key: hold another ceremony.",
    ),
    "Seal_RollUsed": (
        "这次密钥仪式的席位名单（{rollHash}）已在此前的表决中使用。请重新进行密钥仪式。",
        "The roll {rollHash} served an earlier vote of this case. Hold another ceremony.",
    ),
    "Abandonment_ReasonEmpty": (
        "请写明放弃本次表决的理由后重新提出。",
        "Give a reason for abandoning the vote, and propose it again.",
    ),
    "Abandonment_PollNotSealed": (
        "第 {pollNumber} 号表决不是密封表决，不能放弃。请按通常程序计票并作出决定。",
        "Vote {pollNumber} is not sealed and cannot be abandoned. Count it and decide on it as usual.",
    ),
}

OF_SEALS: dict[str, tuple[str, str]] = {
    "Poll_MotionCountOutOfRange": (
        "表决事项应为 1 至 16 项，现为 {motions} 项。请修改方案后重新公告。",
        "A vote has 1 to 16 motions; this one has {motions}. Change the plan and announce again.",
    ),
    "Poll_MotionOutOfRange": (
        "本次表决没有第 {motion} 项事项（共 {motions} 项，从 0 起）。请刷新页面后重试。",
        "This vote has no motion {motion} among {motions} (from 0). Reload the page and try again.",
    ),
    "Poll_Abandoned": (
        "本次表决已由专项工作组放弃，没有结果。请就同一方案公告新的表决。",
        "The officials abandoned this vote, so it has no result. Announce another vote on the same plan.",
    ),
    "Poll_NotOverdue": (
        "现在还不能放弃本次表决，最早为 {overdueAt}。请继续联系未开启的保管人。",
        "The vote cannot be abandoned before {overdueAt}. Go on asking the trustees who have not opened.",
    ),
    "Poll_NotItsCase": (
        "只有本案件的合约可以放弃表决（请求来自 {caller}）。请由专项工作组签署放弃。",
        "Only the case's own contract gives a vote up (asked by {caller}). The officials should sign for it.",
    ),
    "Seal_NoSuchTrustee": (
        "没有第 {trustee} 号席位。请核对席位号后重新提交份额。",
        "There is no seat {trustee}. Check the number of the seat and hand the share in again.",
    ),
    "Seal_ShareWrong": (
        "这份份额不是第 {trustee} 号席位的。请核对席位号和保管文件后重新提交。",
        "This is not the share of seat {trustee}. Check the seat and the key file, and hand it in again.",
    ),
    "Seal_ShareKnown": (
        "第 {trustee} 号席位的份额已经公开，无需重复提交。",
        "The share of seat {trustee} is public already. There is nothing more to do.",
    ),
    "Seal_SecretWrong": (
        "拼合出的密钥与本次表决的公钥不符。请核对各席位的份额后重试。",
        "The secret put together is not that of this vote's key. Check the shares and try again.",
    ),
    "Seal_AlreadyUnsealed": ("本次表决已经解封，无需重复操作。", "This vote is unsealed already. There is nothing more to do."),
    "Seal_StillSealed": (
        "本次表决尚未解封，选择还不能读取。请等待足够的保管人公开份额。",
        "This vote is still sealed, so no choice can be read. Wait until enough trustees have opened.",
    ),
    "Seal_NotSignedByKey": (
        "泄密报告没有由本次表决的密钥签名，不能证明密钥已泄露。请核对后重新提交。",
        "The report is not signed by this vote's key, so it shows no breach. Check it and send it again.",
    ),
    "Seal_BreachKnown": ("泄密已有记录，无需重复报告。", "The breach is recorded already. There is nothing more to do."),
    "Box_LengthWrong": (
        "提交计票的数据长度（{length}）不是整数张票。系统会自动重新提交，无需操作。",
        "What was sent to be counted ({length} bytes) is no whole number of ballots. The service sends it again by itself.",
    ),
    "Box_NotItsEnd": (
        "这些票已由他人先行计入，或不在票箱末端。系统会从票箱当前位置继续，无需操作。",
        "Somebody else counted these ballots first, or they are not the last ones. The service goes on from where the box stands.",
    ),
    "Box_NotEmpty": (
        "票箱中还有未计的票，计完之后才能公开合计。系统会继续计票，请稍后再试。",
        "Ballots are left in the box; the totals are opened once all are counted. The service goes on counting; try again later.",
    ),
    "Box_NotTheBallot": (
        "所给记录不能表明序号 {index} 的最新一票。请核对登记表后由技术人员重新提交。",
        "The records do not show the newest ballot at index {index}. The technician should check them and send them again.",
    ),
}
