"""Cases and acts as other rooms see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from backend.case.cases.status import ActStatus, GenerationStatus
from backend.ground.chain.addresses import case_fingerprint


@dataclass(frozen=True)
class OfficialView:
    """One of the case's officials; `account_id` is None for one who has no account here."""

    name: str
    signer: bytes
    account_id: str | None


@dataclass(frozen=True)
class InstitutionView:
    """The wound-down platform of the case."""

    name: str
    credit_code: str
    signer: bytes
    account_id: str | None


@dataclass(frozen=True)
class Generation:
    """Who decides and who submits in a case, from one succession to the next (protocol §24).

    `hash` is empty for the first one, and so is `reason`, also where a succession was announced by another way than this service.
    """

    number: int
    status: GenerationStatus
    officials: tuple[OfficialView, ...]
    threshold: int
    institution: InstitutionView
    hash: bytes
    reason: str
    announced_at: datetime
    holds_from: datetime
    ended_at: datetime | None
    """When it came into office, or was withdrawn."""

    def official_of(self, account_id: str | None) -> OfficialView | None:
        """The official with that account."""
        return next((one for one in self.officials if one.account_id == account_id is not None), None)


@dataclass(frozen=True)
class Listing:
    """The case's lines in the four lists (四项清单) besides the institution: measure, exit date, who is responsible."""

    measure: str = ""
    exit_on: date | None = None
    responsible: str = ""


@dataclass(frozen=True)
class CaseView:
    """One case; `address` is its contract, 0x lower case, `protocol` the one by which that was built; the votes of a `rehearsal` have no
    effect, as the chain says. Officials, threshold and institution are those of the `generation` in office; `generations` are all, by
    number, withdrawn and waiting ones among them."""

    id: str
    name: str
    address: str
    institution: InstitutionView
    officials: tuple[OfficialView, ...]
    threshold: int
    opened_at: datetime
    protocol: int
    chain_id: int
    rehearsal: bool
    generation: int
    generations: tuple[Generation, ...]
    listing: Listing = Listing()

    @property
    def fingerprint(self) -> str:
        """What the working group publishes on paper: whoever has it believes nobody's word about the case's first people, and from them on
        follows every succession."""
        first = self.generations[0]
        signers = [official.signer for official in first.officials]
        named = self.address, self.chain_id, signers, first.threshold, first.institution.signer
        return case_fingerprint(*named, rehearsal=self.rehearsal)

    @property
    def salt(self) -> bytes:
        """Of the domain under which those in office sign; empty before the first succession."""
        return self.of_generation(self.generation).hash

    @property
    def served(self) -> tuple[Generation, ...]:
        """Those who are or were in office, newest first."""
        return tuple(one for one in reversed(self.generations) if one.status is GenerationStatus.COMPLETED)

    @property
    def waiting(self) -> Generation | None:
        """Those whom a succession names that is announced and not completed."""
        return next((one for one in self.generations if one.status is GenerationStatus.WAITING), None)

    def of_generation(self, number: int) -> Generation:
        """The generation of that number. Raises: StopIteration where there is none."""
        return next(one for one in self.generations if one.number == number)


@dataclass(frozen=True)
class NextStep:
    """Who must do what next."""

    role: str
    act: str
    sentence_zh: str
    sentence_en: str


@dataclass(frozen=True)
class Stage:
    """Where a case stands, and what comes next."""

    name: str
    next_step: NextStep


StageProvider = Callable[[CaseView], Stage | None]
"""A room's answer to "does the case wait for something of yours?"; None: no, ask the next room."""


class Checked(StrEnum):
    """How an official says to have checked what was signed, where that is asked."""

    NOT_ASKED = ""
    BY_TOOL = "tool"
    """The check code of the official's own tool was typed in."""
    UNCHECKED = "unchecked"
    """Signed without the tool, for a written reason."""


@dataclass(frozen=True)
class Check:
    """What an official hands in with a signature: the tool's check code, or why there is none."""

    code: str = ""
    unchecked_reason: str = ""


NO_CHECK = Check()


@dataclass(frozen=True)
class ActSignature:
    """One official's signature on an act."""

    signer: bytes
    official: str
    signature: bytes
    signed_at: datetime
    checked: Checked = Checked.NOT_ASKED
    unchecked_reason: str = ""


@dataclass(frozen=True)
class Failure:
    """Why an act did not reach the chain: the broken rule and its sentences."""

    code: str
    message_zh: str
    message_en: str
    goes_on: bool = False
    """Whether the service tries again by itself."""


@dataclass(frozen=True, kw_only=True)
class ActView:
    """Something that k officials decide by signing `typed_data` (EIP-712 as JSON); `summary` says it in words."""

    id: str
    case_id: str
    kind: str
    number: int
    typed_data: Mapping[str, Any]
    summary: Mapping[str, Any]
    status: ActStatus
    signatures: tuple[ActSignature, ...]
    needed: int
    failure: Failure | None
    proposed_at: datetime
    generation: int = 0
    """Whose officials sign it."""


@dataclass(frozen=True)
class SignedAct:
    """An act with enough signatures, as its room's handler gets it.

    `key` is the idempotency key for the chain: the same while the outcome of a sending is unknown, another after the contract refused.
    """

    id: str
    case_id: str
    case_address: str
    kind: str
    number: int
    payload: Mapping[str, Any]
    signers: tuple[bytes, ...]
    signatures: tuple[bytes, ...]
    key: str


Handler = Callable[[SignedAct], None]
"""Carries a signed act to the chain and records it; may be called again for the same act, and must then finish what is left to do."""
