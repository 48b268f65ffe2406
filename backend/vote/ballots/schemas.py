"""What the ballots room takes and gives over HTTP (docs/api.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from backend.ground.common.clock import to_unix
from backend.ground.common.hex_text import to_hex
from backend.ground.common.voting import FEW_LENDERS, SealedChoices
from backend.vote.ballots.receipts import Receipt
from backend.vote.ballots.rules import BallotStatus, Rejection, SignedBallot
from backend.vote.ballots.service import OwnBallots
from backend.vote.credentials.service import ClaimView

Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
Signature = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{130}$")]
Whole = Annotated[StrictInt, Field(ge=-(2**63), lt=2**63)]


def _seal_in_place_of_choice(schema: dict[str, Any]) -> None:
    schema["required"].remove("choice")


class BallotIn(BaseModel):
    """One signed ballot with its credential; `credential_expires_at` in seconds since 1970, as it was signed.

    A ballot of a sealed poll has `seal` and `sealed_choice` in place of `choice`.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra=_seal_in_place_of_choice)

    index: Whole
    choice: Whole
    sequence: Whole
    ballot_key: Address
    ballot_signature: Signature
    credential_expires_at: Annotated[StrictInt, Field(ge=0, lt=2**63)]
    credential_signature: Signature
    seal: Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{64}$")] | None = None
    sealed_choice: Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{16}$")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_choice(cls, value: Any) -> Any:
        """A sealed ballot says nothing of a choice: 0 stands for it inside."""
        return {"choice": 0, **value} if isinstance(value, dict) and "seal" in value and "sealed_choice" in value else value

    def signed(self) -> SignedBallot:
        """The ballot as the service takes it, all hex in lower case."""
        return SignedBallot(
            self.index,
            self.choice,
            self.sequence,
            self.ballot_key.lower(),
            self.ballot_signature.lower(),
            self.credential_expires_at,
            self.credential_signature.lower(),
            None if self.seal is None or self.sealed_choice is None else SealedChoices(_raw(self.seal), _raw(self.sealed_choice)),
        )


def _raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


class StandingOut(BaseModel):
    """What anybody learns from a receipt's number: whether its ballot stands, and in which poll."""

    number: str
    poll_id: str
    status: BallotStatus

    @classmethod
    def of(cls, receipt: Receipt) -> StandingOut:
        """From the service's receipt; `sent` is shown as submitted, since nothing is on chain yet."""
        return cls(number=receipt.number, poll_id=receipt.poll_id, status=_shown(receipt.status))


class ReceiptOut(BaseModel):
    """A receipt and where its ballot stands, for whoever handed the ballot in.

    `received_at_seconds` is the time as it was signed; `book`, `book_number` and `previous` are its place in the relay's books (null in
    polls of protocol 1); `seal` and `sealed_choice` are what was sealed, which the receipt does not sign (null in an open poll);
    `by_another_key` says of a superseded ballot that the one in its place was signed by another key.
    """

    number: str
    poll_id: str
    ballot_digest: str
    ballot_key: str
    index: int
    sequence: int
    received_at: datetime
    received_at_seconds: int
    book: str | None
    book_number: int | None
    previous: str | None
    seal: str | None
    sealed_choice: str | None
    signature: str
    status: BallotStatus
    reason: str | None
    by_another_key: bool
    tx_hash: str | None
    block: int | None

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptOut:
        """From the service's receipt; `sent` is shown as submitted, since nothing is on chain yet."""
        place = receipt.place
        return cls(
            number=receipt.number,
            poll_id=receipt.poll_id,
            ballot_digest=to_hex(receipt.ballot_digest),
            ballot_key=receipt.ballot_key,
            index=receipt.index,
            sequence=receipt.sequence,
            received_at=receipt.received_at,
            received_at_seconds=to_unix(receipt.received_at),
            book=None if place is None else to_hex(place.book),
            book_number=None if place is None else place.number,
            previous=None if place is None else to_hex(place.previous),
            seal=None if receipt.sealed is None else to_hex(receipt.sealed.seal),
            sealed_choice=None if receipt.sealed is None else to_hex(receipt.sealed.sealed_choice),
            signature=receipt.signature,
            status=_shown(receipt.status),
            reason=Rejection(receipt.reason).name.lower() if receipt.reason else None,
            by_another_key=receipt.by_another_key,
            tx_hash=receipt.tx_hash,
            block=receipt.block,
        )


def _shown(status: str) -> BallotStatus:
    return BallotStatus.SUBMITTED if status == BallotStatus.SENT else BallotStatus(status)


class RecordedOut(BaseModel):
    """The newest ballot on chain; both 0 if there is none. In a sealed poll `choice` is 0."""

    choice: int
    sequence: int


class ClaimPartOut(BaseModel):
    """One claim that is in a lender's amount."""

    claim_no: str
    amount_fen: int


class ClaimOut(BaseModel):
    """A lender's own claim with all that is needed to check it and to vote; nobody else is shown this.

    In a small class the totals may tell this lender's amount and choice: the page says so before the vote. After a sealed vote was unsealed
    `opened_as` has what the contract found in the newest ballot, a choice for each motion, all 0 if it is invalid; null otherwise.
    """

    index: int
    voting_class: int
    class_name: str
    class_heads: int
    small_class: bool
    amount_fen: int
    blind: str
    x: str
    y: str
    proof: list[str]
    name_masked: str
    parts: list[ClaimPartOut]
    next_sequence: int
    recorded: RecordedOut
    opened_as: list[int] | None
    ballots: list[ReceiptOut]

    @classmethod
    def of(cls, claim: ClaimView, own: OwnBallots) -> ClaimOut:
        """From the register's and the ballots' views."""
        return cls(
            index=claim.index,
            voting_class=claim.voting_class,
            class_name=claim.class_name,
            class_heads=claim.class_heads,
            small_class=claim.class_heads < FEW_LENDERS,
            amount_fen=claim.amount_fen,
            blind=f"0x{claim.blind:064x}",
            x=f"0x{claim.x:064x}",
            y=f"0x{claim.y:064x}",
            proof=["0x" + node.hex() for node in claim.proof],
            name_masked=claim.name_masked,
            parts=[ClaimPartOut(claim_no=part.claim_no, amount_fen=part.amount_fen) for part in claim.parts],
            next_sequence=own.next_sequence,
            recorded=RecordedOut(choice=own.choice, sequence=own.sequence),
            opened_as=None if own.opened_as is None else list(own.opened_as),
            ballots=[ReceiptOut.of(receipt) for receipt in own.receipts],
        )
