"""`lendervote audit`: says whether the log of official acts is whole."""

from __future__ import annotations

import json

from backend.ground.audit.service import AuditService
from backend.ground.chain.service import open_chain
from backend.ground.db.sessions import open_engine, open_sessions

from .installation import beside_service, known_installation


def examine(elsewhere: list[str] | None = None) -> int:
    """Print rows, anchors and faults as one JSON line; 0 when there is no fault."""
    settings = beside_service(known_installation())
    engine = open_engine(settings.resolved_database_url)
    sessions = open_sessions(engine)
    service = AuditService(sessions, open_chain(settings, sessions))
    faults = service.faults(elsewhere)
    head, anchors = service.head(), service.anchors()
    print(json.dumps({"rows": head.number, "head": head.hash, "anchors": [anchor[2] for anchor in anchors], "faults": faults}))
    engine.dispose()
    return 1 if faults else 0
