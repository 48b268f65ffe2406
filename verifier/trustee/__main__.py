"""`python -m verifier.trustee COMMAND …`: for trustees, and a notary beside them, who trust no page. Files in, files out, no network.

Exit status 0: done. 1: refused, with a sentence that says the next step. 2: called wrongly.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import NoReturn

from verifier.trustee.commands.options import commands
from verifier.trustee.errors import CalledWrongly
from verifier.trustee.refusal import LANGUAGES, Refused


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise CalledWrongly(message=message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m verifier.trustee",
        description="密钥保管人离线使用：表决密钥的仪式与解封，以及明细的托管。"
        " / For trustees and notaries who trust no page: making and opening the key of a sealed poll, and openings that survive.",
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="语言 / language")
    parser.add_argument("--json", action="store_true", help="最后一行输出 JSON / one JSON object in the last line")
    commands(parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one step, say what happened; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    language, facts, status = ("en" if "en" in words else "zh"), {}, 0
    try:
        given = _parser().parse_args(words)
        language = given.lang
        done = given.run(given)
        facts = {"command": given.command, "refused": None, **done.facts}
        print(done.zh if language == "zh" else done.en)
    except Refused as error:
        status = 2 if isinstance(error, CalledWrongly) else 1
        facts = {"refused": type(error).__name__, "zh": error.sentence("zh"), "en": error.sentence("en")}
        print(error.sentence(language), file=sys.stderr)
    if "--json" in words:
        print(json.dumps(facts, ensure_ascii=False))
    return status


def command() -> None:
    """The whole command: ends the process with the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())


if __name__ == "__main__":
    command()
