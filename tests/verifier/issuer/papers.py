"""What lenders, the relay and officials hand to the issuer, signed by a third writing of EIP-712 (eth_account)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.contracts.ballot_box import address_of, secret
from tests.contracts.world import OpenPoll
from verifier.issuer.consents import texts

RELAY = secret("relay")
FIELDS = {
    "PhoneTicket": ["uint256 index", "address ballotKey", "uint64 expiresAt"],
    "Voucher": ["uint256 index", "address ballotKey", "uint8 method", "uint64 vouchedAt"],
    "Credential": ["uint256 index", "address ballotKey", "uint64 expiresAt"],
}


@dataclass(frozen=True)
class IssuerPapers:
    """For one open poll; whatever is not given is as it should be."""

    poll: OpenPoll

    @property
    def address(self) -> str:
        return str(self.poll.contract.address).lower()

    @property
    def now(self) -> int:
        return self.poll.chain.now

    def key_of(self, index: int) -> str:
        """The ballot key's address of the lender at `index`."""
        return address_of(self.poll.register.lenders[index].ballot_key).lower()

    def sign(self, key: bytes, kind: str, *values: object, poll: str | None = None) -> str:
        fields = [dict(zip(("type", "name"), field.split(), strict=True)) for field in FIELDS[kind]]
        message = {field["name"]: value for field, value in zip(fields, values, strict=True)}
        domain = {"name": "LenderVote", "version": "1", "chainId": self.poll.chain.chain_id, "verifyingContract": poll or self.address}
        signed = Account.sign_message(encode_typed_data(domain, {kind: fields}, message), key)
        return "0x" + bytes(signed.signature).hex()

    def ticket(self, index: int, ballot_key: str | None = None, *, expires_at: int | None = None, signer: bytes = RELAY) -> dict[str, Any]:
        until = self.now + 600 if expires_at is None else expires_at
        return {"expires_at": until, "signature": self.sign(signer, "PhoneTicket", index, ballot_key or self.key_of(index), until)}

    def voucher(
        self,
        index: int,
        official: int,
        *,
        key: str | None = None,
        method: int = 1,
        vouched_at: int | None = None,
        signer: bytes | None = None,
    ) -> dict[str, Any]:
        secret_key = signer or self.poll.world.official_keys[official]
        at = self.now if vouched_at is None else vouched_at
        signature = self.sign(secret_key, "Voucher", index, key or self.key_of(index), method, at)
        return {"signer": address_of(secret_key).lower(), "method": method, "vouched_at": at, "signature": signature}

    def request(self, index: int, **changes: Any) -> dict[str, Any]:
        key = changes.get("ballot_key") or self.key_of(index)
        return {"poll": self.address, "index": index, "ballot_key": key, "ticket": self.ticket(index, key)} | changes

    def vouched(self, index: int, **changes: Any) -> dict[str, Any]:
        """A whole request by two officials."""
        key = changes.get("ballot_key")
        return self.request(index, **({"vouchers": [self.voucher(index, 0, key=key), self.voucher(index, 1, key=key)]} | changes))

    def consent(self, index: int, **changes: Any) -> dict[str, Any]:
        """A lender's consent to the newest Chinese text."""
        shown = next(shown for shown in reversed(texts()) if shown.language == "zh")
        agreed = {"version": shown.version, "language": "zh", "text_hash": shown.text_hash, "agreed_at": "2026-01-05T09:30:00.123+08:00"}
        return self.request(index, consent=agreed | changes)

    def face(self, index: int, **changes: Any) -> dict[str, str]:
        """The `request` field of a request by face."""
        return {"request": json.dumps(self.request(index, **changes))}
