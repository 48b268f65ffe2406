"""What the errors of sealed polls mean to a person, and what to do next: error name -> (Chinese, English), as in `sentences`."""

from __future__ import annotations

#: When trustees are appointed, and a sealed poll is announced or given up (protocol §21.2, §21.3, §21.7).
_CASE: dict[str, tuple[str, str]] = {
    "Trustees_CountOutOfRange": (
        "密钥保管人须为 2 至 32 名，现为 {count} 名。请修改名单后重新签署。",
        "There are 2 to 32 trustees; the list has {count}. Change the list and sign it again.",
    ),
    "Trustees_NamedTwice": (
        "密钥保管人（{signer}）被填写了两次。每个席位请由不同的人担任。",
        "The trustee {signer} is named twice. Each seat needs another person.",
    ),
    "Trustees_NoneServing": (
        "本案还没有在任的密钥保管人，不能公告密封表决。请先任命保管人，任命满 7 日后生效（演练立即生效）。",
        "No trustees are serving in this case, so no sealed vote can be announced. Appoint trustees first; they serve 7 days later.",
    ),
    "Case_SealedCodeIsAnother": (
        "所附的密封表决合约代码不是本案创建时登记的版本（{codeHash}）。请使用创建本案的同一版本程序重新公告。",
        "The code of the sealed vote is not the one this case was opened with ({codeHash}). Use the release that opened it.",
    ),
    "Poll_AbandonmentOutOfRange": (
        "放弃期限须为截止后 30 日（演练为 1 秒至 30 日），现为 {abandonAfterSeconds} 秒。请修改后重新公告。",
        "A vote may be given up 30 days after its close (a rehearsal after 30 days at most), not {abandonAfterSeconds} s. Change this.",
    ),
    "Seal_SeatCountWrong": (
        "份额公钥（{shareKeys} 个）、确认（{confirmations} 份）与保管人（{trustees} 名）数量不一致。请用完整的密钥仪式记录重新公告。",
        "Share keys ({shareKeys}), confirmations ({confirmations}) and trustees ({trustees}) differ in number. Use the complete key file.",
    ),
    "Seal_ThresholdOutOfRange": (
        "解封人数须为 2 至 {trustees} 名，现为 {threshold} 名。请重新举行密钥仪式。",
        "Opening takes 2 to {trustees} trustees, not {threshold}. Make the key again.",
    ),
    "Seal_KeyNotOnCurve": (
        "密封公钥不是曲线上的点，密钥仪式记录已损坏。请重新下载，或重新举行密钥仪式。",
        "The seal key is not a point on the curve; the key file is damaged. Download it again, or make the key again.",
    ),
    "Seal_ShareKeyTwice": (
        "第 {trustee} 席的份额公钥与前面席位相同。请重新举行密钥仪式。",
        "The share key of seat {trustee} stands at an earlier seat, too. Make the key again.",
    ),
    "Seal_ShareKeyNotConfirmed": (
        "第 {trustee} 席没有用自己的份额确认这把密钥。请该保管人打开页面确认，再公告。",
        "Seat {trustee} has not confirmed this key with its share. That trustee must confirm it; then announce.",
    ),
    "Seal_IdentityNotConfirmed": (
        "第 {trustee} 席的确认不是该保管人本人签署的。请该保管人用登记的密钥确认，再公告。",
        "The confirmation of seat {trustee} was not signed by its trustee. That trustee must confirm it with the registered key.",
    ),
    "Seal_KeyUsed": (
        "密钥 {key} 已用于本案的另一次表决。每次密封表决都须重新举行密钥仪式。",
        "The key {key} was used by another vote of this case. Every sealed vote needs a new key.",
    ),
    "Seal_RollUsed": (
        "这份席位表已用于本案的另一次表决。请重新举行密钥仪式。",
        "The roll of this key was used by another vote of this case. Make the key again with new files.",
    ),
    "Abandonment_ReasonEmpty": ("放弃表决须写明理由。请填写理由后重新签署。", "Giving a vote up needs a reason. Write it and sign again."),
    "Abandonment_PollNotSealed": (
        "第 {pollNumber} 号表决不是密封表决，不能放弃。",
        "Vote {pollNumber} is not sealed and cannot be given up.",
    ),
}

