"""What lenders, the relay and officials hand to the issuer, signed by a third writing of EIP-712 (eth_account)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import address_of, secret
from tests.contracts.world import OpenPoll
from tests.vectors import reference as ref
from tests.verifier.issuer.case_world import CaseWorld
from verifier.issuer.bindings.file import SALT_BYTES, Line, person_hash, photo_hash
from verifier.issuer.consents import texts

RELAY = secret("relay")
FIELDS = {
    "PhoneTicket": ["uint256 index", "address ballotKey", "uint64 expiresAt"],
    "Voucher": ["uint256 index", "address ballotKey", "uint8 method", "uint64 vouchedAt"],
    "Credential": ["uint256 index", "address ballotKey", "uint64 expiresAt"],
    "CredentialListRequest": ["bytes entries", "uint64 requestedAt"],
    "LogRequest": ["uint64 after", "uint64 requestedAt"],
    "FaceConsent": ["uint256 index", "bytes32 textHash", "bool agreed", "uint64 saidAt"],
}
AGREED_AT, AGREED_AT_SECONDS = "2026-01-05T09:30:00.123+08:00", 1_767_576_600


@dataclass(frozen=True)
class IssuerPapers:
    """For one open poll; whatever is not given is as it should be."""

    poll: OpenPoll
    bound: dict[int, list[bytes]] = field(default_factory=dict)
    """Photos by index that an identity file in force binds."""

    @property
    def address(self) -> str:
        return str(self.poll.contract.address).lower()

    @property
    def now(self) -> int:
        return self.poll.chain.now

    def key_of(self, index: int) -> str:
        """The ballot key's address of the lender at `index`."""
        return address_of(self.poll.register.lenders[index].ballot_key).lower()

    def digest(self, kind: str, message: dict[str, Any]) -> bytes:
        """What is signed for this poll, by the vectors' reference."""
        separator = ref.domain_separator(self.poll.chain.chain_id, bytes.fromhex(self.address[2:]))
        in_bytes = {name: bytes.fromhex(value[2:]) if isinstance(value, str) else value for name, value in message.items()}
        return ref.typed_digest(kind, in_bytes, separator)

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

    def lender_key(self, index: int) -> bytes:
        """The ballot key of the lender at `index`."""
        return self.poll.register.lenders[index].ballot_key

    def consent(self, index: int, key: bytes | None = None, said_at: int = AGREED_AT_SECONDS, **changes: Any) -> dict[str, Any]:
        """A lender's consent to the newest Chinese text, signed by the ballot key."""
        shown = next(shown for shown in reversed(texts()) if shown.language == "zh")
        agreed_at = AGREED_AT if said_at == AGREED_AT_SECONDS else datetime.fromtimestamp(said_at, UTC).isoformat()
        agreed = {"version": shown.version, "language": "zh", "text_hash": shown.text_hash, "agreed_at": agreed_at}
        signer = key or self.lender_key(index)
        signature = self.sign(signer, "FaceConsent", index, bytes.fromhex(shown.text_hash[2:]), True, said_at)
        return self.request(index, ballot_key=address_of(signer).lower(), consent=agreed | changes, signature=signature)

    def withdrawal(self, index: int, key: bytes | None = None, said_at: int = AGREED_AT_SECONDS + 60) -> dict[str, Any]:
        """The same lender agrees no more."""
        signer = key or self.lender_key(index)
        signature = self.sign(signer, "FaceConsent", index, bytes(32), False, said_at)
        return self.request(index, ballot_key=address_of(signer).lower(), said_at=said_at, signature=signature)

    def list_request(self, *indexes: int, at: float, key: bytes = RELAY, **changes: Any) -> dict[str, Any]:
        """Arguments of a POST to /v1/credential-lists, as the relay signs it at a time of the issuer's clock."""
        pairs = changes.pop("entries", [{"index": index, "ballot_key": self.key_of(index)} for index in indexes])
        entries = b"".join(pair["index"].to_bytes(4, "big") + bytes.fromhex(pair["ballot_key"][2:]) for pair in pairs)
        signature = self.sign(key, "CredentialListRequest", entries, int(at))
        body = {"poll": self.address, "entries": pairs, "requested_at": int(at)} | changes
        return {"json": body, "headers": {"X-LenderVote-Signature": signature}}

    def log_request(self, at: float, after: int = 0, key: bytes = RELAY, **changes: Any) -> dict[str, Any]:
        """Arguments of a GET that the relay signs over LogRequest."""
        params = {"poll": self.address, "after": after, "requested_at": int(at)} | changes
        return {"params": params, "headers": {"X-LenderVote-Signature": self.sign(key, "LogRequest", after, int(at))}}

    def identity_line(self, index: int, *photos: bytes, person: tuple[str, str] | None = None) -> Line:
        """What an identity file says of one lender."""
        salt = bytes([index]) * SALT_BYTES
        return Line(index, salt, tuple(photo_hash(photo) for photo in photos), person_hash(salt, *person) if person else None)

    def signed_file(self, *lines: Line, places: tuple[int, ...] = (0, 1), data: bytes | None = None) -> tuple[dict[str, Any], bytes]:
        """An identity file's signatures by officials, as they are handed in, and its bytes."""
        data = "".join(line.as_text() for line in sorted(lines, key=lambda line: line.index)).encode() if data is None else data
        world = self.poll.world
        assert isinstance(world, CaseWorld)
        number = self.poll.terms.register_number
        signers, signatures = world.officials_sign(world.case_digest("IdentityFile", registerNumber=number, fileHash=keccak(data)), places)
        said = {
            "case": world.case.address.lower(),
            "register_number": number,
            "file_hash": "0x" + keccak(data).hex(),
            "signers": ["0x" + signer.hex() for signer in signers],
            "signatures": ["0x" + signature.hex() for signature in signatures],
        }
        return said, data

    def face(self, index: int, **changes: Any) -> dict[str, str]:
        """The `request` field of a request by face."""
        return {"request": json.dumps(self.request(index, **changes))}
