"""What an answer says about whoever gave it."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from scripts.fuzz.makers import Throw
from scripts.fuzz.odd_values import MARKS
from scripts.fuzz.wire import Answer

SLOW_SECONDS = 5.0
_MARK = re.compile("|".join(MARKS))


@dataclass
class Findings:
    """Counts, and every finding as a line of a file, so that it can be sent again."""

    path: Path
    requests: int = 0
    server_errors: int = 0
    over_5_s: int = 0
    wrongly_accepted: int = 0
    told_to_wait: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def note(self, service: str, throw: Throw, answer: Answer) -> None:
        """Judge one answer."""
        self.requests += 1
        self.statuses[f"{service} {throw.role} {answer.status}"] += 1
        if answer.status == 503 and "retry-after" in answer.headers:
            self.told_to_wait += 1
        elif answer.status == 0 or answer.status >= 500:
            self.server_errors += 1
            self._write(service, "server error", throw, answer)
        if answer.seconds > SLOW_SECONDS:
            self.over_5_s += 1
            self._write(service, "slow", throw, answer)
        wrong = throw.wrong_when_taken or ("a mark that nobody sees" if _has_mark(answer) else "")
        if 200 <= answer.status < 300 and wrong:
            self.wrongly_accepted += 1
            self._write(service, f"taken: {wrong}", throw, answer)

    def _write(self, service: str, what: str, throw: Throw, answer: Answer) -> None:
        self.seen[f"{what}: {throw.call.name}"] += 1
        line = {
            "what": what,
            "service": service,
            "role": throw.role,
            "call": throw.call.name,
            "status": answer.status,
            "seconds": round(answer.seconds, 2),
            "request": base64.b64encode(throw.sent.bytes()[:200_000]).decode(),
            "answer": answer.body[:400].decode("utf-8", "replace"),
        }
        with self.path.open("a") as file:
            file.write(json.dumps(line, ensure_ascii=True) + "\n")


def _has_mark(answer: Answer) -> bool:
    """Whether a text of the answer has one, written out or as JSON writes it."""
    if not answer.headers.get("content-type", "").startswith(("application/json", "text/")):
        return False
    text = answer.body.decode("utf-8", "replace").removeprefix("\ufeff")
    with contextlib.suppress(ValueError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return _MARK.search(text) is not None
