"""Accept-Language headers and the language that they ask for; None: none of ours. Backend and verifier share no code, but this rule."""

from __future__ import annotations

ACCEPTED: tuple[tuple[str, str | None], ...] = (
    ("", None),
    ("zh", "zh"),
    ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
    ("en-GB,en;q=0.9", "en"),
    ("de,en", "en"),
    ("de-DE,de;q=0.9,en;q=0.7,zh;q=0.3", "en"),
    ("en;q=0.3, zh;q=0.9", "zh"),
    ("EN-us", "en"),
    ("zh-Hant-TW", "zh"),
    ("en;q=0, zh", "zh"),
    ("en;q=0", None),
    ("fr, de;q=0.5", None),
    ("*", None),
    ("english", None),
    ("zha", None),
    ("en;q=2", None),
    ("en;q=abc,zh;q=0.1", "zh"),
    (";;,,q=1,en", "en"),
    ("en;q=1.000", "en"),
)
