"""Text as every entrance takes it (protocol §18.1), written down by hand: what goes in, what is kept, what is refused."""

from __future__ import annotations

from typing import Any

# text, what a line of it is; None: refused, by the sign at fault
LINES: tuple[tuple[str, str | None, str], ...] = (
    ("", "", ""),
    ("张三", "张三", ""),
    ("  张\u00a0\u3000三 ", "张 三", ""),
    ("a\tb\r\nc\x0bd\x85e\u2028f\u2029g", "a b c d e f g", ""),
    ("测\u2066试\u2069", "测试", ""),
    ("测试\u3164", "测试", ""),
    ("\u2066\u2069·", "·", ""),
    ("\u202eabc\u202c\u200b\u200e\u061c\ufeff\u00ad\u2060", "abc", ""),
    ("a\u034fb\u115f\u1160\u17b4\uffa0\U000e0041\U000e0fffc", "abc", ""),
    ("a\u2800b", "a b", ""),
    ("\u2066\u3164\u200d", "", ""),
    ("葛\U000e0100城", "葛\U000e0100城", ""),
    ("葛\U000e0100\U000e0101城", "葛\U000e0100城", ""),
    ("\U000e0100葛 \ufe0f", "葛", ""),
    ("☎\ufe0f", "☎\ufe0f", ""),
    ("ᠠ\u180b", "ᠠ\u180b", ""),
    ("\u180b\u180e", "", ""),
    ("𠮷䶮㛃\U00031350\U000323af", "𠮷䶮㛃\U00031350\U000323af", ""),
    ("\uf900\ufa0e\u2f00", "\uf900\ufa0e\u2f00", ""),
    ("阿依古丽·买买提", "阿依古丽·买买提", ""),
    ("ئابدۇرېھىم", "ئابدۇرېھىم", ""),
    ("བཀྲ་ཤིས", "བཀྲ་ཤིས", ""),
    ("e\u0301", "e\u0301", ""),
    ("\ue81e\ue816\ue815", "\u9fb4\U00020087\u2e81", ""),
    ("\ue7c7\ue78d\ue76c", "\u1e3f\ufe10€", ""),
    ("a\x00b", None, "U+0000"),
    ("\x1f", None, "U+001F"),
    ("\x7f", None, "U+007F"),
    ("\x9f", None, "U+009F"),
    ("\ud800", None, "U+D800"),
    ("a\udfff", None, "U+DFFF"),
    ("\ufffd", None, "U+FFFD"),
    ("\ufffe", None, "U+FFFE"),
    ("\ufdd0", None, "U+FDD0"),
    ("\U0001ffff", None, "U+1FFFF"),
    ("\ue000", None, "U+E000"),
    ("\ue766", None, "U+E766"),
    ("\U000f0000", None, "U+F0000"),
    ("\U0010fffd", None, "U+10FFFD"),
)
PROSES: tuple[tuple[str, str], ...] = (
    ("一\r\n二\r三\n\n四", "一\n二\n三\n\n四"),
    ("\u2028 a\u3000b\tc \u2066", "a b c"),
    ("a  b", "a  b"),
)
# Writings that are the same thing, group by group; groups differ from each other.
SAME: tuple[tuple[str, ...], ...] = (
    ("A组", "Ａ组", "a组", "A 组", "A组\u2066", "\u0410组", "\u0391组", "'A组", "A\u2800组"),
    ("C00001", "Ｃ００００１", "c00001", "C00001\u2066", "С00001", " C 00001 "),
    ("C-1", "C–1", "C−1", "Ｃ－１"),
    ("普通组", "普 通 组", "\u2066普通组\u2069"),
    ("Straße", "STRASSE"),
    ("一组", "\u2f00组"),
    ("1组", "①组"),
    ("葛组", "葛\U000e0100组"),
)
HAS_LETTERS: tuple[tuple[str, bool], ...] = (
    ("张", True),
    ("360", True),
    ("·", False),
    ("", False),
    ("—()", False),
    ("〇", True),
    ("\u0301", False),
)


def text_file() -> dict[str, Any]:
    lines = [{"text": text, "refused": sign} if kept is None else {"text": text, "line": kept} for text, kept, sign in LINES]
    return {
        "lines": lines,
        "proses": [{"text": text, "prose": kept} for text, kept in PROSES],
        "same": [list(group) for group in SAME],
        "has_letters": [{"text": text, "letters": answer} for text, answer in HAS_LETTERS],
    }
