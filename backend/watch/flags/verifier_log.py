"""The verifier's log of a poll, as it exports it (protocol §15.1): how many credentials by which way a day, and how many refusals."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from backend.watch.flags.errors import VerifierLogNotReadable
from backend.watch.flags.rules.officials_way import BEIJING_SECONDS, DAY_SECONDS, DayOfWays

REFUSED = ("face_declined", "liveness_failed")


def read_log(lines: Iterable[str], poll: str) -> tuple[list[DayOfWays], list[DayOfWays]]:
    """Days with (credentials, of those by officials), and days with (face decisions, of those refusals). Raises: VerifierLogNotReadable."""
    issued: Counter[int] = Counter()
    vouched: Counter[int] = Counter()
    tried: Counter[int] = Counter()
    refused: Counter[int] = Counter()
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            kind, about = str(entry["kind"]), str(entry["poll"]).lower()
            day = _day(entry["time"]) if kind in (*REFUSED, "credential") else 0
        except (ValueError, KeyError, TypeError) as error:
            raise VerifierLogNotReadable(line=number) from error
        if about != poll.lower():
            raise VerifierLogNotReadable(line=number)
        if kind == "credential":
            issued[day] += 1
            vouched[day] += entry.get("way") == "vouched"
            tried[day] += entry.get("way") == "face"
        elif kind in REFUSED:
            tried[day] += 1
            refused[day] += 1
    return (
        [DayOfWays(day, many, vouched[day]) for day, many in sorted(issued.items())],
        [DayOfWays(day, many, refused[day]) for day, many in sorted(tried.items())],
    )


def _day(moment: str) -> int:
    return (int(datetime.fromisoformat(moment).timestamp()) + BEIJING_SECONDS) // DAY_SECONDS
