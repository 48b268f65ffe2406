"""What the issuer tells those who watch it: how full the face room is, how many faces are stored, what was refused and by which rule."""

from __future__ import annotations

import ipaddress
import threading
from collections import Counter
from collections.abc import Iterator
from typing import cast

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from verifier.issuer.errors import AddressUnknown
from verifier.issuer.service import Issuer

router = APIRouter(include_in_schema=False)


class Refusals:
    """Refused requests by rule, since the start; counted in whatever thread answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()

    def count(self, rule: str) -> None:
        """One more."""
        with self._lock:
            self._counted[rule] += 1

    def so_far(self) -> dict[str, int]:
        """A copy."""
        with self._lock:
            return dict(self._counted)


class IssuerCollector(Collector):
    """Looks when somebody asks, and keeps nothing."""

    def __init__(self, issuer: Issuer, refusals: Refusals) -> None:
        self._issuer, self._refusals = issuer, refusals

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Every figure."""
        room = self._issuer.room
        yield GaugeMetricFamily("lendervote_face_queue", "Callers in the face room: served or waiting", value=room.present)
        yield GaugeMetricFamily("lendervote_face_places", "Callers whom the face room takes before it says busy", value=room.places)
        yield GaugeMetricFamily("lendervote_faces_stored", "Lenders of whom a reference is stored", value=self._issuer.stored_faces())
        words = "1: this node is silent or contradicts the others"
        left_out = GaugeMetricFamily("lendervote_issuer_node_left_out", words, labels=["organisation"])
        for organisation, why in sorted(self._issuer.organisations.left_out.items()):
            left_out.add_metric([organisation], 1 if why else 0)
        yield left_out
        refused = CounterMetricFamily("lendervote_issuer_refusals", "Requests refused, by the rule broken", labels=["rule"])
        for rule, many in sorted(self._refusals.so_far().items()):
            refused.add_metric([rule], many)
        yield refused


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus text, for this machine only. Raises: AddressUnknown for anybody else."""
    host = request.client.host if request.client else ""
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise AddressUnknown
    registry = CollectorRegistry()
    registry.register(IssuerCollector(cast(Issuer, request.app.state.issuer), cast(Refusals, request.app.state.refusals)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
