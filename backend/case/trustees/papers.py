"""The papers of a ceremony that anybody may take, byte for byte as the trustee's tool reads them (protocol §22.4, §22.5)."""

from __future__ import annotations

from collections.abc import Sequence

from backend.case.cases.views import CaseView
from backend.case.trustees import rules
from backend.case.trustees.errors import RollNotClosed, TranscriptNotThere
from backend.case.trustees.status import Step
from backend.case.trustees.views import CeremonyView
from backend.ground.common.hashing import canonical_json
from backend.ground.common.hex_text import to_hex


def opening(view: CeremonyView) -> bytes:
    """`ceremony.json`, with which a trustee begins."""
    return canonical_json(view.head.as_json())


def appointed(case: CaseView, serving: Sequence[bytes]) -> bytes:
    """`appointed.json`: who serves, by seat."""
    return canonical_json({"case": case.address, "chain_id": case.chain_id, "trustees": [to_hex(signer) for signer in serving]})


def roll(view: CeremonyView) -> bytes:
    """`roll.json`: the closed roll with its identities' signatures. Raises: RollNotClosed."""
    if view.roll_hash is None:
        raise RollNotClosed
    signatures = [(seat.papers[Step.ENTRY] or {})["signature"] for seat in view.seats]
    return canonical_json({**rules.roll(view.head, [seat.line for seat in view.seats]), "signatures": signatures})


def transcript(view: CeremonyView) -> bytes:
    """`seal.json`, byte for byte as it was hashed. Raises: TranscriptNotThere."""
    dealings = [seat.papers[Step.DEALING] for seat in view.seats]
    if view.roll_hash is None or None in dealings:
        raise TranscriptNotThere
    return rules.transcript(view.head, [seat.line for seat in view.seats], view.roll_hash, [one or {} for one in dealings])
