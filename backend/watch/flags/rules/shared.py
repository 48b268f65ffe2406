"""One phone, account, card, address or device for many lenders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backend.ground.common.money import WHOLE_BPS
from backend.watch.flags.rules.bounds import BOUNDS, Bounds
from backend.watch.flags.rules.subjects import Subject

LINKS = ("phone", "account", "card", "address", "device")


@dataclass(frozen=True, slots=True)
class Holder:
    """A lender: number, fen, years of age (0 where not known), and whether two officials saw the person in this poll."""

    number: int
    amount_fen: int
    age: int = 0
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A lender has a phone, account, card, address or device; `value` is a keyed hash of it."""

    kind: str
    value: str
    number: int


def shared(holders: Iterable[Holder], links: Iterable[Link], bounds: Bounds = BOUNDS) -> Iterator[Subject]:
    """Every group of two or more; whom two officials saw in person is no straw man and does not count."""
    known = {holder.number: holder for holder in holders}
    groups: dict[tuple[str, str], set[int]] = {}
    for link in links:
        if link.value and link.number in known:
            groups.setdefault((link.kind, link.value), set()).add(link.number)
    for (kind, value), numbers in groups.items():
        if len(numbers) > 1:
            yield _group(kind, value, [known[number] for number in sorted(numbers)], bounds)


def _group(kind: str, value: str, group: list[Holder], bounds: Bounds) -> Subject:
    counted = [holder for holder in group if not holder.seen]
    aged = sum(holder.age >= bounds.aged_years for holder in counted)
    most = bounds.address_most if kind == "address" else bounds.shared_most
    if counted and WHOLE_BPS * aged >= bounds.aged_bps * len(counted):
        most = max(most, bounds.shared_aged_most)
    amounts = [holder.amount_fen for holder in group]
    facts: dict[str, int | str] = {
        "lenders": len(group), "seen": len(group) - len(counted), "aged": aged, "total_fen": sum(amounts), "largest_fen": max(amounts),
    }  # fmt: skip
    flagged = len(counted) > most
    return Subject(f"shared_{kind}", f"{kind}:{value}", tuple(holder.number for holder in group), facts, {"most": most}, flagged)
