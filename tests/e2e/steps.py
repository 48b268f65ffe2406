"""Counts what a lender goes through: screens shown and taps made, besides typing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e.figures import note_most

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_SCREENS = 6
MOST_TAPS = 9

WATCH = """
document.addEventListener("pointerdown", ({ target }) => {
  noteStep("tap", (target.closest("button, a, label") || target).textContent.trim().slice(0, 20));
}, true);
document.addEventListener("DOMContentLoaded", () => {
  const shown = () => document.querySelector("[data-screen]:not([hidden])")?.dataset.screen;
  let last;
  const note = () => { const now = shown(); if (now && now !== "loading" && now !== last) noteStep("screen", (last = now)); };
  new MutationObserver(note).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["hidden"] });
  note();
});
"""


@dataclass
class Steps:
    """Every screen in the order shown (a return counts again) and every tap, wherever it went."""

    screens: list[str] = field(default_factory=list)
    taps: list[str] = field(default_factory=list)

    def note(self, kind: str, name: str) -> None:
        """One more."""
        (self.taps if kind == "tap" else self.screens).append(name)

    def hold(self) -> None:
        """Fail above the promise."""
        assert 0 < len(self.screens) <= MOST_SCREENS, self.screens
        assert 0 < len(self.taps) <= MOST_TAPS, self.taps
        note_most("screens", len(self.screens))
        note_most("taps", len(self.taps))


def count_steps(page: Page) -> Steps:
    """Begin to count on a page that has not been opened yet."""
    steps = Steps()
    page.expose_function("noteStep", steps.note)
    page.add_init_script(WATCH)
    return steps
