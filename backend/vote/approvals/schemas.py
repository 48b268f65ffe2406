"""Attestations over HTTP."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, StrictBool

from backend.ground.common.hex_text import HexSignature, HexSigner
from backend.vote.approvals.service import DecisionView


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
