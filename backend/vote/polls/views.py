"""Polls as other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.ground.chain.values import PollParameters, Stage
from backend.ground.common.voting import Condition, Denominator, Measure, Numerator
from backend.vote.polls.rules import in_words_of_files


@dataclass(frozen=True)
class PollClass:
    """One voting class of the poll's register: name, admitted heads and fen, sum of blinds modulo n."""

    name: str
    heads: int
    amount_fen: int
    blind: int


@dataclass(frozen=True)
class PollView:
    """An announced poll: all that is fixed.

    `address` is its contract, `protocol` the one by which the case was built; a `rehearsal` has no effect; times in `parameters` are
    seconds since 1970.
    """

    id: str
    case_id: str
    case_address: str
    case_fingerprint: str
    protocol: int
    rehearsal: bool
    number: int
    title: str
    address: str
    rule: str
    parameters: PollParameters
    register_root: bytes
    leaf_count: int
    tree_depth: int
    classes: tuple[PollClass, ...]
    plan_id: str
    plan_hash: bytes
    plan_title: str
    announced_at: datetime

    @property
    def register_number(self) -> int:
        """The register that votes."""
        return self.parameters.register_number

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The counting rule."""
        return self.parameters.conditions


@dataclass(frozen=True)
class PollStatus:
    """Where a poll stands by the chain's clock, times in seconds since 1970; `challenge_ends_at` is None before the tally."""

    stage: Stage
    chain_time: int
    challenge_ends_at: int | None


@dataclass(frozen=True)
class OtherPoll:
    """Another poll of the case on the same plan, and where it stands."""

    id: str
    number: int
    stage: Stage
    closes_at: int


def parameters_json(parameters: PollParameters) -> dict[str, Any]:
    """Parameters as protocol §12 publishes them."""
    return {
        "register_number": parameters.register_number,
        "plan_number": parameters.plan_number,
        "conditions": [in_words_of_files(condition) for condition in parameters.conditions],
        "opens_at": parameters.opens_at,
        "closes_at": parameters.closes_at,
        "challenge_seconds": parameters.challenge_seconds,
        "verifiers": [verifier.lower() for verifier in parameters.verifiers],
        "receipt_signer": parameters.receipt_signer.lower(),
    }


def read_parameters(value: Mapping[str, Any]) -> PollParameters:
    """The inverse of `parameters_json`."""
    conditions = tuple(
        Condition(
            Measure[c["measure"].upper()],
            Numerator[c["numerator"].upper()],
            Denominator[c["denominator"].upper()],
            c["num"],
            c["den"],
            c["strict"],
        )
        for c in value["conditions"]
    )
    return PollParameters(
        register_number=value["register_number"],
        plan_number=value["plan_number"],
        conditions=conditions,
        opens_at=value["opens_at"],
        closes_at=value["closes_at"],
        challenge_seconds=value["challenge_seconds"],
        verifiers=tuple(value["verifiers"]),
        receipt_signer=value["receipt_signer"],
    )
