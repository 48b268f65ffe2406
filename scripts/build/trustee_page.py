"""Put the trustee's page into one file that needs no server and asks none: `trustee.html` beside the bundles.

`python -m scripts.build.web` calls it; `python -m scripts.build.trustee_page FILE` writes another copy.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "backend" / "web"
TEMPLATE = WEB / "templates" / "trustee.html"
STYLE = WEB / "src" / "trustee" / "page.css"
NAME = "trustee.html"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(style: str, script: str) -> str:
    """The page's own Content-Security-Policy: this very script and style, and no connection: no seed leaves by the network."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; connect-src 'none'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def page(script: str) -> str:
    """The whole page around a bundled script; raises ValueError for a script that would end its own element."""
    script, style = f"\n{script.strip()}\n", f"\n{STYLE.read_text('utf-8')}"
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("the script holds what ends a script in HTML")
    text = TEMPLATE.read_text("utf-8")
    for name, part in (("{policy}", policy(style, script)), ("{style}", style), ("{script}", script)):
        before, _, after = text.partition(name)
        text = before + part + after
    return text


def write(bundles: Path, target: Path) -> None:
    """Write the page around the bundle of a folder."""
    target.write_text(page((bundles / "trustee.js").read_text("utf-8")), "utf-8")


def main(arguments: list[str]) -> None:
    """Write the page to a file, from the pages as they are built."""
    write(WEB / "static" / "dist", Path(arguments[0] if arguments else NAME))


if __name__ == "__main__":
    main(sys.argv[1:])
