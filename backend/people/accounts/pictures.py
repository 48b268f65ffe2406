"""An authenticator's address as a picture that a telephone's camera reads."""

from __future__ import annotations

from typing import TextIO

import segno

SCALE, BORDER = 4, 4


def picture_of(provisioning_uri: str) -> str:
    """A QR code (ISO/IEC 18004) as a data address of SVG, black on white by day and by night; empty for an empty address."""
    if not provisioning_uri:
        return ""
    return str(_code(provisioning_uri).svg_data_uri(scale=SCALE, border=BORDER, light="#fff"))


def draw_on(terminal: TextIO, provisioning_uri: str) -> None:
    """The same in a terminal's letters."""
    _code(provisioning_uri).terminal(out=terminal, border=BORDER, compact=True)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="m", micro=False)
