"""What the pages show of sums and results, looked at closely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.eyes import look

if TYPE_CHECKING:
    from playwright.sync_api import Page


def see_what_the_sums_tell(phone: Page) -> None:
    """The sums cannot be opened before the official has ticked the list of what they tell."""
    phone.get_by_text("以下按已记录的表决票逐组算出，合计还没有公开。").wait_for()
    button = phone.get_by_role("button", name="公开合计并计票", exact=True)
    assert button.is_disabled()
    assert phone.locator('[data-leaks="exact"] tbody tr').count() > 0
    look(phone, "official-leaks-phone")
    phone.get_by_role("checkbox", name="我已看过以上清单").check()
    assert button.is_enabled()


def see_the_marks(page: Page, result: dict[str, Any]) -> None:
    """Each threshold stands on its bar where the rule puts it, to a pixel, and in words below."""
    for place, (tally, measure, total) in enumerate(
        (tally, measure, total)
        for tally in result["classes"]
        for measure, total in (("heads", "admitted_heads"), ("amount", "admitted_fen"))
    ):
        bar = page.locator("svg.bars").nth(place)
        ground, marks = bar.bounding_box(), bar.locator("line.mark")
        assert ground is not None
        conditions = [each for each in tally["conditions"] if each["measure"] == measure]
        assert marks.count() == len(conditions) > 0
        for number, condition in enumerate(conditions):
            box = marks.nth(number).bounding_box()
            assert box is not None
            due = ground["width"] * condition["right"] / (condition["den"] * tally[total])
            assert abs(box["x"] + box["width"] / 2 - ground["x"] - due) < 1.5, (measure, condition, box, ground)
            words = page.locator("figure.bar:has(svg.bars)").nth(place).locator(".mark-words").nth(number).inner_text()
            assert condition["words_zh"] in words
            assert ("正好到线不满足" in words) == condition["strict"]


def see_the_block_number_named(phone: Page) -> None:
    """On a phone the table's head is away, so the row header says itself what its number is, in the reader's language."""
    address = phone.url
    for language, word in (("en", "Block"), ("zh", "区块")):
        phone.goto(f"{address}?lang={language}")
        shown = phone.locator("tbody th").first.evaluate("(cell) => getComputedStyle(cell, '::before').content")
        assert shown == f'"{word}"'
        look(phone, f"transactions-390-{language}")
