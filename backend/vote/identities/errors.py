"""What keeps an identity file from being laid before the officials."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, NotFound


class IdentityFileRefused(BadInput):
    """A line of the file does not follow its form; `row` counts from 1."""

    zh = "身份绑定文件第 {row} 行不符合要求：{why_zh}。"
    en = "Line {row} of the identity file does not follow its form: {why_en}."


class IdentityFileUnknown(NotFound):
    """No file is kept for this act: it was handed over, or replaced."""

    zh = "这份身份绑定文件已经送达身份核验机构，或已被新的文件替换，这里不再保存。"
    en = "This identity file was handed to the identity verifier or replaced by another; it is not kept here any more."
