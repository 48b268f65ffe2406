"""The issuer's calls that take forms: its document does not describe them, for it reads them piece by piece."""

from __future__ import annotations

from dataclasses import replace

from scripts.fuzz.calls import Call

_FORMS = {
    "POST /v1/credentials/face": {"request": {"type": "string"}, "probe": {"type": "string", "format": "binary"}},
    "POST /v1/references": {"poll": {"type": "string"}, "index": {"type": "string"}, "image": {"type": "string", "format": "binary"}},
    "POST /v1/sessions/{session_id}/frames": {"nonce": {"type": "string"}, "frame": {"type": "string", "format": "binary"}},
}


def with_forms(calls: list[Call]) -> list[Call]:
    """The same calls, those that take forms with their fields."""
    return [
        replace(call, kind="multipart/form-data", schema={"type": "object", "properties": _FORMS[call.name]}, needed=True)
        if call.name in _FORMS
        else call
        for call in calls
    ]
