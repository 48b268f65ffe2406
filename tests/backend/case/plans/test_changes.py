"""Differences between versions: they spell both versions exactly, and mark as little as can be read."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.case.plans.changes import KEPT, PUT_IN, TAKEN_OUT, Payment, Piece, changes_between, text_changes

TEXT = st.text(alphabet="甲乙丙 12。；\nab", max_size=40)


def spelled(pieces: tuple[Piece, ...], left_out: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != left_out)


@given(TEXT, TEXT)
def test_the_pieces_spell_both_versions(before: str, after: str) -> None:
    pieces = text_changes(before, after)
    assert spelled(pieces, PUT_IN) == before
    assert spelled(pieces, TAKEN_OUT) == after
    assert all(a.kind != b.kind for a, b in pairwise(pieces))


def test_a_figure_changed_in_a_sentence_is_marked_alone() -> None:
    pieces = text_changes("第一期兑付百分之三。第二期另行公告。", "第一期兑付百分之四。第二期另行公告。")
    assert [piece.text for piece in pieces if piece.kind == TAKEN_OUT] == ["三"]
    assert [piece.text for piece in pieces if piece.kind == PUT_IN] == ["四"]
    assert pieces[-1] == Piece(KEPT, "。第二期另行公告。")


def test_another_sentence_altogether_is_shown_whole() -> None:
    before, after = "资产已经查封。", "The estate is sealed!"
    assert text_changes(before, after) == (Piece(TAKEN_OUT, before), Piece(PUT_IN, after))


def test_payments_stand_side_by_side() -> None:
    def plan(*ladder: tuple[int, int]) -> dict[str, object]:
        steps = [{"months": months, "ratio_bps": bps} for months, bps in ladder]
        return {"title": "t", "parts": {"settlement": "s"}, "ladder": steps, "pdf": {"keccak": "0x1"}}

    changes = changes_between(plan((6, 1000), (12, 2000)), plan((6, 1500), (18, 500)))
    assert changes.payments == (Payment(6, 1000, 1500), Payment(12, 2000, None), Payment(18, None, 500))
    assert not changes.pdf_changed
    assert changes.title == (Piece(KEPT, "t"),)
