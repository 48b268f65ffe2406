"""Keys as people hold them on their own devices; signing needs nothing of the backend's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

DOMAIN_FIELDS = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]
BALLOT_FIELDS = [
    {"name": "index", "type": "uint256"},
    {"name": "choice", "type": "uint8"},
    {"name": "sequence", "type": "uint8"},
    {"name": "planHash", "type": "bytes32"},
]
CONSENT_FIELDS = [
    {"name": "index", "type": "uint256"},
    {"name": "textHash", "type": "bytes32"},
    {"name": "agreed", "type": "bool"},
    {"name": "saidAt", "type": "uint64"},
]


@dataclass(frozen=True)
class Key:
    """A secp256k1 key of a person; a ballot key, an official's or the institution's."""

    account: LocalAccount

    @classmethod
    def make(cls) -> Key:
        """A new random key."""
        return cls(Account.create())

    @property
    def address(self) -> str:
        """0x lower case; for a plain key this is also the ERC-7913 signer."""
        return str(self.account.address).lower()

    def sign(self, typed_data: dict[str, Any]) -> str:
        """65-byte signature over EIP-712 typed data in its JSON form."""
        signed = self.account.sign_message(encode_typed_data(full_message=typed_data))
        return "0x" + bytes(signed.signature).hex()


def ballot_typed_data(chain_id: int, poll: str, index: int, choice: int, sequence: int, plan_hash: str) -> dict[str, Any]:
    """The Ballot of protocol §5 as the lender's phone builds it."""
    return {
        "types": {"EIP712Domain": DOMAIN_FIELDS, "Ballot": BALLOT_FIELDS},
        "primaryType": "Ballot",
        "domain": {"name": "LenderVote", "version": "1", "chainId": chain_id, "verifyingContract": poll},
        "message": {"index": index, "choice": choice, "sequence": sequence, "planHash": plan_hash},
    }


def consent_typed_data(chain_id: int, poll: str, index: int, text_hash: str, said_at: int) -> dict[str, Any]:
    """The FaceConsent of protocol §5 by which a lender agrees, as the lender's phone builds it."""
    return {
        "types": {"EIP712Domain": DOMAIN_FIELDS, "FaceConsent": CONSENT_FIELDS},
        "primaryType": "FaceConsent",
        "domain": {"name": "LenderVote", "version": "1", "chainId": chain_id, "verifyingContract": poll},
        "message": {"index": index, "textHash": text_hash, "agreed": True, "saidAt": said_at},
    }
