"""What totals tell, over HTTP."""

from __future__ import annotations

from pydantic import BaseModel

from backend.ground.common.hex_text import to_hex
from backend.ground.common.voting import FEW_LENDERS
from backend.vote.leaks.rules import Group, LeakReport, Reason, Remedy


class GroupOut(BaseModel):
    """The lenders behind one total: `choice` is for, against, abstain, none (absent), or null for a whole class.

    `told` is how many of their amounts can be worked out; without `reasons` the total tells nothing.
    """

    class_name: str
    choice: str | None
    heads: int
    told: int
    reasons: list[Reason]

    @classmethod
    def of(cls, group: Group) -> GroupOut:
        """From the rules' group."""
        choice = None if group.choice is None else group.choice.name.lower()
        return cls(class_name=group.class_name, choice=choice, heads=group.heads, told=group.told, reasons=list(group.reasons))


class LeakReportOut(BaseModel):
    """`exact` after the close, from recorded ballots; before, what the register alone lets expect.

    `report_hash` is what an acknowledgement names; groups below `few` heads are small; `remedies` is what officials can do.
    """

    exact: bool
    leaks: bool
    told: int
    few: int
    groups: list[GroupOut]
    remedies: list[Remedy]
    report_hash: str

    @classmethod
    def of(cls, report: LeakReport) -> LeakReportOut:
        """From the service's report."""
        return cls(
            exact=report.exact,
            leaks=bool(report.leaking),
            told=report.told,
            few=FEW_LENDERS,
            groups=[GroupOut.of(group) for group in report.groups],
            remedies=list(report.remedies),
            report_hash=to_hex(report.hash),
        )
