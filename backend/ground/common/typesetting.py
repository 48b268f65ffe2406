"""Papers by typst: PDF/A-2a, the same bytes for the same facts, and no paper at all where a character has no font."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from backend.ground.common.errors import Unavailable

FONT = "Noto Sans CJK SC"


class FontsMissing(Unavailable):
    """The machine has no font with Chinese characters, and a paper with empty boxes must not leave the house."""

    zh = "本机缺少中文字体（Noto Sans CJK SC），不能制作文件。请管理员安装 fonts-noto-cjk；lendervote doctor 可以检查。"
    en = "This machine lacks the font Noto Sans CJK SC. The administrator should install fonts-noto-cjk; lendervote doctor checks."


@cache
def has_fonts() -> bool:
    """Whether the font is installed where the system keeps its fonts."""
    import typst

    return FONT in typst.Fonts(include_embedded_fonts=False).families()


def typeset(template: bytes, facts: Mapping[str, Any], moment: datetime) -> bytes:
    """A paper in PDF/A-2a; `moment` is written into it as its time, so that it is always the same paper.

    The template reads the facts as `json(bytes(sys.inputs.facts))`. Raises: FontsMissing; RuntimeError for a template that warns.
    """
    import typst

    if not has_fonts():
        raise FontsMissing
    compiler = typst.Compiler(template, sys_inputs={"facts": json.dumps(facts, ensure_ascii=False, sort_keys=True), "font": FONT})
    paper, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards="a-2a", timestamp=moment.replace(microsecond=0))
    if warnings or not isinstance(paper, bytes):
        raise RuntimeError(f"the template warned: {[warning.message for warning in warnings]}")
    return paper
