"""Figures for Prometheus: what waits, how long, what is confirmed, what is refused and why. Nothing about persons or choices."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from backend.ground.audit.service import AuditService
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Ages, Clock
from backend.ground.common.refusals import REFUSALS
from backend.ground.common.rounds import AllRounds
from backend.ground.http.services import service_of
from backend.shell.errors import AddressUnknown
from backend.vote.ballots.service import BallotService

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
Families = Iterator[GaugeMetricFamily | CounterMetricFamily]


class Waiting:
    """Since when this process has seen the oldest of what waits; it outlives a scrape."""

    def __init__(self, clock: Clock) -> None:
        self.ballot, self.transaction = Ages(clock), Ages(clock)


class RoomsCollector(Collector):
    """Looks into the rooms when somebody asks, and keeps nothing itself."""

    def __init__(self, ballots: BallotService, chain: Chain, audit: AuditService, waiting: Waiting, rounds: AllRounds) -> None:
        self._ballots_room, self._chain_room, self._audit_room = ballots, chain, audit
        self._all_rounds = rounds
        self._waiting = waiting

    def collect(self) -> Families:
        """Every figure; one that cannot be had is left out and the scrape goes on, since that is when figures are needed."""
        for look in (self._ballots, self._receipts, self._chain, self._audit, self._rounds, _refusals):
            yield from _guarded(look)

    def _ballots(self) -> Families:
        waiting, oldest = self._ballots_room.waiting()
        yield GaugeMetricFamily("lendervote_ballots_waiting", "Receipted ballots that are on no chain yet", value=waiting)
        age = _age(self._waiting.ballot, oldest)
        yield GaugeMetricFamily("lendervote_oldest_waiting_ballot_seconds", "Age of the oldest of them", value=age)
        states = GaugeMetricFamily("lendervote_ballots", "Receipted ballots by where they stand", labels=["status"])
        for status, many in sorted(self._ballots_room.count_all().items()):
            states.add_metric([status], many)
        yield states

    def _receipts(self) -> Families:
        late = len(self._ballots_room.anchors.faults())
        yield GaugeMetricFamily("lendervote_receipt_faults", "Books of receipts that are late on the chain, or short", value=late)

    def _chain(self) -> Families:
        standing = self._chain_room.standing()
        yield GaugeMetricFamily("lendervote_transactions_waiting", "Transactions in no block yet", value=standing.waiting)
        age = _age(self._waiting.transaction, standing.oldest_at)
        yield GaugeMetricFamily("lendervote_oldest_transaction_seconds", "Age of the oldest of them", value=age)
        yield GaugeMetricFamily("lendervote_confirmed_block", "Newest block that counts as final", value=standing.confirmed_block)
        halted = int(standing.halted_at is not None)
        yield GaugeMetricFamily("lendervote_chain_halted", "1 while a chain rewritten below finality waits for a person", value=halted)
        age = min(standing.round_age_seconds, 1e9)
        yield GaugeMetricFamily("lendervote_chain_round_age_seconds", "Since the last whole round of sending and mirroring", value=age)
        yield GaugeMetricFamily("lendervote_newest_block_seconds", "How long the newest block is the newest", value=standing.still_seconds)
        still = int(standing.stands_still)
        yield GaugeMetricFamily("lendervote_chain_stands_still", "1 while no block comes and no receipts are given", value=still)
        waits = int(bool(standing.finality_waits or standing.disagreement))
        yield GaugeMetricFamily("lendervote_finality_waits", "1 while too few organisations tell the same of final blocks", value=waits)
        many = len(standing.organisations)
        yield GaugeMetricFamily("lendervote_node_organisations", "Who has nodes in the settings; 0: the chain is our own", value=many)
        nodes = GaugeMetricFamily("lendervote_node_left_out", "1 for a node that lags, lies or is silent", labels=["node"])
        for name, fault in standing.nodes:
            nodes.add_metric([name], int(bool(fault)))
        yield nodes

    def _audit(self) -> Families:
        yield GaugeMetricFamily("lendervote_audit_rows", "Rows in the log of official acts", value=self._audit_room.head().number)

    def _rounds(self) -> Families:
        ages = GaugeMetricFamily("lendervote_round_success_seconds", "Since rounds of this work last succeeded", labels=["work"])
        failing = GaugeMetricFamily("lendervote_round_failing", "1 while rounds of this work fail or hang", labels=["work"])
        for one in self._all_rounds.rounds:
            ages.add_metric([one.name], one.course.since_success_seconds)
            failing.add_metric([one.name], int(bool(one.fault())))
        yield from (ages, failing)


def _age(ages: Ages, since: datetime | None) -> float:
    """What the wall clock says when the thing is first seen here; from then on no step of that clock hides how long it waits."""
    if since is None:
        return 0.0
    already = max((datetime.now(UTC) - since).total_seconds(), 0.0)
    ages.keep([since])
    return ages.of(since, already)


def _refusals() -> Families:
    family = CounterMetricFamily("lendervote_refusals", "Requests refused, by the rule broken", labels=["rule"])
    for rule, many in sorted(REFUSALS.snapshot().items()):
        family.add_metric([rule], many)
    yield family


def _guarded(look: Callable[[], Families]) -> Families:
    try:
        yield from list(look())
    except Exception:
        log.exception("figures")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus text; only for this machine: whoever scrapes from elsewhere goes through a proxy that knows them.

    Raises: AddressUnknown for anybody else.
    """
    if not _is_loopback(request.client.host if request.client else ""):
        raise AddressUnknown
    registry = CollectorRegistry()
    registry.register(_collector(request))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _collector(request: Request) -> RoomsCollector:
    ballots, chain = service_of(request, BallotService), service_of(request, Chain)
    return RoomsCollector(ballots, chain, service_of(request, AuditService), service_of(request, Waiting), service_of(request, AllRounds))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
