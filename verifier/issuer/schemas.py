"""Shapes of what comes in and goes out (docs/issuer-api.md)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from verifier.issuer import text
from verifier.issuer.bindings.signed_file import SignedFile
from verifier.issuer.roots.calls import Signatures

MOST_LEAVES = 2**24
MOST_LIST_ENTRIES = 1024
#: An official signs with a plain key, or with a passkey whose assertion has a kilobyte or two.
MOST_SIGNATURE_BYTES = 4096


_MOMENT = re.compile(r"(19|[2-8]\d)\d{2}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _seconds(value: Any) -> Any:
    """Signed times are whole seconds; RFC 3339 is taken, too."""
    if isinstance(value, bool | float):
        return None  # neither is a number of seconds; the field's own rule says so
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or moment.microsecond:
            raise ValueError("a signed time is a whole second with its zone")
        return int(moment.timestamp())
    return value


def _moment(value: Any) -> Any:
    """RFC 3339 as pages write it; in a year that can be told in every zone. Raises: ValueError."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("a moment with its zone is asked for, such as 2027-01-01T12:00:00Z")
    return value


def _digits(value: Any) -> Any:
    """A number in a form's field. Raises: ValueError."""
    if isinstance(value, str) and (not value.isascii() or not value.isdigit()):
        raise ValueError("digits are asked for")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$"), AfterValidator(str.lower)]
BallotKey = Annotated[Address, AfterValidator(lambda key: key if int(key, 16) else _refuse("the empty key is no key"))]
Signature = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-fA-F]{2})+$", max_length=2 + 2 * MOST_SIGNATURE_BYTES)]
Signer = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-fA-F]{2}){20,1024}$")]
Index = Annotated[int, Field(ge=0, lt=MOST_LEAVES, strict=True)]
Seconds = Annotated[int, BeforeValidator(_seconds), Field(ge=0, lt=2**64, strict=True)]


def _refuse(rule: str) -> str:
    raise ValueError(rule)


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Ticket(_Body):
    """The relay's word that this lender's phone asked with this ballot key (protocol §5, PhoneTicket)."""

    expires_at: Seconds
    signature: Signature


class Consent(_Body):
    """What the lender was shown and agreed to, and when, by the lender's clock; `text_hash` is of the words as they stood on the page."""

    version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,32}$")]
    language: Literal["zh", "en"]
    text_hash: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
    agreed_at: Moment

    @property
    def said_at(self) -> int:
        """Whole seconds since 1970, as they are signed."""
        return int(self.agreed_at.timestamp())

    @property
    def agreed_at_text(self) -> str:
        """RFC 3339, UTC, whole seconds."""
        return self.agreed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class ConsentText(_Body):
    """A text that lenders are shown."""

    version: str
    language: Literal["zh", "en"]
    title: str
    points: list[str]
    tick: str
    text_hash: str


class CredentialRequest(_Body):
    """Who asks, with which key, in which poll."""

    poll: Address
    index: Index
    ballot_key: BallotKey
    ticket: Ticket


class ConsentRequest(CredentialRequest):
    """A lender agrees; `signature` is the ballot key's (protocol §5, FaceConsent)."""

    consent: Consent
    signature: Signature


class WithdrawalRequest(CredentialRequest):
    """A lender agrees no more; `said_at` is by the lender's clock, `signature` the ballot key's (protocol §5, FaceConsent)."""

    said_at: Seconds
    signature: Signature


class WithdrawalAnswer(BaseModel):
    """What became of a withdrawal: `erased` whether all that is stored of the face is gone, with a certificate when there was anything."""

    erased: bool
    certificate: dict[str, Any] | None
    reason_zh: str
    reason_en: str


class FaceRequest(CredentialRequest):
    """By face; without a consent on record there is no comparison."""


class SessionRequest(FaceRequest):
    """A session in front of the camera; `device` is a random text that the browser keeps."""

    device: Annotated[text.AsSent, StringConstraints(max_length=64)] = ""


class SessionNonce(_Body):
    """Who may go on with a session."""

    nonce: Annotated[text.AsSent, StringConstraints(max_length=64)]


