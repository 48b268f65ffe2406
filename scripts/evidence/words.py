"""What the evidence bundle says to a court, in Chinese and English."""

ZH = """\
证据包说明

案件合约：{case}
投票合约：{poll}（链编号 {chain_id}，第 {poll_number} 次表决）
取证区块：{block}（{block_hash}）
复核结论：{verdict}

一、包内文件
published/        运营方公开的文件：表决参数、登记册叶子、方案、回执清单、结果
node.jsonl        取证时节点的全部应答，逐条附有所问内容：区块头、事件、交易全文、合约代码与查询结果，足以在没有节点的情况下复核
events.jsonl      案件合约与投票合约的全部事件（原始日志），便于阅读
openings.json     公开合计时给出的每组金额与随机数
approvals.json    各方签字：冻结登记册、提交与受理方案、公告、工作组成员对结果的表态
code.json         两个合约在链上的代码及其哈希
contracts/        由公开源码编译所得的合约，用来与链上代码比对
certificate/      表决结果证明书（如已随附）
recount.json      独立复核工具的完整输出（十二个步骤、每一项发现）
tool/             复核工具的源码及其所依据的协议文本
manifest.json     上述每个文件的长度、SHA-256 与 Keccak-256，复核工具的版本与源码哈希

二、链上记录能够证明的
1. 登记册、方案、表决规则和时间窗口在开始投票之前已经固定，并由达到法定人数的工作组成员签字。
2. 每一张被记录的选票都由一把选票密钥签署，该密钥由约定的核验方针对登记册中的某一序号签发；每一序号只计最新一张选票。
3. 各组人数与金额由公开的叶子和选票重新计算，与合约的结果一致；结果按事先固定的规则得出。
4. 决定由达到法定人数的工作组成员在异议期届满后签字作出。
5. 回执清单中的每一张选票，或已上链，或被同一序号的新选票取代，或被合约公开拒绝，或在复核结论中列为遗漏。

三、链上记录不能证明的
1. 序号背后是哪一个人：身份核验在链下进行，由核验方负责；链上只有序号、密钥和签名。
2. 债权申报是否真实、金额是否正确：由申报和审查程序认定；链上只有对金额的密码学承诺和各组合计。
3. 投票人是否受到胁迫、欺骗，是否理解方案内容。
4. 未进入回执清单的选票：须由持有回执的出借人出示回执。
5. 区块时间的绝对准确性，以及节点所示之链为各方公认之链：取证时应使用自己的节点，或由多个节点互相印证区块哈希。
6. 使用通行密钥（P-256）的签名，由其验证合约核验，复核工具不作二次计算。

四、如何自行复核
不需要节点：在解压所得的 tool 文件夹中运行（需要 Python 3.11 及 coincurve、pycryptodome、httpx、rich）
python -m verifier.tally --evidence 本证据包.zip
它先对照 manifest.json 核对各文件，再用 node.jsonl 中的应答复核全部步骤。节点应答是否属实，请用自己的节点查询上述取证区块，核对其哈希。
使用节点：
python -m verifier.tally --rpc 节点地址 --published published
或者用另一种语言编写的第二个实现：
node verifier/second/recount.mjs --rpc 节点地址 --published published
持有回执的出借人可加上 --receipt 回执文件，查明其选票是否上链、回执是否被漏列。
"""

EN = """\
About this evidence

Case contract: {case}
Poll contract: {poll} (chain {chain_id}, poll number {poll_number})
Taken at block {block} ({block_hash})
Recount: {verdict}

1. What is in it
published/          what the operator published: parameters, register leaves, plan, receipts, result
node.jsonl          all that the node answered, with what was asked: headers, events, whole transactions, code, views; enough to recount
                    without a node
events.jsonl        all events of the two contracts (raw logs), for reading
openings.json       amounts and blinds with which the sums were opened
approvals.json      signatures: freezing, submission and admission of the plan, announcement, attestations of the officials
code.json           the code of the two contracts on the chain, and its hashes
contracts/          the contracts as the published sources compile, to hold against the code on the chain
certificate/        the certificate of the result, if it was handed in
recount.json        the whole output of the independent recount: twelve steps, every finding
tool/               the sources of the recount tool, and the protocol that it follows
manifest.json       length, SHA-256 and Keccak-256 of each of these files; version and source hash of the tool

2. What the chain proves
- Register, plan, rule and window were fixed before the poll opened, signed by as many officials as the case demands.
- Every recorded ballot was signed by a ballot key that an agreed verifier had signed for one index of the register; of each index the
  newest ballot counts, once.
- Heads and amounts of each class, counted again from the published leaves and the ballots, are the contract's; the outcome follows from
  the rule fixed before.
- The decision was signed by enough officials after the challenge period.
- Every ballot in the list of receipts is on the chain, or was replaced by a newer one of the same index, or was rejected aloud by the
  contract, or is named as missed in the recount.

3. What it does not prove
- Who stands behind an index: identity was checked off the chain by the verifier. The chain has indexes, keys and signatures only.
- That a claim is true or its amount right: that is for the filing and examination of claims. The chain has commitments and totals only.
- That nobody was forced or deceived, or that the plan was understood.
- Ballots that are not in the list of receipts: the lender who holds a receipt must show it.
- That a block's time is exact, or that the chain shown is the one that everybody takes for the chain: use a node of your own, or compare
  the block hash above between several.
- Passkey signatures (P-256) were checked by their verifying contract; the tool does not compute them again.

4. How to recount
Without a node, in the folder tool of the unpacked bundle (needs Python 3.11 with coincurve, pycryptodome, httpx and rich):
python -m verifier.tally --evidence THIS-BUNDLE.zip
It holds the files against manifest.json and takes every step with the answers in node.jsonl. Whether those answers are the chain's: ask a
node of your own for the block above and compare its hash.
With a node:
python -m verifier.tally --rpc NODE --published published
or the second implementation in another language:
node verifier/second/recount.mjs --rpc NODE --published published
A lender who holds a receipt adds --receipt FILE, to see whether the ballot is on the chain and whether the receipt was
left out of the list.
"""
