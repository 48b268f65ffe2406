"""What the evidence bundle says to a court, in Chinese and English."""

#: Before either text where the vote was one.
REHEARSAL = "演练：本次表决没有任何效力 / Rehearsal: this vote has no effect\n\n"

ZH = """\
证据包说明

案件合约：{case}
表决合约：{poll}（链编号 {chain_id}，表决编号 {poll_number}）
取证区块：{block}（区块哈希 {block_hash}）
取证区块时间：{taken_at}（北京时间）
取证时间和取证人（由取证人填写）：
重新计票结论：{verdict}

一、包内文件
published/        运营方公开的文件：表决参数、登记表叶子及其范围证明、退出方案、回执清单、结果，密封表决另有密钥仪式记录；
                  设有时间戳机构的，另有时间戳（stamps.jsonl）
blocks.jsonl      与本次表决有关的区块：从取证区块起，以父区块哈希和区块链上的检查点逐级相连；每笔链上记录及其回执均附有包含证明
code.jsonl        取证区块上案件合约、表决合约及通行密钥验证合约的代码与账户证明（节点不提供的，则无此文件）
state.jsonl       取证区块上表决合约的人数、合计、结果与批准签字的存储证明（节点不提供的，则无此文件）
events.jsonl      案件合约与表决合约的全部事件（原始日志），便于阅读
openings.json     公开合计时给出的每组金额与随机数
approvals.json    各方签字：冻结登记表、提交方案、准予表决、公告、工作组成员对结果的批准或不批准；密封表决另有保管人的确认与份额
certificate/      表决结果证明书（如已随附）
recount.json      重新计票工具的完整输出（每一步骤、每一项发现）
tool/             重新计票工具的源码及其所依据的协议文本
manifest.json     上述每个文件的长度、SHA-256 与 Keccak-256，工具的版本与源码哈希

二、本证据包能够证明的
只要上述取证区块确属公认的链，以下各项即可由包内材料推算得出，不依赖任何节点或运营方的陈述：
1. 登记表、退出方案、计票规则和投票时间在开始投票之前已经固定，并由案件建立时登记的规定人数的工作组成员签字。
2. 每一张被记录的表决票都由一把表决密钥签署，该密钥由约定的身份核验机构针对登记表中的某一序号签发；每一序号只计最新一张表决票。
3. 各组人数与金额由公开的叶子和表决票重新计算，与合约的结果一致；结果按事先固定的规则得出。
4. 决定由案件建立时登记的规定人数的工作组成员，在异议期届满后签字作出。
5. 回执清单中的每一张表决票，或已写入区块链，或被同一序号的更新的表决票取代，或在重新计票结论中列为漏记。
   回执逐张编号、前后相连，末尾已写入区块链，不能事后删减。
6. 遗漏任何一个记有表决票的区块都会被发现：公开的人数与合计与这些区块相扣。有 state.jsonl 时，遗漏批准签字或剔除叶子的区块也会被发现。

三、本证据包不能证明的
1. 取证区块是否属于公认的链：请用自己的节点，或向多个节点查询该区块的哈希，与上文核对。
   区块以区块链上的检查点相连而没有 code.jsonl 的，工具显示“未证明”（not proved）：
   请向这些节点查询建立案件的区块的哈希，以 --creation 一并给出。
2. 序号背后是哪一个人：身份核验不在区块链上进行，由身份核验机构负责；区块链上只有序号、密钥和签名。
3. 债权申报是否真实、金额是否正确：由申报和审查程序认定；区块链上只有对金额的密码学承诺和各组合计。
4. 投票人是否受到胁迫、欺骗，是否理解方案内容。
5. 未进入回执清单的表决票：须由持有回执的出借人出示回执。运营方是否另有一套相互矛盾的回执记录，须使用节点重新计票查明。
6. 区块时间的绝对准确性。设有时间戳机构的，可加上 --authority 根证书文件，核对登记表、收票、截止和结果由机构加盖的时间；
   根证书请从机构或专项工作组取得，不要从本证据包抄录。

四、如何自行重新计票
不需要节点：在解压所得的 tool 文件夹中运行（需要 Python 3.11 及 coincurve、pycryptodome、httpx、rich）
python -m verifier.tally --evidence 本证据包.zip --head 区块哈希 --fingerprint 案件指纹
（用 --authority 核对时间戳，另需 rfc3161-client 及 cryptography）
取证区块的哈希请从自己信任的节点取得，案件指纹请从专项工作组的书面公告取得，不要从本证据包抄录。
或者用另一种语言编写的第二个实现：
node verifier/second/recount.mjs --evidence 本证据包.zip
使用节点：
python -m verifier.tally --rpc 节点地址 --published published --case 案件合约地址
持有回执的出借人可加上 --receipt 回执文件，查明其表决票是否写入区块链、回执是否被漏列。
"""

