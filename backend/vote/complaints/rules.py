"""What a complaint is about, and how long it may be. Pure."""

from __future__ import annotations

from backend.ground.common.text import TextTooLong, has_letters, prose
from backend.vote.complaints.errors import ComplaintKindUnknown, ComplaintsMany, ComplaintTextMissing

KINDS = {
    "not_recorded": ("没有记录", "not recorded"),
    "recorded_otherwise": ("记录与所投不同", "recorded otherwise"),
    "other": ("其他", "other"),
    "not_mine": ("不是本人投的", "not cast by me"),
}
CONTEST = "not_mine"
"""Of whoever was told of a ballot and cast none; one tap, no words needed."""
CONTEST_TEXT = "收到已记录表决票的通知，本人没有投这张票。 / I was told that a ballot was recorded for me, and I did not cast it."
TEXT_LIMIT = 1000
MOST_WAITING = 3


def check_kind(kind: str) -> None:
    """Raises: ComplaintKindUnknown."""
    if kind not in KINDS:
        raise ComplaintKindUnknown(known=", ".join(KINDS))


def read_text(text: str) -> str:
    """The text as it is kept. Raises: ComplaintTextMissing, TextNotPlain."""
    try:
        kept = prose(text, TEXT_LIMIT)
    except TextTooLong as error:
        raise ComplaintTextMissing(limit=TEXT_LIMIT) from error
    if not has_letters(kept):
        raise ComplaintTextMissing(limit=TEXT_LIMIT)
    return kept


def check_waiting(count: int) -> None:
    """Raises: ComplaintsMany."""
    if count >= MOST_WAITING:
        raise ComplaintsMany(count=count)
