"""`python -m verifier.tally write-count --rpc URL --published DIR [--secret HEX]`: the calls that are left to count a sealed poll.

An auditor who waits for nobody counts alone with it: what has to be sent follows from transactions. It prints one JSON object a line,
`{"to", "data", "ballots"}`, in the order in which they have to be sent, and sends nothing. Exit status 1: the poll differs, or cannot be
counted.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from verifier.tally import abi, curve
from verifier.tally.contracts import SEALED
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount

#: Of one transaction: a piece of so many records stays below the 128 KiB that nodes take.
MOST_RECORDS = 1_100
UNTIL = 7  # the step that counts


def add_options(parser: argparse.ArgumentParser) -> None:
    """What this command takes beyond a recount."""
    parser.add_argument("--secret", metavar="HEX", default="", help="the poll's secret, when nobody has handed it in yet")
    parser.add_argument("--most", metavar="BALLOTS", type=int, default=MOST_RECORDS, help="how many ballots a call may carry")


def check_options(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """Ends the process with status 2 for what is none."""
    if given.secret and not re.fullmatch("(0x)?[0-9a-fA-F]{1,64}", given.secret):
        parser.error("--secret is a number of 1 to 64 hex digits")
    if given.most < 1:
        parser.error("--most is 1 or more")


def write(work: Recount, given: argparse.Namespace) -> int:
    """Print the calls; returns the exit status."""
    try:
        calls = list(_calls(work, int(given.secret, 16) if given.secret else 0, given.most))
    except CannotCount as error:
        print(error, file=sys.stderr)
        return 1
    for call in calls:
        print(json.dumps(call))
    return 0


class CannotCount(Exception):
    """Why there is nothing to be sent."""


def _calls(work: Recount, secret: int, most: int) -> Iterator[dict[str, Any]]:
    """What is left. Raises CannotCount."""
    scene, terms, ballots, count = work.scene, work.terms, work.ballots, work.count
    if scene is None or terms is None or terms.sealing is None or ballots is None or count is None:
        raise CannotCount(_why(work) or "an open poll has no box to count / 公开表决没有票箱可计")
    unsealed = bool(count.secret)
    others = [one for one in work.findings if unsealed or one.name != "count.secret"]
    if others:
        raise CannotCount(_why(work))
    if not unsealed:
        point = curve.multiple(secret)
        if point is None or curve.address_of(point) != terms.sealing.address:
            raise CannotCount("the poll is still sealed: give its secret with --secret / 表决尚未解封：请用 --secret 给出密钥")
        yield _call(scene.poll, "unseal", 0, secret)
    left = count.left
    while left:
        start = max(0, left - most)
        yield _call(scene.poll, "count", left - start, ballots.boxes[start], b"".join(ballots.records[start:left]))
        left = start


def _call(poll: bytes, name: str, number: int, *values: Any) -> dict[str, Any]:
    data = SEALED.selectors[name] + abi.encode(SEALED.calls[name], *values)
    return {"to": "0x" + poll.hex(), "data": "0x" + data.hex(), "ballots": number}


def _why(work: Recount) -> str:
    """What the steps up to the count have found."""
    return "\n".join(f"{one.place}: {one.what} [{one.name}]" for one in work.findings)


def quiet(_: StepLog) -> None:
    """Nothing but the calls goes to the output."""


def steps_until(steps: Sequence[Any]) -> list[Any]:
    """Those that a count needs."""
    return [one for one in steps if one[0] <= UNTIL]
