"use strict";
// What the page says, in Chinese and English.
const WORDS = {
  title: ["用另一台设备核对密封", "Check a seal on another device"],
  intro: [
    "密封表决中，手机把您的选择密封后提交，截止前无人能读。本页用来核对：手机要提交的密封内容，是否就是您的选择。请在另一台设备上打开本页。",
    "In a sealed vote your phone seals your choice; nobody can read it before the close. This page checks whether what your phone is about to send holds your choice. Open it on another device.",
  ],
  step_poll: ["一、哪一次表决", "1. Which vote"],
  poll_note: [
    "请按专项工作组的公告填写，不要从投票网站抄录。节点地址请向您信任的机构询问，最好来自不同的机构。",
    "Take these from the working group's notice, not from the voting site. Ask organisations that you trust for node addresses; best from different ones.",
  ],
  case: ["案件地址（见专项工作组的公告）", "Case address (from the working group's notice)"],
  scan: ["拍摄公告上的二维码", "Photograph the code on the notice"],
  scan_none: ["照片里没有找到二维码。请靠近一些再拍，或手工填写。", "No code was found in the picture. Move closer, or type the address."],
  number: ["表决编号（见公告，从 0 起）", "Poll number (from the notice, counted from 0)"],
  node1: ["节点一", "Node 1"],
  node2: ["节点二", "Node 2"],
  node3: ["节点三（可不填）", "Node 3 (optional)"],
  step_first: ["二、先记下密封内容", "2. First keep what is sealed"],
  first_note: [
    "在手机的“提交前请核对”一页打开“用另一台设备核对密封”，显示第一个二维码，把它的内容填在这里。",
    "On your phone, at “Check before you submit”, open “Check the seal on another device”. It shows a first code; put what it holds here.",
  ],
  scan_code: ["拍摄手机上的二维码", "Photograph the code on the phone"],
  first: ["第一个二维码的内容", "What the first code holds"],
  keep: ["记下", "Keep"],
  kept: [
    "已记下。现在请在手机上按“公开并核对”。手机随后显示第二个二维码；这份密封不会提交。",
    "Kept. Now press “Open and check” on the phone. It then shows a second code; this seal will not be sent.",
  ],
  kept_not: [
    "这不是第一个二维码的内容，或者不属于上面填写的表决。",
    "This is not what the first code holds, or not of the vote named above.",
  ],
  step_second: ["三、再核对", "3. Then check"],
  second_note: ["把第二个二维码的内容填在这里。", "Put what the second code holds here."],
  second: ["第二个二维码的内容", "What the second code holds"],
  check: ["核对", "Check"],
  busy: ["正在核对……", "Checking…"],
  busy_words: ["", ""],
  holds: ["密封的就是这个选择", "This is the choice that was sealed"],
  holds_words: [
    "手机密封的是：{choice}。如果与您的选择相同，手机没有改动。请回到手机提交；提交时重新密封，也可以再核对一次。",
    "Your phone sealed: {choice}. If that is your choice, the phone changed nothing. Go back to the phone to submit: it seals anew, and you may check again.",
  ],
  broken: ["不符，请不要提交", "Does not fit; do not submit"],
  broken_other_key: [
    "手机用的不是这次表决的密封密钥。请保存本页截图，联系服务热线或专项工作组。",
    "The phone sealed to another key than this vote's. Keep a picture of this page and call the help line or the working group.",
  ],
  broken_other_seal: [
    "第二个二维码打不开先前记下的密封。请保存本页截图，联系服务热线或专项工作组。",
    "The second code does not open the seal that was kept. Keep a picture of this page and call the help line or the working group.",
  ],
  broken_other_choice: [
    "密封的不是手机所说的选择。请保存本页截图，联系服务热线或专项工作组。",
    "What is sealed is not the choice that the phone says. Keep a picture of this page and call the help line or the working group.",
  ],
  refused: ["无法核对", "Cannot be checked"],
  refused_unread: [
    "有一项内容读不出来。请重新拍摄或复制整行。",
    "One of the two lines cannot be read. Photograph or copy the whole line again.",
  ],
  refused_other_poll: [
    "填写的案件和编号没有这次密封表决，或与二维码不是同一次表决。",
    "The case and number name no such sealed vote, or another one than the code does.",
  ],
  refused_case: ["案件地址读不出来，可能抄错了一位。", "The case address cannot be read; a digit may be wrong."],
  refused_poll: ["表决编号应为数字，从 0 起。", "The poll number is a whole number, counted from 0."],
  differs: ["节点的回答不一致", "The nodes say different things"],
  differs_words: ["请换用别的节点，并告知专项工作组。", "Use other nodes, and tell the working group."],
  away: ["无法连接", "No connection"],
  away_words: [
    "至少要有两个不同的节点回答。请检查网络，或换成别的节点地址。没有回答的：{away}",
    "At least two different nodes have to answer. Check the network, or take other node addresses. No answer from: {away}",
  ],
  choice1: ["同意", "For"],
  choice2: ["不同意", "Against"],
  choice3: ["弃权", "Abstain"],
  choice_motion: ["第 {number} 项：{choice}", "Motion {number}: {choice}"],
  choice_between: ["；", "; "],
};
