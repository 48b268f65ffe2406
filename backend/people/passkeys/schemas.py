"""What the calls on passkeys take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from backend.ground.common.hex_text import Hex, HexSignature
from backend.people.passkeys.service import PasskeyOffer, PasskeyView


class PasskeyOfferOut(BaseModel):
    """What `navigator.credentials.create` needs besides the page's own host."""

    verifier: str
    user_handle: Hex

    @classmethod
    def of(cls, offer: PasskeyOffer) -> PasskeyOfferOut:
        """From the service's view."""
        return cls(verifier=offer.verifier, user_handle=offer.user_handle)


class PasskeyIn(BaseModel):
    """A new passkey: id, public key x ‖ y, and its signature over the proof digest, ABI-encoded for the contract (protocol §5.1)."""

    model_config = ConfigDict(extra="forbid")

    credential_id: Hex
    public_key: Hex
    signature: HexSignature


class PasskeyOut(BaseModel):
    """The visitor's passkey; nulls when there is none."""

    credential_id: Hex | None = None
    signer: Hex | None = None
    registered_at: datetime | None = None

    @classmethod
    def of(cls, passkey: PasskeyView | None) -> PasskeyOut:
        """From the service's view."""
        return cls() if passkey is None else cls.model_validate(passkey, from_attributes=True)
