"""Puts a check page's parts into one file that needs no server: `python -m verifier.web.one_file [FILE [PAGE]]`."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
#: Is my ballot on the chain; and does what my phone is about to send hold my choice.
VERIFY, CHECK_SEAL = "verify.html", "check_seal.html"
PART = re.compile(r'<(style|script) src="([a-z_]+\.(?:css|js))"></\1>')


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(styles: list[str], scripts: list[str]) -> str:
    """The page's own Content-Security-Policy: these very scripts and styles run, and nothing else; any node may be asked."""
    return (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; style-src {' '.join(map(_hash, styles))}; "
        "connect-src http: https:; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def one_file(name: str = VERIFY) -> str:
    """A whole page as text."""
    parts: dict[str, list[str]] = {"style": [], "script": []}

    def fill(found: re.Match[str]) -> str:
        kind, name = found.groups()
        text = "\n" + (FOLDER / name).read_text("utf-8")
        parts[kind].append(text)
        return f'<{kind} id="{Path(name).stem}">{text}</{kind}>'

    page = PART.sub(fill, (FOLDER / name).read_text("utf-8"))
    return page.replace("{policy}", policy(parts["style"], parts["script"]), 1)


def main(arguments: list[str]) -> None:
    """Write a page to a file, or to stdout."""
    if arguments:
        Path(arguments[0]).write_text(one_file(*arguments[1:2]), "utf-8")
    else:
        sys.stdout.write(one_file())


if __name__ == "__main__":
    main(sys.argv[1:])
