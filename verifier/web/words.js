"use strict";
// What the page says, in Chinese and English.
const WORDS = {
  title: ["核对我的票", "Check my ballot"],
  rehearsal: ["演练：本次表决没有任何效力", "Rehearsal: this vote has no effect"],
  intro: [
    "本页可以保存到电脑或手机上离线打开。它重新计算您的登记、表决票的数字指纹和回执签名，并向您选择的至少两个区块链节点查询，不需要信任投票网站。",
    "Keep this page on your own disk. It computes your place in the register, your ballot's hash and the receipt's signature, and asks at least two blockchain nodes of your choice. You need not trust the voting site.",
  ],
  step_file: ["一、核对文件", "1. Your check file"],
  file: ["核对文件（投票后在回执页保存）", "Check file (kept from the receipt page)"],
  text: ["或粘贴核对文件的内容", "Or paste what the check file holds"],
  file_note: [
    "用核对文件能查出您的金额和选择，请只交给您信任的人。",
    "The file reveals your amount and choice. Give it only to someone you trust.",
  ],
  step_own: ["二、您自己知道的", "2. What you know yourself"],
  own_note: [
    "这四项请不要从核对文件或投票网站抄录。只有与它们一致，才说明这份核对文件是您的，而且是关于这次表决的。",
    "Do not copy these four from the check file or the voting site. Only if they match is this your own file, about this very vote.",
  ],
  case: ["案件地址（见专项工作组的公告）", "Case address (from the working group's notice)"],
  scan: ["拍摄公告上的二维码", "Photograph the code on the notice"],
  scan_none: ["照片里没有找到二维码。请靠近一些再拍，或手工填写。", "No code was found in the picture. Move closer, or type the address."],
  number: ["表决编号（见公告，从 0 起）", "Poll number (from the notice, counted from 0)"],
  amount: ["您的登记金额（元）", "Your admitted amount (CNY)"],
  key: ["表决密钥前 12 位（投票时手机上显示的）", "First 12 digits of your ballot key (as your phone showed it)"],
  step_nodes: ["三、区块链节点", "3. Blockchain nodes"],
  node1: ["节点一", "Node 1"],
  node2: ["节点二", "Node 2"],
  node3: ["节点三（可不填）", "Node 3 (optional)"],
  nodes: [
    "节点地址可向专项工作组、出借人代表或其他可信的机构询问，最好来自不同的机构。",
    "Ask the working group, the lenders' representatives or others you trust for node addresses; best from different organisations.",
  ],
  check: ["核对", "Check"],
  busy: ["正在核对……", "Checking…"],

  agrees: ["一致", "Agrees"],
  agrees_words: [
    "您的票已按回执写入区块链，记录的选择是：{choice}。请再看一遍下面的内容是不是您的。",
    "Your ballot is on the blockchain as the receipt says. The choice recorded: {choice}. Please look once more whether what stands below is yours.",
  ],
  replaced: ["已由另一张票替代", "Replaced by another ballot"],
  replaced_words: [
    "区块链上目前记录的是您的另一张票（第 {sequence} 次投票），选择是：{choice}。如果您后来改过票，以最后一次为准，没有问题。如果不是您投的，请立即联系服务热线或专项工作组。",
    "The blockchain now has another ballot of yours (vote {sequence}). The choice recorded: {choice}. If you changed your vote, the last one counts and all is well. If you did not, call the help line or the working group at once.",
  ],
  differs: ["不一致", "Does not agree"],
  differs_words: [
    "请看下面哪一项不符。刚投票的请等一分钟再核对；仍不一致，请保存核对文件和本页截图，联系服务热线或专项工作组。",
    "See below what differs. Just voted? Try again in a minute. If it still differs, keep the check file and a picture of this page, and call the help line or the working group.",
  ],
  away: ["无法连接", "No connection"],
  away_words: [
    "至少要有两个不同的节点回答。请检查网络，或换成别的节点地址。没有回答的：{away}",
    "At least two different nodes have to answer. Check the network, or take other node addresses. No answer from: {away}",
  ],
  unread: ["无法读取", "Not readable"],
  unread_words: [
    "这不是核对文件。请在投票页的回执页点“保存核对文件”，再选择保存的文件。",
    "This is no check file. Keep one from the receipt page of the ballot page, then choose it here.",
  ],
  typed: ["请检查填写的内容", "Please check what you typed"],
  typed_case: [
    "案件地址应为 0x 开头的 42 个字符，请与公告逐字核对。",
    "The case address has 42 characters and begins with 0x. Compare it with the notice, digit by digit.",
  ],
  typed_poll: ["表决编号是一个整数，请与公告核对。", "The poll number is a whole number. Compare it with the notice."],
  typed_amount: ["登记金额请按元填写，例如 12,500.00。", "Write the amount in CNY, for example 12,500.00."],
  typed_key: [
    "表决密钥前 12 位由数字和字母 a 至 f 组成，例如 1a2b 3c4d 5e6f。",
    "The first 12 digits of the ballot key are digits and letters from a to f, for example 1a2b 3c4d 5e6f.",
  ],

  refused: ["这份核对文件不能用来核对您的票", "This file cannot check your vote"],
  refused_other_amount: [
    "核对文件里的登记金额与您填写的不同，它可能是别人的核对文件。请用自己保存的文件；仍然不同，请联系专项工作组。",
    "The amount in the file is not the one you typed. It may be somebody else's file. Take the one that you kept yourself; if it still differs, call the working group.",
  ],
  refused_other_key: [
    "核对文件里的表决密钥与您填写的不同，它可能是别人的核对文件，或是您另一次投票的文件。请用最近一次投票后保存的文件。",
    "The ballot key in the file is not the one you typed. It may be somebody else's file, or one of another of your votes. Take the file kept after your latest vote.",
  ],
  refused_other_case: [
    "核对文件属于另一个案件，不是您填写的案件。请与专项工作组的公告核对案件地址；地址无误的，请不要相信给您这份文件的网站，并联系专项工作组。",
    "The file is about another case than the one you typed. Compare the address with the working group's notice. If it is right, do not trust the site that gave you this file, and call the working group.",
  ],
  refused_other_poll: [
    "核对文件不属于您填写的案件的这次表决。请与专项工作组的公告核对案件地址和表决编号；都无误的，请不要相信给您这份文件的网站，并联系专项工作组。",
    "The file is not about this poll of the case you typed. Compare address and poll number with the working group's notice. If both are right, do not trust the site that gave you this file, and call the working group.",
  ],
  refused_unnumbered: [
    "这次表决的回执依次编号。这份文件里的回执没有编号，不是按规定出具的。请保存这份文件，在异议期内书面交给专项工作组。",
    "Receipts of this vote are numbered in order. The receipt in this file has no number, so it was not issued by the rules. Keep the file and give it to the working group in writing within the objection period.",
  ],

  nodes_finding: ["各节点的回答相同", "The nodes say the same"],
  poll: ["这次表决属于您填写的案件", "The poll is of the case you typed"],
  chain: ["是回执上的那条链", "It is the receipt's chain"],
  amount_finding: ["登记金额与定稿的登记表一致", "The amount matches the final register"],
  leaf: ["您在定稿的登记表中", "You are in the final register"],
  digest: ["表决票是对所公告方案投的", "The ballot is on the announced plan"],
  signer: ["回执由本次表决的回执签名方签署", "The receipt is signed by the poll's receipt signer"],
  recorded: ["区块链上记录的正是这张票", "The blockchain has exactly this ballot"],
  replaced_finding: ["区块链上记录的是您的另一张票", "The blockchain has another ballot of yours"],
  yes: ["符合", "holds"],
  no: ["不符", "does not hold"],

  fact_choice: ["区块链上记录的选择", "Choice on the blockchain"],
  fact_amount: ["登记金额", "Admitted amount"],
  fact_class: ["表决组", "Class"],
  fact_class_value: [
    "编号 {number}（文件中的名称：{name}，未经核对）",
    "number {number} (the file calls it {name}; the name was not checked)",
  ],
  fact_key: ["表决密钥", "Ballot key"],
  fact_case: ["案件", "Case"],
  fact_poll: ["表决", "Poll"],
  fact_poll_value: ["编号 {number}，{opens} 至 {closes}（北京时间）", "Number {number}, {opens} to {closes} (Beijing time)"],
  fact_plan: ["退出方案的数字指纹", "Hash of the settlement plan"],
  yuan: ["{amount} 元", "CNY {amount}"],
  choice1: ["同意", "for"],
  choice2: ["不同意", "against"],
  choice3: ["弃权", "abstain"],
  choice0: ["没有记录", "none recorded"],
};
