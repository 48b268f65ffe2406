"""Letters for the post as one PDF: an address for the window of an envelope, the approved words, and the link as a QR code."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path

import segno

from backend.ground.common.typesetting import typeset
from backend.people.notices.views import Letter

TEMPLATE = Path(__file__).with_name("letter.typ")
MOST = 500
"""Letters in one file; once they are marked as posted, the next ones follow."""
CHECK = "扫描二维码，或在网站输入网址末尾的核对码，可核对本通知，也可提出异议。 / Scan the code to check this letter or to contest."


def paper(letters: Iterable[Letter], moment: datetime) -> bytes:
    """The first letters, one a page. Raises: FontsMissing."""
    pages = [
        {"id": one.id, "name": one.name, "address": one.address, "zh": one.zh, "en": one.en, "link": one.link, "code": _drawn(one.link)}
        for one in islice(letters, MOST)
    ]
    return typeset(TEMPLATE.read_bytes(), {"letters": pages, "check": CHECK}, moment)


def _drawn(link: str) -> str:
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
