"""What the calls on cases and acts take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.case.cases.checks import REASON_LENGTH
from backend.case.cases.rules import MEASURES, NewCase
from backend.case.cases.status import ActStatus
from backend.case.cases.views import ActView, CaseView, Generation, Listing, Stage
from backend.ground.common.hex_text import Hex, HexSignature, HexSigner
from backend.ground.common.text_types import Line
from backend.ground.common.time_types import Day


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


# Longer than any rule of the room allows, so that the rule itself says what is too long.
Name = Annotated[str, Line(1000)]


class InstitutionIn(_Input):
    """The wound-down platform; without a signer, its account's passkey signs."""

    name: Name
    credit_code: Name
    signer: HexSigner | None = None


class OfficialIn(_Input):
    """An official; the account may be named by id or by name. Without a signer, the account's passkey signs."""

    name: Name
    signer: HexSigner | None = None
    account_id: Name = ""
    account_name: Name = ""


class CaseIn(_Input):
    """A case to be opened; votes of a rehearsal have no effect, and their periods may be short."""

    name: Name
    institution: InstitutionIn
    officials: list[OfficialIn] = Field(max_length=100)
    threshold: int = Field(strict=True)
    institution_account_id: Name = ""
    institution_account_name: Name = ""
    rehearsal: bool = Field(default=False, strict=True)


class OfficialOut(BaseModel):
    """An official as the case's members see it."""

    name: str
    signer: Hex
    account_id: str | None


class InstitutionOut(BaseModel):
    """The institution."""

    name: str
    credit_code: str
    signer: Hex
    account_id: str | None


class CaseDraftOut(BaseModel):
    """A case as it would be opened; nothing of it can be changed afterwards."""

    name: str
    institution: InstitutionOut
    officials: list[OfficialOut]
    threshold: int
    rehearsal: bool
    chain_id: int

    @classmethod
    def of(cls, case: NewCase, chain_id: int) -> CaseDraftOut:
        """The draft as JSON."""
        return cls(
            name=case.name,
            institution=InstitutionOut(
                name=case.institution_name,
                credit_code=case.credit_code,
                signer=case.institution_signer,
                account_id=case.institution_account_id or None,
            ),
            officials=[OfficialOut(name=o.name, signer=o.signer, account_id=o.account_id or None) for o in case.officials],
            threshold=case.threshold,
            rehearsal=case.rehearsal,
            chain_id=chain_id,
        )


class NextStepOut(BaseModel):
    """Who must do what next."""

    role: str
    act: str
    sentence_zh: str
    sentence_en: str


class ListingIn(_Input):
    """The case's lines in the four lists."""

    measure: Name
    exit_on: Day | None = None
    responsible: Name


class ListingOut(BaseModel):
    """The same; empty where nothing was entered yet."""

    measure: str
    measure_zh: str
    measure_en: str
    exit_on: date | None
    responsible: str

    @classmethod
    def of(cls, listing: Listing) -> ListingOut:
        """From the view."""
        zh, en = MEASURES.get(listing.measure, ("", ""))
        return cls(measure=listing.measure, measure_zh=zh, measure_en=en, exit_on=listing.exit_on, responsible=listing.responsible)


class MemberOut(BaseModel):
    """Somebody who is, was or will be in office: name and signer."""

    name: str
    signer: Hex


class GenerationOut(BaseModel):
    """Officials, threshold and institution from one succession to the next; `holds_from` is when they can come into office, `ended_at` when
    they did, or when their succession was withdrawn."""

    number: int
    status: str
    in_office: bool
    officials: list[MemberOut]
    threshold: int
    institution: MemberOut
    generation_hash: Hex
    reason: str
    announced_at: datetime
    holds_from: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, case: CaseView, one: Generation) -> GenerationOut:
        """One generation as JSON."""
        return cls(
            number=one.number,
            status=one.status,
            in_office=one.number == case.generation,
            officials=[MemberOut(name=official.name, signer=official.signer) for official in one.officials],
            threshold=one.threshold,
            institution=MemberOut(name=one.institution.name, signer=one.institution.signer),
            generation_hash=one.hash,
            reason=one.reason,
            announced_at=one.announced_at,
            holds_from=one.holds_from,
            ended_at=one.ended_at,
        )


class CaseGenerationOut(GenerationOut):
    """The same for members of the case, who see the officials' accounts."""

    officials: list[OfficialOut]  # type: ignore[assignment]  # each says more

    @classmethod
    def of(cls, case: CaseView, one: Generation) -> CaseGenerationOut:
        """One generation as JSON."""
        told = GenerationOut.of(case, one).model_dump(exclude={"officials"})
        return cls(**told, officials=[OfficialOut.model_validate(official, from_attributes=True) for official in one.officials])


class CaseOut(BaseModel):
    """A case with where it stands; by `protocol` its contract was built, `fingerprint` goes onto the working group's paper. Officials,
    threshold and institution are those of the `generation` in office."""

    id: str
    name: str
    address: str
    chain_id: int
    protocol: int
    rehearsal: bool
    fingerprint: str
    institution: InstitutionOut
    officials: list[OfficialOut]
    threshold: int
    opened_at: datetime
    generation: int
    generations: list[CaseGenerationOut]
    listing: ListingOut
    stage: str
    next_step: NextStepOut

    @classmethod
    def of(cls, case: CaseView, stage: Stage) -> CaseOut:
        """The case as JSON."""
        return cls(
            id=case.id,
            name=case.name,
            address=case.address,
            chain_id=case.chain_id,
            protocol=case.protocol,
            rehearsal=case.rehearsal,
            fingerprint=case.fingerprint,
            institution=InstitutionOut.model_validate(case.institution, from_attributes=True),
            officials=[OfficialOut.model_validate(official, from_attributes=True) for official in case.officials],
            threshold=case.threshold,
            opened_at=case.opened_at,
            generation=case.generation,
            generations=[CaseGenerationOut.of(case, one) for one in case.generations],
            listing=ListingOut.of(case.listing),
            stage=stage.name,
            next_step=NextStepOut.model_validate(stage.next_step, from_attributes=True),
        )


class ActSignatureOut(BaseModel):
    """Who signed, and when."""

    signer: Hex
    official: str
    signed_at: datetime
    checked: str
    unchecked_reason: str


class FailureOut(BaseModel):
    """Why an act did not reach the chain."""

    code: str
    message_zh: str
    message_en: str


class ActOut(BaseModel):
    """An act with its signatures; officials of that `generation` sign it."""

    id: str
    case_id: str
    kind: str
    number: int
    typed_data: dict[str, Any]
    summary: dict[str, Any]
    status: ActStatus
    signatures: list[ActSignatureOut]
    needed: int
    failure: FailureOut | None
    proposed_at: datetime
    generation: int

    @classmethod
    def of(cls, act: ActView) -> ActOut:
        """The act as JSON."""
        return cls.model_validate(act, from_attributes=True)


class SignatureIn(_Input):
    """An official's signature over an act's typed data.

    A register's freeze is signed with the check code of the official's own tool, or with the reason why there is none.
    """

    signer: HexSigner
    signature: HexSignature
    check_code: Annotated[str, Line(100)] = ""
    unchecked_reason: Annotated[str, Line(REASON_LENGTH)] = ""
