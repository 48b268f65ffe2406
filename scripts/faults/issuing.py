"""The issuer as `python -m verifier.issuer` runs it, except that its clock can be set."""

from __future__ import annotations

import time

from scripts.faults.served import wrong_seconds
from verifier.issuer import clock
from verifier.issuer.__main__ import main


def now(_: object) -> float:
    """What the issuer takes for the present moment."""
    return time.time() + wrong_seconds()


if __name__ == "__main__":
    clock.SystemClock.__call__ = now  # type: ignore[method-assign, assignment]
    raise SystemExit(main())
