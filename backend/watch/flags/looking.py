"""Gathers what the rules look at, of a register or of a poll, and measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from backend.case.cases.views import CaseView
from backend.case.register.rows import ImportLook, LenderLook, RowDesk
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.hex_text import to_hex
from backend.vote.ballots.service import Arrived
from backend.vote.credentials.vouchers import VoucherRequest
from backend.vote.polls.views import PollView
from backend.watch.flags.beside import Beside, read_beside
from backend.watch.flags.rules.bursts import Arrival, bursts
from backend.watch.flags.rules.claims import ClaimFacts, altered, reconciled, straws
from backend.watch.flags.rules.officials_way import BEIJING_SECONDS, DAY_SECONDS, DayOfWays, Seen, drift, night, pairs, sharpest
from backend.watch.flags.rules.shared import Holder, Link, shared
from backend.watch.flags.rules.subjects import Subject

#: A pair of signatures makes a credential of the officials' way.
TWO = 2


@dataclass(frozen=True)
class Person:
    """A lender, by number in the import: age in years, province, way to the credential ("" where there is no poll), keyed identity."""

    age: int
    region: str
    way: str
    identity: bytes = field(repr=False)


@dataclass(frozen=True)
class Looked:
    """What was measured: the subjects, their lenders by number in the import, and the hash of all that went in."""

    import_id: str
    data_hash: bytes
    persons: dict[int, Person]
    subjects: Callable[[bytes], Iterator[Subject]]
    """Takes the seed."""


def look_at_register(rows: RowDesk, imports: list[ImportLook], beside_path: Path | None, lookup: Callable[[str, str], bytes]) -> Looked:
    """The newest import, beside the one before it and, where given, what the institution's books have besides."""
    now = imports[0]
    lenders = list(rows.lenders(now))
    claims = [ClaimFacts(each.row, each.claim_no, each.number, each.amount_fen, each.identity) for each in rows.claims(now)]
    accounts = [Link("account", each.account, each.number) for each in rows.claims(now)]
    before = {
        each.claim_no: ClaimFacts(each.row, each.claim_no, each.number, each.amount_fen, each.identity)
        for earlier in imports[1:]
        for each in rows.claims(earlier)
    }
    beside = Beside() if beside_path is None else read_beside(beside_path, {claim.claim_no: claim.number for claim in claims}, lookup)
    links = [*(Link("phone", phone, each.number) for each in lenders for phone in each.phones), *accounts, *beside.links]
    holders = [Holder(each.number, each.amount_fen, each.age) for each in lenders]
    told = {"beside": to_hex(beside.keccak) if beside.keccak else "", "imports": [to_hex(each.file_sha256) for each in imports]}
    amounts = {each.number: each.amount_fen for each in lenders}

    def subjects(_seed: bytes) -> Iterator[Subject]:
        # A first import has nothing before it: all of it is new.
        return chain(
            shared(holders, links), straws(claims, before, links), altered(claims, before), reconciled(amounts, beside.moved)
        )  # fmt: skip

    return Looked(now.id, keccak(canonical_json(told)), {each.number: _person(each, "") for each in lenders}, subjects)


@dataclass(frozen=True)
class PollFacts:
    """What a poll's rules look at; no choice is among it."""

    poll: PollView
    case: CaseView
    arrivals: list[Arrived]
    requests: list[VoucherRequest]
    logged: tuple[list[DayOfWays], list[DayOfWays]] = field(default_factory=lambda: ([], []))
    """Days of the verifier's log: ways, and refusals."""


def look_at_poll(rows: RowDesk, facts: PollFacts) -> Looked:
    """Ballots by their times and keys, and the officials' way; lenders by their number in the register's import."""
    case_id, number = facts.poll.case_id, facts.poll.parameters.register_number
    imported = rows.of_register(case_id, number)
    numbers = rows.numbers_of(case_id, number)
    met = [request for request in facts.requests if len(request.vouchers) >= TWO]
    seen = {request.index for request in met}
    index_of = {import_number: index for index, import_number in numbers.items()}
    voted = {arrived.index for arrived in facts.arrivals}
    persons = {
        each.number: _person(each, _way(index_of[each.number], seen, voted)) for each in rows.lenders(imported) if each.number in index_of
    }

    def subjects(seed: bytes) -> Iterator[Subject]:
        for subject in _of_poll(facts, met, seen, {index: persons[import_number].age for index, import_number in numbers.items()}, seed):
            lenders = tuple(numbers[index] for index in subject.lenders if index in numbers)
            yield Subject(subject.rule, subject.key, lenders, subject.facts, subject.bounds, subject.flagged)

    return Looked(imported.id, keccak(canonical_json(_went_in(facts))), persons, subjects)


def _of_poll(facts: PollFacts, met: list[VoucherRequest], seen: set[int], ages: dict[int, int], seed: bytes) -> Iterator[Subject]:
    opens, closes = facts.poll.parameters.opens_at, facts.poll.parameters.closes_at
    first: dict[int, int] = {}
    for arrived in facts.arrivals:
        first[arrived.index] = min(arrived.at, first.get(arrived.index, arrived.at))
    # The page makes a key for each ballot, so one key for two lenders is one device that somebody made to vote for both.
    keys = [Link("device", arrived.ballot_key, arrived.index) for arrived in facts.arrivals]
    yield from shared([Holder(index, 0, ages.get(index, 0), index in seen) for index in first], keys)
    yield from bursts([Arrival(arrived.index, arrived.at) for arrived in facts.arrivals], opens, closes, seed)
    officials = facts.case.of_generation(facts.poll.generation).officials  # who announced the poll decides in it, after a succession, too
    place = {to_hex(official.signer): place for place, official in enumerate(officials)}
    yield from pairs(
        [
            Seen(request.index, place[one.signer], place[other.signer], max(one.vouched_at, other.vouched_at))
            for request in met
            for one, other in [request.vouchers[:TWO]]
            if one.signer in place and other.signer in place
        ]
    )
    ways, refusals = facts.logged
    yield from sharpest(drift("drift_ways", ways or _days(first, seen)))
    yield from sharpest(drift("drift_refusals", refusals))
    yield from night(first)


def _days(first: dict[int, int], seen: set[int]) -> list[DayOfWays]:
    days: dict[int, list[int]] = {}
    for index, at in first.items():
        days.setdefault((at + BEIJING_SECONDS) // DAY_SECONDS, []).append(index)
    return [DayOfWays(day, len(indexes), len(seen.intersection(indexes))) for day, indexes in sorted(days.items())]


def _person(lender: LenderLook, way: str) -> Person:
    return Person(lender.age, lender.region, way, lender.identity)


def _way(index: int, seen: set[int], voted: set[int]) -> str:
    return "officials" if index in seen else "other" if index in voted else "none"


def _went_in(facts: PollFacts) -> dict[str, object]:
    return {
        "arrivals": [[arrived.index, arrived.ballot_key, arrived.at] for arrived in facts.arrivals],
        "days": [[[day.day, day.all, day.some] for day in days] for days in facts.logged],
        "poll": facts.poll.address,
        "vouchers": [
            [request.index, [[voucher.signer, voucher.method, voucher.vouched_at] for voucher in request.vouchers]]
            for request in facts.requests
        ],
    }