class Voucher(_Body):
    """One official's word to have seen the lender (protocol §5)."""

    signer: Signer
    method: Annotated[int, Field(ge=1, le=2, strict=True)]
    vouched_at: Seconds
    signature: Signature


class VouchedRequest(CredentialRequest):
    """By two officials."""

    vouchers: Annotated[list[Voucher], Field(min_length=1, max_length=32)]


Line = Annotated[text.Line, StringConstraints(min_length=1, max_length=100)]


class IdentityIn(_Body):
    """Whose name and number an index is; for the operator."""

    poll: Address
    index: Index
    name: Line
    id_number: Line


class SignedFileIn(_Body):
    """Officials' signatures over an identity file (protocol §5, IdentityFile); the file's bytes follow."""

    case: Address
    register_number: Annotated[int, Field(ge=0, lt=2**32, strict=True)]
    file_hash: Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
    signers: Annotated[list[Signer], Field(min_length=1, max_length=32)]
    signatures: Annotated[list[Signature], Field(min_length=1, max_length=32)]

    def as_signed(self) -> SignedFile:
        """In bytes."""
        signed = Signatures(*(tuple(bytes.fromhex(text[2:]) for text in texts) for texts in (self.signers, self.signatures)))
        return SignedFile(self.case, self.register_number, bytes.fromhex(self.file_hash[2:]), signed)


class ProviderBegin(CredentialRequest):
    """By a provider; what the lender says is passed on and kept nowhere."""

    way: Annotated[text.AsSent, StringConstraints(max_length=40)]
    name: Line
    id_number: Line
    bank_card: Annotated[text.Line, StringConstraints(max_length=40)] = ""
    mobile: Annotated[text.Line, StringConstraints(max_length=40)] = ""


class ProviderBegun(_Body):
    """A check under way, and what to do next."""

    handle: str
    zh: str
    en: str
    sandbox: bool


class ProviderFinish(CredentialRequest):
    """What the person brought back."""

    handle: Annotated[text.AsSent, StringConstraints(max_length=200)]
    answer: Annotated[
        dict[Annotated[text.AsSent, StringConstraints(max_length=40)], Annotated[text.AsSent, StringConstraints(max_length=4096)]],
        Field(max_length=10),
    ]


class ProviderAnswer(_Body):
    """A credential, or why not; the other ways stay open."""

    decision: Literal["accepted", "official"]
    reason_zh: str
    reason_en: str
    credential: CredentialOut | None


class Pair(_Body):
    """One lender and ballot key."""

    index: Index
    ballot_key: Address


class ListRequest(_Body):
    """Pairs to be signed together; `requested_at` is what the relay signed (protocol §5, CredentialListRequest)."""

    poll: Address
    requested_at: Seconds | None = None
    entries: Annotated[list[Pair], Field(min_length=1, max_length=MOST_LIST_ENTRIES)]


class ReferenceRequest(_Body):
    """Whose reference photo this is."""

    poll: Address
    index: Annotated[int, BeforeValidator(_digits), Field(ge=0, lt=MOST_LEAVES)]


class CredentialOut(_Body):
    """A credential; `expires_at` in seconds since 1970, as signed."""

    model_config = ConfigDict(from_attributes=True)

    index: int
    ballot_key: str
    expires_at: int
    signature: str


class StepView(_Body):
    """What is asked now."""

    number: int
    of: int
    kind: str
    zh: str
    en: str
    seconds_left: int


class SessionView(_Body):
    """Where a session stands (docs/issuer-api.md)."""

    id: str | None
    nonce: str | None
    state: Literal["watching", "ready", "failed", "official"]
    step: StepView | None
    seconds_left: int
    reason_code: str
    reason_zh: str
    reason_en: str
    attempts_left: int


class FaceAnswer(_Body):
    """What became of a try by face."""

    decision: Literal["accepted", "again", "official"]
    reason_zh: str
    reason_en: str
    credential: CredentialOut | None
    attempts_left: int


class VouchedAnswer(_Body):
    """The credential."""

    credential: CredentialOut


class ListAnswer(_Body):
    """One signature for all pairs; `entries` is the signed run of 24-byte pieces."""

    entries: str
    expires_at: int
    signature: str
