"""An item about two officials names those whom it is about, whoever is in office by then."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from backend.watch.flags.desk import ReviewDesk


def test_after_a_succession_a_pair_is_still_the_pair() -> None:
    before, after = ([SimpleNamespace(name=name) for name in names] for names in ("甲乙丙丁", "戊己"))
    generations = {0: SimpleNamespace(officials=before), 1: SimpleNamespace(officials=after)}
    case = SimpleNamespace(officials=after, of_generation=generations.__getitem__)
    cases: Any = SimpleNamespace(get_case=lambda _: case)
    polls: Any = SimpleNamespace(get_poll=lambda _: SimpleNamespace(case_id="case", generation=0))
    nothing: Any = None
    desk = ReviewDesk(nothing, nothing, cases, nothing, polls, nothing)
    item: Any = SimpleNamespace(rule="pair", poll_id="poll", facts={"first": 0, "second": 3})
    assert [one.name for one in desk._pair(item)] == ["甲", "丁"]
    item.rule = "burst"
    assert desk._pair(item) == []
