"""What the machine said when it did not accept a lender, in words, for the officials who look again. No picture, no figure."""

from __future__ import annotations

import json
from typing import Any

from verifier.face import reasons
from verifier.face.reasons import Reason
from verifier.issuer import log
from verifier.issuer.store import Database

KINDS = ("face_declined", "liveness_failed")
_WORDS = {reason.code: reason for reason in vars(reasons).values() if isinstance(reason, Reason)}


def declined(database: Database, poll: str, index: int) -> list[dict[str, Any]]:
    """The log's entries about refusals of one lender, newest first: `{seq, time, kind, band, reasons: [{code, zh, en}]}`."""
    with database.begin() as connection:
        rows = log.of_lender(connection, poll, index, KINDS)
    entries = [json.loads(row.entry) for row in rows]
    return [
        {
            "seq": entry["seq"],
            "time": entry["time"],
            "kind": entry["kind"],
            "band": entry.get("band", "none"),
            "reasons": [_in_words(code) for code in entry["reasons"]],
        }
        for entry in entries
    ]


def _in_words(code: str) -> dict[str, str]:
    reason = _WORDS.get(code, Reason(code, code, code))
    return {"code": reason.code, "zh": reason.zh, "en": reason.en}
