"""A plan's title, which the institution writes, keeps nobody from being told."""

from __future__ import annotations

import pytest

from backend.ground.common.text import line
from backend.people.notices.rules.kinds import check_fields
from backend.vote.tidings import rules


@pytest.mark.parametrize("title", ["方案\u0378", "\U00031350方案", "方案\ufe00\u0600 （二）", "很" * 200 + "\u0378"])
def test_a_title_with_a_sign_that_nobody_can_show_is_said_without_it(title: str) -> None:
    said = rules.short_title(line(title, 210))
    assert said.isprintable()
    check_fields("result", {"poll": said})


def test_ordinary_titles_stay_as_they_are() -> None:
    assert rules.short_title("清偿方案（第二版）· Plan 2") == "清偿方案（第二版）· Plan 2"
    assert rules.short_title("㐂 𠮷 方案") == "㐂 𠮷 方案"
