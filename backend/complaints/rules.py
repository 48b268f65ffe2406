"""What a complaint is about, and how long it may be. Pure."""

from __future__ import annotations

from backend.complaints.errors import ComplaintKindUnknown, ComplaintsMany, ComplaintTextMissing

KINDS = {
    "not_recorded": ("没有记录", "not recorded"),
    "recorded_otherwise": ("记录与所投不同", "recorded otherwise"),
    "other": ("其他", "other"),
}
TEXT_LIMIT = 1000
MOST_WAITING = 3


def check_kind(kind: str) -> None:
    """Raises: ComplaintKindUnknown."""
    if kind not in KINDS:
        raise ComplaintKindUnknown(known=", ".join(KINDS))


def read_text(text: str) -> str:
    """The text without what no database holds. Raises: ComplaintTextMissing."""
    clean = text.replace("\0", "").encode("utf-8", "ignore").decode().strip()
    if not 1 <= len(clean) <= TEXT_LIMIT:
        raise ComplaintTextMissing(limit=TEXT_LIMIT)
    return clean


def check_waiting(count: int) -> None:
    """Raises: ComplaintsMany."""
    if count >= MOST_WAITING:
        raise ComplaintsMany(count=count)
