"""`python -m scripts.demo.code NAME`: the one-time code of a demo login at this moment, as its owner's authenticator would show it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pyotp


def main() -> int:
    """Print the code and how long it holds."""
    path = Path("var/demo/logins") / f"{sys.argv[1] if len(sys.argv) == 2 else ''}.totp"
    if not path.is_file():
        names = ", ".join(sorted(found.stem for found in path.parent.glob("*.totp")))
        print(f"python -m scripts.demo.code NAME; names: {names or 'none, run make demo first'}", file=sys.stderr)
        return 2
    print(pyotp.TOTP(path.read_text().strip()).now(), f"({30 - int(time.time()) % 30} s)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
