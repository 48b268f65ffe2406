"""`python -m scripts.rig.new_accounts`: runs `lendervote account create` for each account on standard input, in one process.

Standard input is a list of `{"name", "role", "password"}` as JSON; the command's own line of JSON comes out for each, in the same order.
"""

from __future__ import annotations

import json
import os
import sys

from scripts.cli.__main__ import main as lendervote

#: Where the command finds the password of a new account.
PASSWORD = "LENDERVOTE_NEW_PASSWORD"  # noqa: S105  a name


def main() -> int:
    """Stop at the first account that is refused. Returns the command's exit status."""
    for account in json.load(sys.stdin):
        os.environ[PASSWORD] = account["password"]
        status = lendervote(["account", "create", account["name"], "--role", account["role"]], standalone_mode=False)
        if status:
            return int(status)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
