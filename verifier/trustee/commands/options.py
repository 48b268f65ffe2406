"""Every command with who needs it, and its options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.trustee.commands import joining, making, opening
from verifier.trustee.commands.ground import PASSWORD_VARIABLE, Outcome

Options = Callable[[argparse.ArgumentParser], None]

_HELP = {
    "--ceremony": "本次仪式的公开文件 / the ceremony's opening paper",
    "--roll": "已关闭的名册 / the closed roll",
    "--appointed": "链上任命的身份，从两个机构的节点读取 / identities on chain, as nodes of two organisations show them",
    "--key": "自己的密钥文件 / your own key file",
    "--opening": "自己的开启文件 / your own opening file",
    "--seal": "seal.json",
    "--announced": "已公告的表决的密钥 / the key of the announced poll",
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
        "保管人：领取密钥文件并加入 / trustee: take a key file and join",
        (_CEREMONY, _numbers("--seat"), _files("--paper", needed=False), _IDENTITY, _SECRET),
    ),
    (
        "recover",
        joining.recover,
        "保管人：文件丢失时，从信封里的纸恢复 / trustee whose file is lost: from the paper in the envelope",
        (_CEREMONY, _numbers("--seat"), _files("--paper"), _IDENTITY, _SECRET),
    ),
    (
        "roll",
        joining.roll,
        "工作组：关闭名册 / officials: close the roll",
        (_CEREMONY, _lists("--joins"), _files("--appointed", needed=False), _files("--out")),
    ),
    ("deal", making.deal, "保管人：分发份额 / trustee: deal shares", (_ROLL, _OWN, _SECRET)),
    (
        "confirm",
        making.confirm,
        "保管人：核对、比对十二个词、签名 / trustee: check, compare twelve words, sign",
        (
            _ROLL,
            _OWN,
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
        (_ROLL, _OWN, _lists("--dealings"), _numbers("--dealer"), _SECRET),
    ),
    (
        "check-complaint",
        making.check_complaint,
        "任何人：核对投诉 / anybody: check a complaint",
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


def commands(parsers: Any) -> None:
    """Adds every command to the subparsers."""
    for name, run, what, options in CEREMONY:
        parser = parsers.add_parser(name, help=what, description=what)
        parser.set_defaults(run=run)
        for add in options:
            add(parser)
