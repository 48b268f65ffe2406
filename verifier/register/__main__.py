"""`python -m verifier.register --claims FILE --openings FILE --case 0x.. --chain-id N --register-number N`.

Checks a register before it is signed.
Exit status 0: everything is right, and the check code is printed. 1: there are findings. 2: called wrongly, or a file cannot be read.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from verifier.register.check import Check, Task
from verifier.register.claims.rules import FileRefused
from verifier.register.findings import Findings, shown
from verifier.register.freeze import FIELDS_OF, Place
from verifier.register.refusals import CalledWrongly, FileNotRead, NotCompared, TooLittleMemory
from verifier.register.report import Outcome, as_json, print_outcome
from verifier.register.sentences import LANGUAGES, REFUSALS, say

PASSWORD_VARIABLE = "LENDERVOTE_OPENINGS_PASSWORD"  # noqa: S105 the variable's name, not what is in it
MOST_MEMORY_BYTES = 4 * 2**30
_LONGEST_PASSWORD = 1_000


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise CalledWrongly(zh=f"用法不对：{message}", en=f"called wrongly: {message}")


def _parser() -> _Parser:
    parser = _Parser(prog="python -m verifier.register", description="签名前核对登记表 / Checks a register before it is signed.")
    parser.add_argument("--claims", metavar="FILE", type=Path, required=True, help="登记表原件 / the claims file as it was handed in")
    parser.add_argument("--openings", metavar="FILE", type=Path, required=True, help="明细文件 / the openings file from the desk (.lvo)")
    parser.add_argument(
        "--case", metavar="ADDRESS", required=True, help="案件合约地址，以专项工作组公布的为准 / from the working group's paper"
    )
    parser.add_argument("--chain-id", metavar="N", type=_whole, required=True, help="区块链编号 / the chain's id")
    parser.add_argument("--register-number", metavar="N", type=_whole, required=True, help="第几号登记表 / the register's number")
    parser.add_argument("--with-related", action="store_true", help="关联方参加表决 / related parties have a vote")
    parser.add_argument(
        "--protocol",
        type=int,
        choices=sorted(FIELDS_OF),
        default=max(FIELDS_OF),
        help="案件的协议版本；第一版的案件为 1 / the case's protocol; 1 for cases of the first release",
    )
    parser.add_argument(
        "--generation",
        metavar="HASH",
        default="",
        help="有过接任的案件：现任名单的数字指纹，以公开页面和他人节点所示为准"
        " / of a case with successions: the hash of those in office, as the public page and others' nodes have it",
    )
    parser.add_argument("--act", metavar="FILE", type=Path, help="待签事项（工作台下载的 JSON）/ the act, as the desk gives it")
    parser.add_argument(
        "--range-proofs", metavar="FILE", type=Path, help="范围证明（工作台下载的 range_proofs.bin）/ the range proofs from the desk"
    )
    parser.add_argument("--leaves", metavar="FILE", type=Path, help="已公布的 leaves.csv / published leaves, to be compared")
    parser.add_argument(
        "--password-file", metavar="FILE", type=Path, help=f"密码文件；也可用环境变量 {PASSWORD_VARIABLE} / in place of the prompt"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="语言 / language")
    parser.add_argument("--json", action="store_true", help="最后一行输出 JSON / one JSON object in the last line")
    return parser


def _whole(text: str) -> int:
    """A number far below 2^256."""
    if not (text.isascii() and text.isdigit() and len(text) < 70):
        raise argparse.ArgumentTypeError(f"{shown(text)}: 应为整数 / not a whole number")
    return int(text)


def _task(given: argparse.Namespace) -> Task:
    """Raises: CalledWrongly, OSError."""
    case = given.case.strip().lower()
    if not re.fullmatch("0x[0-9a-f]{40}", case):
        raise CalledWrongly(zh="案件合约地址应为 0x 加 40 位十六进制数字。", en="--case is 0x and 40 hex digits.")
    generation = given.generation.strip().lower()
    if generation and not re.fullmatch("0x[0-9a-f]{64}", generation):
        raise CalledWrongly(zh="名单的数字指纹应为 0x 加 64 位十六进制数字。", en="--generation is 0x and 64 hex digits.")
    place = Place(bytes.fromhex(case[2:]), given.chain_id, given.register_number, given.protocol, bytes.fromhex(generation[2:]))
    files = given.claims, given.openings
    beside = given.act, given.leaves, given.lang
    return Task(*files, _password(given), place, given.with_related, *beside, range_proofs=given.range_proofs)


def _password(given: argparse.Namespace) -> str:
    if given.password_file is not None:
        with given.password_file.open("rb") as file:
            return str(file.read(_LONGEST_PASSWORD).decode("utf-8", "replace"))
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    try:
        return getpass.getpass("密码 / Password: ")
    except EOFError as error:
        raise CalledWrongly(zh="没有输入密码。", en="No password was given.") from error


def _bound_memory() -> None:
    """Files from others end this process before they take the machine; where the system can set no bound, it sets none."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MOST_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _refused(name: str, facts: Mapping[str, object], language: str) -> str:
    return say(REFUSALS, name, {key: shown(value) for key, value in facts.items()}, language)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print what was found; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    language = "en" if "en" in words else "zh"
    outcome = Outcome(Findings())
    try:
        given = _parser().parse_args(words)
        language = given.lang
        check = Check(_task(given))
        outcome = check.outcome
        check.run()
    except (NotCompared, FileRefused) as error:
        name = error.rule if isinstance(error, FileRefused) else type(error).__name__
        outcome.refusal = _refused(name, error.facts, language)
    except OSError as error:
        facts = {"file": str(error.filename or ""), "reason": error.strerror or type(error).__name__}
        outcome.refusal = _refused(FileNotRead.__name__, facts, language)
    except MemoryError:
        outcome.refusal = _refused(TooLittleMemory.__name__, {}, language)
    print_outcome(outcome, language, print)
    if outcome.refusal:
        print(outcome.refusal, file=sys.stderr)
    if "--json" in words:
        print(as_json(outcome))
    return outcome.status


def command() -> None:
    """The whole command: ends the process with the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    _bound_memory()
    sys.exit(main())


if __name__ == "__main__":
    command()
