"""What is dear is made once, or so many at a time, however many ask."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from backend.case.register import template
from backend.ground.common.at_once import AtOnce, Busy
from backend.ground.common.made_once import MadeOnce


def test_twenty_who_ask_at_once_get_one_value() -> None:
    made: list[int] = []
    begun = threading.Barrier(20)
    once: MadeOnce[str] = MadeOnce(4)

    def make() -> str:
        made.append(1)
        return "value"

    def ask(_: int) -> str:
        begun.wait()
        return once.get("key", make)

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {"value"}
    assert made == [1]


def test_a_failure_is_nobodys_value() -> None:
    once: MadeOnce[str] = MadeOnce(4)
    with pytest.raises(ZeroDivisionError):
        once.get("key", lambda: str(1 // 0))
    assert once.get("key", lambda: "value") == "value"


def test_only_the_newest_are_kept() -> None:
    once: MadeOnce[int] = MadeOnce(2)
    asked: list[int] = []

    def make(key: int) -> int:
        asked.append(key)
        return key

    for key in (1, 2, 1, 3, 1, 2):
        assert once.get(key, partial(make, key)) == key
    assert asked == [1, 2, 3, 2]


def test_the_templates_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "_TEMPLATES", MadeOnce(2))
    made: list[int] = []
    make = template._make_xlsx

    def counted() -> bytes:
        made.append(1)
        return make()

    monkeypatch.setattr(template, "_make_xlsx", counted)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: template.template_xlsx(), range(20)))
    assert made == [1]
    assert len(set(answers)) == 1


def test_who_finds_no_place_is_asked_to_come_again() -> None:
    places = AtOnce(2, 0.01)
    with places.place(), places.place():
        with pytest.raises(Busy) as busy, places.place():
            pass
        assert busy.value.facts == {"retry_after_seconds": 1}
    with places.place():
        pass