#: From the close on (protocol §21.5 to §21.7).
_POLL: dict[str, tuple[str, str]] = {
    "Poll_MotionCountOutOfRange": (
        "一次密封表决须有 1 至 16 个议题，现为 {motions} 个。请修改后重新公告。",
        "A sealed vote has 1 to 16 motions, not {motions}. Change this and announce again.",
    ),
    "Poll_TooManySums": (
        "议题数乘以表决组数为 {places}，超过一次写入区块链能公开的 80 组合计。请减少议题或表决组，或分两次表决。",
        "Motions times classes are {places}; one transaction opens 80 totals at most. Have fewer of either, or hold two votes.",
    ),
    "Poll_MotionOutOfRange": (
        "第 {motion} 号议题不存在（共 {motions} 个，从 0 起）。请刷新页面。",
        "There is no motion {motion} among {motions} (from 0). Load the page again.",
    ),
    "Poll_Abandoned": (
        "本次表决已由专项工作组宣布放弃，没有结果。可就同一方案公告新的表决。",
        "The officials gave this vote up; it has no result. A new vote on the same plan can be announced.",
    ),
    "Poll_NotOverdue": (
        "本次表决仍可完成计票，{overdueAt} 之后才能放弃。",
        "This vote can still be counted; it can be given up after {overdueAt}.",
    ),
    "Poll_NotItsCase": (
        "只有本案合约能够放弃表决。请由专项工作组成员签署后提交。",
        "Only the case gives a vote up. The officials must sign for it.",
    ),
    "Seal_NoSuchTrustee": ("没有第 {trustee} 席保管人。请核对席位号。", "There is no seat {trustee}. Check the number of the seat."),
    "Seal_ShareWrong": (
        "这份份额不属于第 {trustee} 席。请选择本次表决、本席位的保管人文件。",
        "This share is not the one of seat {trustee}. Choose the file of this vote and this seat.",
    ),
    "Seal_ShareKnown": (
        "第 {trustee} 席的份额已公布，无需重复操作。",
        "The share of seat {trustee} is public already. Nothing more to do.",
    ),
    "Seal_SecretWrong": (
        "合成的密钥不能打开本次表决。请核对各份额后重新合成。",
        "The number put together does not open this vote. Check the shares and put them together again.",
    ),
    "Seal_AlreadyUnsealed": ("本次表决已解封，无需重复操作。", "This vote is open already. There is nothing more to do."),
    "Seal_StillSealed": (
        "本次表决尚未解封。请先由足够的保管人公布份额。",
        "This vote is still sealed. Enough trustees must publish their shares first.",
    ),
    "Seal_NotSignedByKey": (
        "泄密报告不是用密封密钥签署的，不能证明密钥已泄露。",
        "The report is not signed with the seal key, so it does not prove that the key is known.",
    ),
    "Seal_BreachKnown": ("密钥泄露已有人报告，无需重复操作。", "The breach is already reported. There is nothing more to do."),
    "Box_LengthWrong": (
        "提交的票箱记录长度（{length} 字节）不正确。请重新取出后再计票。",
        "The records from the box have a wrong length ({length} bytes). Read them again, then count.",
    ),
    "Box_NotItsEnd": (
        "提交的记录不是票箱最后的部分，可能他人已先行全部清点。请重新读取票箱后继续。",
        "These are not the last records of the box; somebody may have counted all of them first. Read the box again and go on.",
    ),
    "Box_NotEmpty": (
        "票箱中还有未清点的表决票。请先清点全部表决票。",
        "There are ballots in the box that were not counted. Count all of them first.",
    ),
    "Box_NotTheBallot": (
        "所附记录不能说明第 {index} 号出借人最新的表决票。请附上该票及其后至清点起点的全部记录。",
        "The records do not show the newest ballot of index {index}. Give that ballot and all behind it up to where a counting began.",
    ),
}

SENTENCES = _CASE | _POLL
