"""Claims against the last import and against what was paid in: straw lenders, altered balances, sums that do not add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.ground.common.money import WHOLE_BPS
from backend.watch.flags.rules.bounds import BOUNDS, Bounds
from backend.watch.flags.rules.shared import Link
from backend.watch.flags.rules.subjects import Subject


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One row of a claims file: its row, the institution's number, the lender's number in the import, fen, keyed hash of the identity."""

    row: int
    claim_no: str
    number: int
    amount_fen: int
    identity: str = ""


def straws(claims: Sequence[ClaimFacts], before: Iterable[str], links: Iterable[Link], bounds: Bounds = BOUNDS) -> Iterator[Subject]:
    """New claims of like amounts that follow on each other in the file, or whose lenders share a phone, account, card or device."""
    old = set(before)
    fresh = sorted((claim for claim in claims if claim.claim_no not in old), key=lambda claim: claim.row)
    for run in _runs(fresh, bounds):
        yield _straw("row", run, bounds)
    by_number: dict[int, list[ClaimFacts]] = {}
    for claim in fresh:
        by_number.setdefault(claim.number, []).append(claim)
    sources: dict[tuple[str, str], list[ClaimFacts]] = {}
    for link in links:
        if link.value and link.kind != "address":
            sources.setdefault((link.kind, link.value), []).extend(by_number.get(link.number, ()))
    for (kind, _), found in sources.items():
        for alike in _alike(found, bounds):
            yield _straw(kind, alike, bounds)


def altered(
    claims: Iterable[ClaimFacts], before: Mapping[str, ClaimFacts], bounds: Bounds = BOUNDS
) -> Iterator[Subject]:  # fmt: skip
    """Every claim of both imports; flagged are those that did not change as most did, or whose lender is another now.

    A payment to all changes all alike and flags nobody; where no change is the usual one, what was left alone is.
    """
    pairs = [(claim, before[claim.claim_no]) for claim in claims if claim.claim_no in before and before[claim.claim_no].amount_fen > 0]
    ratios = Counter(WHOLE_BPS * now.amount_fen // was.amount_fen for now, was in pairs)
    usual = WHOLE_BPS
    if ratios and WHOLE_BPS * ratios.most_common(1)[0][1] >= bounds.altered_usual_bps * len(pairs):
        usual = ratios.most_common(1)[0][0]
    for now, was in pairs:
        # One basis point of rounding, and at least CNY 100: a balance is not told by its cents.
        slack = max(bounds.altered_least_fen, was.amount_fen // WHOLE_BPS)
        off = abs(now.amount_fen - was.amount_fen * usual // WHOLE_BPS)
        another = bool(now.identity and was.identity and now.identity != was.identity)
        facts: dict[str, int | str] = {
            "claim_no": now.claim_no, "before_fen": was.amount_fen, "now_fen": now.amount_fen, "usual_bps": usual,
            "another_lender": int(another),
        }  # fmt: skip
        yield Subject(
            "altered", f"altered:{now.claim_no}", (now.number,), facts, {"slack_fen": slack, "off_fen": off}, off > slack or another
        )


def reconciled(
    amounts: Mapping[int, int], moved: Mapping[int, tuple[int, int]], bounds: Bounds = BOUNDS
) -> Iterator[Subject]:  # fmt: skip
    """Of each lender: fen in the register beside (paid in, taken out); flagged where the one is not the difference of the others."""
    for number, (paid_in, taken_out) in sorted(moved.items()):
        claimed = amounts.get(number, 0)
        off = abs(claimed - (paid_in - taken_out))
        facts: dict[str, int | str] = {"paid_in_fen": paid_in, "taken_out_fen": taken_out, "claimed_fen": claimed}
        bound = {"slack_fen": bounds.reconcile_least_fen, "off_fen": off}
        yield Subject("reconcile", f"reconcile:{number}", (number,), facts, bound, off > bounds.reconcile_least_fen)


def _runs(fresh: Sequence[ClaimFacts], bounds: Bounds) -> Iterator[list[ClaimFacts]]:
    run: list[ClaimFacts] = []
    for claim in fresh:
        together = [*run, claim]
        amounts = [each.amount_fen for each in together]
        if run and (claim.row - run[-1].row > 1 or not _like(min(amounts), max(amounts), bounds)):
            yield run
            together = [claim]
        run = together
    if run:
        yield run


def _alike(found: Sequence[ClaimFacts], bounds: Bounds) -> Iterator[list[ClaimFacts]]:
    """The largest number of claims of like amounts, if there are two."""
    ordered = sorted(found, key=lambda claim: (claim.amount_fen, claim.row))
    best: list[ClaimFacts] = []
    first = 0
    for last in range(len(ordered)):
        while not _like(ordered[first].amount_fen, ordered[last].amount_fen, bounds):
            first += 1
        if last + 1 - first > len(best):
            best = ordered[first : last + 1]
    if len(best) > 1:
        yield best


def _like(low: int, high: int, bounds: Bounds) -> bool:
    return low > 0 and WHOLE_BPS * (high - low) <= bounds.straw_spread_bps * low


def _straw(source: str, claims: Sequence[ClaimFacts], bounds: Bounds) -> Subject:
    amounts, numbers = [claim.amount_fen for claim in claims], tuple(sorted({claim.number for claim in claims}))
    facts: dict[str, int | str] = {
        "claims": len(claims),
        "lenders": len(numbers),
        "low_fen": min(amounts),
        "high_fen": max(amounts),
        "source": source,
    }
    key = f"straw:{source}:{min(claim.claim_no for claim in claims)}"
    return Subject("straw", key, numbers, facts, {"least": bounds.straw_least}, len(numbers) >= bounds.straw_least)
