"""`python -m scripts.build.locks` (make lock): every lock anew, with hashes and without addresses. It needs uv on the path.

The whole lock is made first; the parts' locks take the same versions from it. `--upgrade` takes newer ones where there are any.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.build.parts import DRAWN, FULL, OF_A_CHECKOUT, ROOT

COMPILE = ("uv", "pip", "compile", "--generate-hashes", "--no-emit-index-url", "--no-header", "--universal", "--quiet")
OVERRIDES = ("--override", str(ROOT / "overrides.txt"))


def main() -> None:
    """Write the locks; the last line is JSON with the number of packages in each."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build.locks", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    newest = ("--upgrade",) if parser.parse_args().upgrade else ()
    _compile(*newest, *OVERRIDES, "--all-extras", "pyproject.toml", "-o", FULL.lock.name)
    with tempfile.TemporaryDirectory() as folder:
        for part in (*DRAWN, *OF_A_CHECKOUT):
            needs = Path(folder) / f"{part.name}.in"
            needs.write_text("\n".join(part.requirements()) + "\n")
            _compile(*OVERRIDES, "--no-annotate", "--constraint", FULL.lock.name, str(needs), "-o", part.lock.name)
    _compile("requirements-fuzz.in", "-o", "requirements-fuzz.lock")
    print(json.dumps({part.name: part.lock.read_text().count("==") for part in (*DRAWN, *OF_A_CHECKOUT, FULL)}))


def _compile(*words: str) -> None:
    print(f"{words[-1]} …", file=sys.stderr)
    subprocess.run([*COMPILE, *words], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
