"""`python -m scripts.build.docs` (make docs): the documents as pages into var/docs, without asking any other machine.

A link that leads nowhere is an error, and so is a page that would load anything from elsewhere.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

from scripts.build.parts import ROOT

SITE = ROOT / "var" / "docs"
_LOADED = re.compile(r"""<(?:script|img|iframe)\b[^>]*\bsrc=["'](?:https?:)?//|<link\b[^>]*\bhref=["'](?:https?:)?//""")
_STYLED = re.compile(r"""(?:@import\s+|url\()["']?(?:https?:)?//""")


def main() -> int:
    """Build; the last line is JSON."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, check=False)
    pages = sorted(SITE.rglob("*.html"))
    asking = [path.relative_to(SITE).as_posix() for path in pages if _LOADED.search(path.read_text("utf-8"))]
    asking += [path.relative_to(SITE).as_posix() for path in sorted(SITE.rglob("*.css")) if _STYLED.search(path.read_text("utf-8"))]
    for name in asking:
        print(f"{name} loads something from another server", file=sys.stderr)
    print(json.dumps({"pages": len(pages), "failed": int(done.returncode != 0) + len(asking)}))
    return 1 if done.returncode or asking else 0


if __name__ == "__main__":
    raise SystemExit(main())
