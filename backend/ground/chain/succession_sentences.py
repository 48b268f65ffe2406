"""What the contract says against a succession, for people: Chinese and English (protocol §24)."""

from __future__ import annotations

SENTENCES = {
    "Succession_AnotherWaits": (
        "已有一项接任公告尚未生效（第 {successionNumber} 项）。请先完成或撤回该项。",
        "Another succession waits (no. {successionNumber}). Complete or withdraw it first.",
    ),
    "Succession_ReasonEmpty": ("接任公告必须写明原因。", "A succession must give its reason."),
    "Succession_NoticeTooShort": (
        "接任公告至少须提前 7 天，现为 {noticeSeconds} 秒。",
        "A succession holds 7 days after its announcement at the earliest; this one after {noticeSeconds} s.",
    ),
    "Succession_NoneWaits": ("目前没有待生效的接任公告。", "No succession waits."),
    "Succession_NoticeIsOver": ("公告期已满，不能再撤回。", "The notice is over; this succession can no longer be withdrawn."),
    "Succession_NoticeNotOver": ("公告期未满，尚不能接任。", "The notice is not over yet; nobody comes into office before."),
}