EN = """\
About this evidence

Case contract: {case}
Poll contract: {poll} (chain {chain_id}, poll number {poll_number})
Taken at block {block} (hash {block_hash})
Time of that block: {taken_at} (Beijing time)
Date and person who took the evidence:
Recount: {verdict}

1. What is in it
published/          what the operator published: parameters, register leaves and the proofs that they are in range, plan,
                    receipts, result; of a sealed vote its key ceremony; stamps of times by outsiders, where there are any
blocks.jsonl        the blocks that matter: linked from the block above by parent hashes and checkpoints on the blockchain; every
                    transaction and its receipt comes with a proof of inclusion
code.jsonl          code of case, poll and passkey verifiers with proofs of their accounts at that block (absent where the node gives none)
state.jsonl         storage proofs of the poll's heads, totals, result and officials' decisions at that block
                    (absent where the node gives none)
events.jsonl        all events of the two contracts (raw logs), for reading
openings.json       amounts and blinds with which the totals were opened
approvals.json      signatures: freezing of the register, submission and admission of the plan, announcement, decisions of the officials;
                    of a sealed vote the trustees' confirmations and shares
certificate/        the certificate of the result, if it was supplied
recount.json        the whole output of the recount tool: every step, every finding
tool/               the sources of the recount tool, and the protocol that it follows
manifest.json       length, SHA-256 and Keccak-256 of each of these files; version and source hash of the tool

2. What it proves
If the block above belongs to the generally accepted chain, all of this follows from what is in the bundle, and rests on no word of a node
or of the operator:
- Register, plan, rule and voting times were fixed before voting opened, signed by the number of officials required when the case was
  opened.
- Every recorded ballot was signed by a ballot key that a named identity verifier had signed for one index of the register; of each index
  the newest ballot counts, once.
- Heads and amounts of each class, counted again from the published leaves and the ballots, are the contract's; the outcome follows from
  the rule fixed before.
- The decision was signed by the number of officials required when the case was opened, after the objection period.
- Every ballot in the list of receipts is on the blockchain, or was replaced by a newer one of the same index, or is named as missed in the
  recount. Receipts are numbered and chained, and the end of the chain is on the blockchain: none can be taken out afterwards.
- A block with ballots that is left out is noticed: the opened heads and totals depend on every one of them. Where state.jsonl is
  there, so is one with an official's decision or with a leaf taken out.

3. What it does not prove
- That the block above belongs to the generally accepted chain: ask a node of your own, or several, for that block's hash and compare.
  Where checkpoints link the blocks and code.jsonl is absent, the recount says "not proved": ask those nodes for the hash of the block
  in which the case was created, and give it with --creation.
- Who stands behind an index: identity was checked off the chain by the identity verifier. The chain has indexes, keys and signatures only.
- That a claim is true or its amount right: that is for the filing and examination of claims. The chain has commitments and totals only.
- That nobody was forced or deceived, or that the plan was understood.
- Ballots that are not in the list of receipts: the lender who holds a receipt must show it. Whether the
  operator kept a second, contradicting set of records about receipts is found by a recount with a node.
- That a block's time is exact. Where outsiders stamped times, --authority ROOT-CERTIFICATE checks when they saw register, ballots,
  close and result; take the root from the authority or the working group, not from here.

4. How to recount
Without a node, in the folder tool of the unpacked bundle (needs Python 3.11 with coincurve, pycryptodome, httpx and rich):
python -m verifier.tally --evidence THIS-BUNDLE.zip --head BLOCK-HASH --fingerprint FINGERPRINT
(--authority needs rfc3161-client and cryptography besides)
Take the block's hash from nodes that you trust, and the case's fingerprint from the working group's notice; do not copy them from here.
With the second implementation, in another language:
node verifier/second/recount.mjs --evidence THIS-BUNDLE.zip
With a node:
python -m verifier.tally --rpc NODE --published published --case CASE-ADDRESS
A lender who holds a receipt adds --receipt FILE, to see whether the ballot is on the blockchain and whether the receipt was
left out of the list.
"""
