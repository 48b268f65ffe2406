"""Attestations over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictBool

from backend.ground.common.hex_text import HexSignature, HexSigner, to_hex
from backend.vote.approvals.service import DecisionView, OpinionView


class AttestationOut(BaseModel):
    """What an official signs."""

    approve: bool
    typed_data: dict[str, Any]


class AttestationIn(BaseModel):
    """An official's signed opinion on the result."""

    model_config = ConfigDict(extra="forbid")

    signer: HexSigner
    approve: StrictBool
    signature: HexSignature


class DecisionOut(BaseModel):
    """How the officials stand."""

    approvals: int
    refusals: int
    stage: str

    @classmethod
    def of(cls, decision: DecisionView) -> DecisionOut:
        """From the service's view."""
        return cls(approvals=decision.approvals, refusals=decision.refusals, stage=decision.stage)


class OpinionOut(BaseModel):
    """What an official signed about the result, and when, by the block; `own` is the visitor's, which no second one can change."""

    official: str
    signer: str
    approve: bool
    signed_at: datetime
    tx_hash: str
    own: bool

    @classmethod
    def of(cls, view: OpinionView) -> OpinionOut:
        """From the service's view."""
        return cls(
            official=view.official,
            signer=to_hex(view.signer),
            approve=view.approve,
            signed_at=view.signed_at,
            tx_hash=view.tx_hash,
            own=view.is_own,
        )
