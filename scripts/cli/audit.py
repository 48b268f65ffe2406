"""`lendervote audit`: says whether the log of official acts is whole, and which acts the chain has and the database lost."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from backend.ground.chain.errors import NodeNotAnswering
from backend.shell.losses import Losses

from .installation import opened_rooms

if TYPE_CHECKING:
    from backend.app import Rooms

NOT_COMPARED = (
    "节点没有回应，数据库没有与区块链比对，请稍后再执行一次。/ No node answers: the database was not compared with the chain. Try again."
)


def examine(elsewhere: list[str] | None = None) -> int:
    """Print rows, anchors, faults and losses as one JSON line; 0 when there are none.

    `lost` is null when no node answers: what nobody compared is not called whole.
    """
    with opened_rooms() as rooms:
        faults, lost = rooms.audit.faults(elsewhere), _lost(rooms)
        head, anchors = rooms.audit.head(), rooms.audit.anchors()
    said = {"rows": head.number, "head": head.hash, "anchors": [anchor[2] for anchor in anchors], "faults": faults, "lost": lost}
    print(json.dumps(said, ensure_ascii=False))
    return 1 if faults or lost else 0


def _lost(rooms: Rooms) -> list[str] | None:
    try:
        return list(Losses(rooms.chain, rooms.cases, rooms.register, rooms.plans, rooms.polls).look())
    except NodeNotAnswering:
        print(NOT_COMPARED, file=sys.stderr)
        return None
