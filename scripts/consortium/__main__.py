"""`python -m scripts.consortium vote|faults|key|genesis`: a vote on four validators, or faults of them; for organisations a key, and the
first block."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from backend.ground.common.errors import LenderVoteError
from scripts.build.engine import what_is_missing
from scripts.consortium import faults, genesis, story
from scripts.consortium.network import make_key
from scripts.consortium.organisations import read
from scripts.consortium.validator import PROGRAM

LENDERS, SHORT_LENDERS = 280, 24


def main() -> int:
    """The command's exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.consortium", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    voting = commands.add_parser("vote", help="four validators on this machine, a whole vote, recounts on each of them")
    voting.add_argument("--lenders", type=int, default=LENDERS)
    voting.add_argument("--short", action="store_true", help=f"{SHORT_LENDERS} lenders")
    voting.add_argument("--window", type=int, help="seconds for which the poll is open")
    commands.add_parser("faults", help="validators killed, cut off, lying or restored, while a vote runs")
    making = commands.add_parser("key", help="make a validator's key; prints the public one")
    making.add_argument("folder", type=Path)
    first = commands.add_parser("genesis", help="make the first block from the file of organisations")
    first.add_argument("file", type=Path)
    first.add_argument("--out", type=Path, default=Path("genesis"))
    given = parser.parse_args()
    try:
        return {"vote": _vote, "faults": _faults, "key": _key, "genesis": _genesis}[given.command](given)
    except LenderVoteError as error:
        print(f"{error.say('zh')}\n{error.say('en')}", file=sys.stderr)
        return 2


def _lacks_engine() -> bool:
    if PROGRAM.exists():
        return False
    said = what_is_missing() or "请先运行 make engine / run make engine first"
    print(f"没有验证节点程序，未运行 / no validator's program, nothing was run: {said}", file=sys.stderr)
    return True


def _faults(_: argparse.Namespace) -> int:
    return 2 if _lacks_engine() else faults.run()


def _vote(given: argparse.Namespace) -> int:
    if _lacks_engine():
        return 2
    lenders = SHORT_LENDERS if given.short else given.lenders
    return story.run(story.Size(lenders, given.window or 90 + lenders))


def _key(given: argparse.Namespace) -> int:
    public = make_key(given.folder)
    print(json.dumps({"node_key": "0x" + public.hex(), "secret": str(given.folder / "nodekey")}))
    return 0


def _genesis(given: argparse.Namespace) -> int:
    consortium = read(given.file)
    digest = genesis.write(consortium, given.out)
    print(json.dumps({"folder": str(given.out), "sha256": digest, "validators": consortium.addresses}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
