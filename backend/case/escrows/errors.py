"""Rules that the statement of an escrow can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotFound


class EscrowMissing(Conflict):
    """A sealed poll is to be announced over a register whose openings nobody but this service has."""

    zh = (
        "第 {number} 号登记表的明细还没有托管，不能公告密封表决：一旦数据库丢失，结果将无法公开。"
        "请由工作组成员和全体密钥保管人完成托管并签名，再提交 escrow.json。"
    )
    en = (
        "The openings of register {number} are not in escrow, so no sealed vote over it can be announced: if the database were lost, no "
        "result could be opened. Have the officials and all trustees make and sign the escrow, then hand in escrow.json."
    )


class EscrowIncomplete(Conflict):
    """Some trustees have not signed yet."""

    zh = "第 {number} 号登记表的明细托管尚未签齐，以下各席还没有签名：{seats}。请这些密钥保管人核对份额和数据副本后签名。"
    en = "The escrow of register {number} lacks the signatures of seats {seats}. These trustees check share and copy, and sign."


class EscrowUnknown(NotFound):
    """No escrow of this register was handed in."""

    zh = "没有这份登记表的明细托管声明。"
    en = "There is no statement of an escrow of this register."


class EscrowRegisterWrong(BadInput):
    """The paper is of another case, chain or register than stands on the chain."""

    zh = "这份托管声明与区块链上第 {number} 号登记表不符（{field}）。请用这份登记表重新制作。"
    en = "This statement does not fit register {number} on the blockchain ({field}). Make it anew from this register."


class EscrowMalformed(BadInput):
    """Threshold, keys, commitments or context do not fit together."""

    zh = "这份托管声明不完整或内容不一致（{field}）。请提交工具写出的 escrow.json，不要改动。"
    en = "This statement is incomplete or does not fit together ({field}). Hand in escrow.json as the tool wrote it, unchanged."


class EscrowOfOtherTrustees(Conflict):
    """As many receivers as trustees serve, or it is for others."""

    zh = "这份托管有 {receivers} 个接收人，而在任密钥保管人有 {trustees} 名。请为现任密钥保管人重新制作。"
    en = "This escrow has {receivers} receivers, and {trustees} trustees serve. Make it anew for those who serve."


class EscrowNotByOfficials(BadInput):
    """Fewer than k officials signed it."""

    zh = "托管声明上有效的成员签名只有 {found} 个，须有 {needed} 个。成员核对后先签名，密钥保管人再签名。"
    en = "Only {found} of the officials' signatures hold, and {needed} are needed. Officials check and sign first, then the trustees."


class EscrowStands(Conflict):
    """Another statement over the register was taken before, and whoever hands this one in is not in office."""

    zh = "登记表 {number} 已有另一份托管声明。更换声明须由在任的专项工作组成员登录后提交。"
    en = "Another escrow statement over register {number} stands already. Only a signed-in official in office puts another in its place."
