"""Figures of flags in words: every rule, fact, bound and group has its sentence in both languages."""

from __future__ import annotations

import pytest

from backend.ground.http.language import LANGUAGES
from backend.watch.flags.groups import groups_of
from backend.watch.flags.schemas import GroupRateOut
from backend.watch.flags.service import RULE_NAMES
from backend.web.catalogue import speaker
from backend.web.flags_page import group_name, rows_of
from scripts.bench.flags.halves import FIRST
from scripts.bench.flags.measure import flagged_in_poll, measure_of_register
from scripts.bench.flags.polls import make
from scripts.bench.flags.registers import make_register


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_says_what_it_is_what_else_it_may_be_and_what_to_look_at(language: str) -> None:
    t = speaker(language)
    for rule in RULE_NAMES:
        assert all(t(f"flags.{part}_{rule}") for part in ("rule", "what", "innocent", "look"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_its_words(language: str) -> None:
    t, seen = speaker(language), set()
    register = measure_of_register(make_register(FIRST, "words", faults=1))
    polls = [flagged_in_poll(make(FIRST, f"words {fault}", fault), b"seed") for fault in ("pair_3x", "burst_20", "drift_refusals", "night")]
    for subject in [*register, *(one for found in polls for one in found)]:
        if subject.rule not in seen:
            seen.add(subject.rule)
            for figures in (subject.facts, subject.bounds):
                assert all(label and value for label, value in rows_of(figures, t, language))
    assert seen >= {"straw", "altered", "reconcile", "burst", "pair", "drift_refusals", "night", "shared_phone"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_has_its_name(language: str) -> None:
    t = speaker(language)
    people = [(age, "32", way) for age in (0, 30, 55, 90) for way in ("officials", "other", "none")] + [(50, "", "")]
    names = [group_name(GroupRateOut(group=group, lenders=9, explained=0), t) for group in groups_of(people)]
    assert len(set(names)) == len(names)
