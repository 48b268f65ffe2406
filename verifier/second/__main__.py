"""`python -m verifier.second` runs `recount.mjs` with the same words, for whoever has it from the wheel. It needs Node 20."""

import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("recount.mjs")
#: The tool could not be run: nothing was recounted (protocol §13.1).
NOTHING_RECOUNTED = 2


def main() -> int:
    """The exit status of the recount."""
    node = shutil.which("node")
    if node is None:
        print("需要 Node 20 或更新版本。 / Node 20 or newer is needed.", file=sys.stderr)
        return NOTHING_RECOUNTED
    return subprocess.run([node, str(PROGRAM), *sys.argv[1:]], check=False).returncode  # noqa: S603 our own program


def command() -> None:
    """The whole command: ends the process with the exit status."""
    sys.exit(main())


if __name__ == "__main__":
    command()
