"""Number formats that show a value as it is. They are known by their shape; a shape that is not here is not taken (protocol §18.2).

A format code is written down as one letter for each of its tokens, and the sections of that are compared with the shapes.
"""

from __future__ import annotations

import re

MAX_CODE = 255
"""No spreadsheet program writes a longer one."""
_OURS = frozenset({"¥", "￥", "CNY", "RMB", "人民币"})
_TOKENS = re.compile(
    r'(?P<literal>"[^"]*"|[\\!].)|(?P<pad>[_*].)|(?P<bracket>\[[^\]]*\])|(?P<general>General|G/通用格式)'
    r"|(?P<digits>[#0?]+(?:,[#0?]+)*(?:\.[#0?]+)?)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_PLACE = r"-(?:0*804|0*4|zh(?:-CN|-Hans|-Hans-CN)?)"
_MONEY = re.compile(rf"\[\$(?:¥|￥|CNY|RMB)?(?:{_PLACE})?\]", re.IGNORECASE)
_COLOURS = frozenset({"[black]", "[blue]", "[green]", "[red]"})
_BARE = {" ": "p", "¥": "s", "￥": "s", "元": "y", "-": "-", "(": "(", ")": ")", "@": "t"}
_NUMBER = re.compile("c?[ps]*[nq][ps]*y?p*")
_NEGATIVE = re.compile("c?[ps()-]*[nq][ps()-]*y?[p()-]*")
_NO_AMOUNT = re.compile(r"c?[ps]*(?:[()-]q?p*)?")
_TEXT = re.compile("c?p*tp*")


def shows_number(code: str) -> bool:
    """Whether a number from 0 on is shown as it is."""
    sections = _sections(code)
    if len(code) > MAX_CODE or len(sections) > 4:
        return False
    if len(sections) == 1 and _TEXT.fullmatch(sections[0]):
        return True
    above = _NUMBER.fullmatch(sections[0])
    below = (
        len(sections) < 2 or not sections[1] or _NEGATIVE.fullmatch(sections[1]) or (len(sections) == 2 and _TEXT.fullmatch(sections[1]))
    )
    zero = len(sections) < 3 or any(shape.fullmatch(sections[2]) for shape in (_NUMBER, _NO_AMOUNT, _TEXT))
    return bool(above and below and zero)


def shows_yuan(code: str) -> bool:
    """Whether the word for yuan stands behind a number."""
    return _sections(code)[0].rstrip("p").endswith("y")


def shows_text(code: str) -> bool:
    """Whether text is shown as it is: by the section for it if there is one."""
    sections = _sections(code)
    for_text = [section for place, section in enumerate(sections) if place == 3 or "t" in section]
    return len(code) <= MAX_CODE and len(sections) < 5 and len(for_text) < 2 and all(_TEXT.fullmatch(each) for each in for_text)


def first_section(code: str) -> str:
    """What stands before the first semicolon that is none of a literal."""
    for token in _TOKENS.finditer(code):
        if token["other"] == ";":
            return code[: token.start()]
    return code


def _sections(code: str) -> list[str]:
    """By one letter a token: p for blanks, s sign of money, n figure, q only question marks, y yuan, c colour, t text, ? anything else."""
    return "".join(_letter(token) for token in _TOKENS.finditer(code)).split(";")


def _letter(token: re.Match[str]) -> str:
    kind, text = str(token.lastgroup), token[0]
    if kind == "literal":
        return _literal(text[1:-1] if text.startswith('"') else text[1:])
    if kind == "bracket":
        return "c" if text.lower() in _COLOURS else "s" if _MONEY.fullmatch(text) else "?"
    if kind == "digits":
        return "q" if set(text) == {"?"} else "n"
    if kind == "pad":
        return "p" if text[0] == "_" or text == "* " else "?"
    if kind == "general":
        return "n"
    return ";" if text == ";" else _BARE.get(text, "?")


def _literal(text: str) -> str:
    if text and not text.strip(" "):
        return "p"
    if text.rstrip(" ").upper() in _OURS:
        return "s"
    return text if text in {"-", "(", ")"} else "y" if text == "元" else "?"
