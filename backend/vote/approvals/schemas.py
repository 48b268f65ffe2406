"""Attestations over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from backend.ground.common.hex_text import HexSignature, HexSigner, to_hex
from backend.vote.approvals.service import DecisionView, OpinionView


class AttestationOut(BaseModel):
    """What an official signs; `contested` are the indexes whose lenders say that they cast none of what is recorded for them."""

    approve: bool
    typed_data: dict[str, Any]
    contested: list[int] = []


class AttestationIn(BaseModel):
    """An official's signed opinion on the result."""

    model_config = ConfigDict(extra="forbid")

    signer: HexSigner
    approve: StrictBool
    signature: HexSignature
    contested_seen: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 0
    """How many contested ballots the official was shown before signing."""


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
