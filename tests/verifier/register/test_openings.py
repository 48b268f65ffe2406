"""An openings file opens with its password alone, and nothing of a changed one is believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.register.papers import PASSWORD, Papers
from verifier.register import openings
from verifier.register.openings import Openings
from verifier.register.refusals import OpeningsNotOpened, OpeningsTooLarge, OpeningsUnreadable


@pytest.mark.parametrize("password", [PASSWORD, " demo\tdemo\n", "ｄｅｍｏ　ｄｅｍｏ", "demodemo"])
def test_white_space_and_width_of_the_password_do_not_count(papers: Papers, password: str) -> None:
    papers.write_openings()
    Openings(papers.openings, password).check()


@pytest.mark.parametrize("password", ["", "Demo demo", "demo", "demo demo demo", "\ud800"])
def test_another_password_opens_nothing(papers: Papers, password: str) -> None:
    papers.write_openings()
    with pytest.raises(OpeningsNotOpened):
        Openings(papers.openings, password).check()
    with pytest.raises(OpeningsNotOpened):
        papers.check(password=password)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**20), bit=st.integers(0, 7))
def test_any_changed_bit_is_noticed_before_anything_is_believed(papers: Papers, place: int, bit: int) -> None:
    papers.write_openings()
    file = bytearray(papers.openings.read_bytes())
    file[place % len(file)] ^= 1 << bit
    papers.openings.write_bytes(bytes(file))
    with pytest.raises((OpeningsNotOpened, OpeningsUnreadable)):
        papers.check()


@pytest.mark.parametrize("kept", [0, 5, 8, 24, 35, 36, 51, 52, -1])
def test_a_cut_file_is_no_openings_file(papers: Papers, kept: int) -> None:
    papers.write_openings()
    papers.openings.write_bytes(papers.openings.read_bytes()[:kept])
    with pytest.raises((OpeningsUnreadable, OpeningsNotOpened)):
        papers.check()


def test_a_file_that_changes_after_it_was_looked_at_is_noticed(papers: Papers) -> None:
    papers.write_openings()
    sealed = Openings(papers.openings, PASSWORD)
    sealed.check()
    file = papers.openings.read_bytes()
    papers.openings.write_bytes(file[:-1] + bytes([file[-1] ^ 1]))
    with pytest.raises(OpeningsNotOpened):
        list(sealed.lines())
    papers.openings.write_bytes(file[:-20])
    with pytest.raises(OpeningsUnreadable):
        list(sealed.lines())


def test_the_last_line_has_its_end(papers: Papers) -> None:
    papers.write_openings(papers.content()[:-1])
    with pytest.raises(OpeningsUnreadable):
        papers.check()


def test_lines_come_whole_however_long_the_pieces_are(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    papers.write_openings()
    expected = papers.content().split(b"\n")[:-1]
    for length in (1, 7, 64, 4096):
        monkeypatch.setattr(openings, "_PIECE_BYTES", length)
        assert list(Openings(papers.openings, PASSWORD).lines()) == expected


def test_lines_and_files_have_an_end(papers: Papers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openings, "_PIECE_BYTES", 1000)
    monkeypatch.setattr(openings, "MAX_LINE_BYTES", 3000)
    papers.write_openings(b"x" * 10_000 + b"\n")
    with pytest.raises(OpeningsUnreadable):
        list(Openings(papers.openings, PASSWORD).lines())
    monkeypatch.setattr(openings, "MAX_BYTES", 9_000)
    with pytest.raises(OpeningsTooLarge):
        Openings(papers.openings, PASSWORD)
