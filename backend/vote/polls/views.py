"""Polls as other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.ground.chain.sealed_types import SealKey, read_seal_key
from backend.ground.chain.values import PollParameters, Stage
from backend.ground.common.hex_text import to_hex
from backend.ground.common.voting import Condition, Denominator, Measure, Numerator, PollKind
from backend.vote.polls.rules import in_words_of_files


@dataclass(frozen=True)
class PollClass:
    """One voting class of the poll's register: name, admitted heads and fen, sum of blinds modulo n."""

    name: str
    heads: int
    amount_fen: int
    blind: int


@dataclass(frozen=True)
class SealSeat:
    """A trustee of a sealed poll: who holds the seat, the signer on chain, and the address of the share's key."""

    seat: int
    name: str
    signer: bytes
    share_key: str


@dataclass(frozen=True)
class Sealing:
    """What a sealed poll has besides: a title for each motion, when it may be given up, and the key with its ceremony."""

    titles: tuple[str, ...]
    abandon_after_seconds: int
    key: SealKey
    key_hash: bytes
    ceremony_id: str
    seats: tuple[SealSeat, ...]
    escrow: Mapping[str, Any] | None = None
    """`escrow.json` as it was when the poll was laid before the officials; None where there was none."""

    @property
    def motions(self) -> int:
        """How many motions are voted on."""
        return len(self.titles)


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
    sealing: Sealing | None = None
    generation: int = 0
    """Number of the generation of officials that announced it and decides on it."""

    @property
    def kind(self) -> PollKind:
        """Whether choices can be read while the poll runs."""
        return PollKind.OPEN if self.sealing is None else PollKind.SEALED

    @property
    def motions(self) -> int:
        """How many motions are voted on; one in an open poll."""
        return 1 if self.sealing is None else self.sealing.motions

    @property
    def titles(self) -> tuple[str, ...]:
        """A title for each motion; the plan's own where it is voted on as a whole."""
        return (self.plan_title,) if self.sealing is None else self.sealing.titles

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


def sealing_json(sealing: Sealing) -> dict[str, Any]:
    """As it is stored; `read_sealing` reads it back."""
    seats = [{"seat": one.seat, "name": one.name, "signer": to_hex(one.signer), "share_key": one.share_key} for one in sealing.seats]
    return {
        "titles": list(sealing.titles),
        "abandon_after_seconds": sealing.abandon_after_seconds,
        "key": sealing.key.as_json(),
        "key_hash": to_hex(sealing.key_hash),
        "ceremony_id": sealing.ceremony_id,
        "seats": seats,
        **({"escrow": dict(sealing.escrow)} if sealing.escrow is not None else {}),
    }


def read_sealing(value: Mapping[str, Any]) -> Sealing:
    """The inverse of `sealing_json`."""
    seats = tuple(SealSeat(one["seat"], one["name"], bytes.fromhex(one["signer"][2:]), one["share_key"]) for one in value["seats"])
    key, hashed = read_seal_key(value["key"]), bytes.fromhex(value["key_hash"][2:])
    return Sealing(tuple(value["titles"]), value["abandon_after_seconds"], key, hashed, value["ceremony_id"], seats, value.get("escrow"))


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
