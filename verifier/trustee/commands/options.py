"""Every command with who needs it, and its options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.trustee.commands import escrow, joining, making, opening
from verifier.trustee.commands.ground import PASSWORD_VARIABLE, Outcome

Options = Callable[[argparse.ArgumentParser], None]

_HELP = {
    "--ceremony": "本次仪式的公开文件 / the ceremony's opening paper",
    "--roll": "已关闭的席位表 / the closed roll",
    "--appointed": "区块链上任命的身份，从两个机构的节点读取 / identities on chain, as nodes of two organisations show them",
    "--key": "自己的保管文件 / your own key file",
    "--opening": "自己的开启文件 / your own opening file",
    "--seal": "seal.json",
    "--announced": "已公告的表决的密钥 / the key of the announced poll",
    "--escrow": "escrow.json",
    "--officials": "工作组人员名单和门限，从两个机构的节点读取 / officials and their threshold, as two organisations' nodes show them",
    "--file": "自己保存的托管数据 / your own copy of the escrow file",
    "--boxes": "各席的密封份额 / the sealed shares",
    "--order": "工作组人员签名的开启令 / the order that officials signed",
    "--plan": "重新分发的安排 / the plan of the new sharing",
    "--recipient-key": "接收人的私钥文件 / the recipient's key",
    "--leaves": "leaves.csv",
    "--groups": "要合计的各组序号 / groups of indexes to add up",
    "--out": "写入哪个文件 / the file to write",
    "--folder": "结果写入哪个文件夹 / where results go",
    "--identity-key": "本席身份的私钥文件；没有时另行签名 / the seat's plain key; without it, sign elsewhere",
    "--password-file": f"密码文件；也可用环境变量 {PASSWORD_VARIABLE} / in place of the prompt",
}


def _files(*names: str, needed: bool = True) -> Options:
    def add(parser: argparse.ArgumentParser) -> None:
        for name in names:
            parser.add_argument(name, type=Path, metavar="FILE", required=needed, help=_HELP.get(name))

    return add


def _numbers(*names: str) -> Options:
    def add(parser: argparse.ArgumentParser) -> None:
        for name in names:
            parser.add_argument(name, type=_whole, metavar="N", required=True)

    return add


def _lists(*names: str, needed: bool = True) -> Options:
    def add(parser: argparse.ArgumentParser) -> None:
        for name in names:
            parser.add_argument(name, type=Path, metavar="FILE", nargs="+", required=needed, default=[])

    return add


def _text(name: str, *, needed: bool = True, what: str = "") -> Options:
    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(name, required=needed, help=what or None)

    return add


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 70):
        raise argparse.ArgumentTypeError("应为整数 / not a whole number")
    return int(text)


_SECRET = _files("--password-file", "--folder", needed=False)
_IDENTITY = _files("--identity-key", needed=False)
_CEREMONY = _files("--ceremony")
_ROLL = _files("--ceremony", "--roll", "--appointed")
_OWN = _files("--key")


def _own_seat(parser: argparse.ArgumentParser) -> None:
    """Whoever keeps files of several seats says which is meant."""
    parser.add_argument("--seat", type=_whole, metavar="N", help="核对文件是不是这一席的 / the file must be that of this seat")


Command = tuple[str, Callable[[argparse.Namespace], Outcome], str, tuple[Options, ...]]
CEREMONY: tuple[Command, ...] = (
    (
        "begin",
        joining.begin,
        "工作组：开始一次密钥仪式 / officials: begin a ceremony",
        (_text("--case"), _numbers("--chain-id", "--number", "--seats", "--threshold"), _files("--out")),
    ),
    (
        "take",
        joining.take,
        "保管人：领取保管文件并加入 / trustee: take a key file and join",
        (_CEREMONY, _numbers("--seat"), _files("--paper", needed=False), _IDENTITY, _SECRET),
    ),
    (
        "recover",
        joining.recover,
        "保管人：文件丢失时，从信封里的纸恢复 / trustee whose file is lost: from the paper in the envelope",
        (_CEREMONY, _numbers("--seat"), _files("--paper"), _IDENTITY, _SECRET),
    ),
    (
        "join",
        joining.join,
        "保管人：从保管文件再写一次加入文件 / trustee: the joining paper once more, from the key file",
        (_CEREMONY, _OWN, _own_seat, _IDENTITY, _SECRET),
    ),
    (
        "roll",
        joining.roll,
        "工作组：关闭席位表 / officials: close the roll",
        (_CEREMONY, _lists("--joins"), _files("--appointed", needed=False), _files("--out")),
    ),
    ("deal", making.deal, "保管人：分发份额 / trustee: deal shares", (_ROLL, _OWN, _own_seat, _SECRET)),
    (
        "confirm",
        making.confirm,
        "保管人：核对、比对十二个词、签名 / trustee: check, compare twelve words, sign",
        (
            _ROLL,
            _OWN,
            _own_seat,
            _lists("--dealings"),
            _lists("--complaints", needed=False),
            _text("--words", needed=False, what="其他保管人念的十二个词或编号 / the words or numbers as the others read them"),
            _files("--backup", needed=False),
            _IDENTITY,
            _SECRET,
        ),
    ),
    (
        "complain",
        making.complain,
        "保管人：公开证明收到的份额不符，仪式作废 / trustee: prove a share that does not fit; it voids the ceremony",
        (_ROLL, _OWN, _own_seat, _lists("--dealings"), _numbers("--dealer"), _SECRET),
    ),
    (
        "check-complaint",
        making.check_complaint,
        "任何人：核对投诉 / anybody: check an accusation",
        (_files("--ceremony", "--roll", "--complaint"), _lists("--dealings")),
    ),
    (
        "check-announced",
        making.check_announced,
        "保管人：公告之后，核对自己的份额公钥 / trustee: is my share key in the announced poll?",
        (_files("--opening", "--announced"), _SECRET),
    ),
    (
        "open",
        opening.open_poll,
        "保管人：表决截止之后，给出份额 / trustee: give the share after the close",
        (_files("--ceremony", "--roll", "--seal", "--opening"), _numbers("--closes-at", "--final-block-time"), _SECRET),
    ),
    (
        "unseal",
        opening.unseal,
        "任何人：用若干份额合成表决密钥 / anybody: the poll's secret from t shares",
        (_files("--ceremony", "--roll", "--seal", "--out"), _lists("--shares")),
    ),
    ("check-share", opening.check_share, "任何人：核对一份份额 / anybody: check a share", (_files("--announced", "--share"),)),
    (
        "check-seal",
        opening.check_seal,
        "出借人的第二台设备：核对封条 / a lender's second device: check a seal",
        (_files("--ballot"),),
    ),
)

_ESCROW: tuple[Options, ...] = (_files("--escrow"), _lists("--reshared", needed=False))
_HELD: tuple[Options, ...] = (*_ESCROW, _OWN, _files("--boxes", needed=False), _SECRET)
ESCROW: tuple[Command, ...] = (
    (
        "escrow-take",
        escrow.take,
        "保管人：领取托管保管文件 / trustee: take an escrow key file",
        (_text("--case"), _numbers("--chain-id", "--register-number", "--seat"), _SECRET),
    ),
    (
        "escrow-check",
        escrow.check,
        "保管人：签名前核对份额与数据副本 / trustee: check share and copy before signing",
        (*_HELD, _files("--officials", "--file"), _IDENTITY),
    ),
    (
        "escrow-drill",
        escrow.answer_drill,
        "保管人：每次表决前的演练 / trustee: the drill before each poll",
        (*_HELD, _files("--file"), _text("--challenge")),
    ),
    (
        "escrow-check-drill",
        escrow.check_drill,
        "工作组：核对演练 / officials: check the drill",
        (*_ESCROW, _text("--challenge"), _lists("--answers")),
    ),
    (
        "escrow-hand",
        escrow.hand,
        "保管人：按开启令把份额交给接收人 / trustee: hand the share to an order's recipient",
        (*_HELD, _files("--officials", "--order")),
    ),
    (
        "escrow-open",
        escrow.open_openings,
        "接收人：打开明细并合计 / recipient: open the openings and add up",
        (*_ESCROW, _files("--order", "--recipient-key", "--file", "--leaves", "--groups", "--out"), _lists("--handings")),
    ),
    (
        "escrow-reshare",
        escrow.reshare,
        "旧保管人：重新分发份额 / old trustee: share anew",
        (*_HELD, _files("--plan")),
    ),
    (
        "escrow-join",
        escrow.join,
        "工作组：合并重新分发 / officials: join the parts of sharing anew",
        (*_ESCROW, _files("--plan", "--out"), _lists("--parts")),
    ),
)


def commands(parsers: Any) -> None:
    """Adds every command to the subparsers."""
    for name, run, what, options in (*CEREMONY, *ESCROW):
        parser = parsers.add_parser(name, help=what, description=what)
        parser.set_defaults(run=run)
        for add in options:
            add(parser)
