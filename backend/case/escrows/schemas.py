"""What the calls on escrows take and give: `escrow.json` as the trustee's tool reads and writes it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from backend.case.escrows.rules import Statement
from backend.ground.common.hex_text import Hex, HexAddress, HexSignature, HexSigner

Number = Annotated[int, Field(strict=True, ge=0, lt=2**53)]


class _Paper(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class SignedIn(_Paper):
    """One signature over OpeningsEscrow: an official's or a trustee's."""

    signer: HexSigner
    signature: HexSignature


class EscrowIn(_Paper):
    """`escrow.json`: first with the officials' signatures, then with those of the trustees, all at once or as they come."""

    case: HexAddress
    chain_id: Number
    classes_hash: Hex
    commitments: list[Hex] = Field(max_length=32)
    context: Hex
    file_digest: Hex
    leaf_count: Number
    register_number: Number
    root: Hex
    signatures: list[SignedIn] = Field(max_length=64)
    threshold: Number
    transports: list[Hex] = Field(max_length=32)

    def read(self) -> tuple[Statement, list[tuple[bytes, bytes]]]:
        """The statement, and who signed it."""
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields if name != "signatures"}
        values |= {"transports": tuple(self.transports), "commitments": tuple(self.commitments)}
        return Statement(**values), [(one.signer, one.signature) for one in self.signatures]


class EscrowOut(BaseModel):
    """How far a statement is: the digest that trustees sign, and the seats that have not."""

    register_number: int
    digest: Hex
    file_digest: Hex
    missing: list[int]
    complete: bool
