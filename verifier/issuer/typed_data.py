"""Digests of what the issuer signs and checks (protocol §5), all under one poll's domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_hash.auto import keccak

_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_CREDENTIAL = keccak(b"Credential(uint256 index,address ballotKey,uint64 expiresAt)")
_CREDENTIAL_LIST = keccak(b"CredentialList(bytes entries,uint64 expiresAt)")
_PHONE_TICKET = keccak(b"PhoneTicket(uint256 index,address ballotKey,uint64 expiresAt)")
_VOUCHER = keccak(b"Voucher(uint256 index,address ballotKey,uint8 method,uint64 vouchedAt)")


@dataclass(frozen=True)
class PollDomain:
    """One poll contract on one chain; addresses are 0x text, digests 32 bytes."""

    chain_id: int
    poll: str

    def credential(self, index: int, ballot_key: str, expires_at: int) -> bytes:
        """Digest of a Credential."""
        return self._digest(_CREDENTIAL, ("uint256", index), ("address", ballot_key), ("uint64", expires_at))

    def credential_list(self, entries: bytes, expires_at: int) -> bytes:
        """Digest of a CredentialList."""
        return self._digest(_CREDENTIAL_LIST, ("bytes32", keccak(entries)), ("uint64", expires_at))

    def phone_ticket(self, index: int, ballot_key: str, expires_at: int) -> bytes:
        """Digest of a PhoneTicket."""
        return self._digest(_PHONE_TICKET, ("uint256", index), ("address", ballot_key), ("uint64", expires_at))

    def voucher(self, index: int, ballot_key: str, method: int, vouched_at: int) -> bytes:
        """Digest of a Voucher."""
        return self._digest(_VOUCHER, ("uint256", index), ("address", ballot_key), ("uint8", method), ("uint64", vouched_at))

    def _digest(self, kind: bytes, *fields: tuple[str, object]) -> bytes:
        types, values = zip(*fields, strict=True)
        struct = keccak(encode(["bytes32", *types], [kind, *values]))
        names = [_DOMAIN, keccak(b"LenderVote"), keccak(b"1"), self.chain_id, self.poll]
        separator = keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], names))
        return keccak(b"\x19\x01" + separator + struct)


def pack_entries(pairs: Iterable[tuple[int, str]]) -> bytes:
    """24 bytes a pair: uint32 index ‖ ballot key (protocol §5)."""
    return b"".join(index.to_bytes(4, "big") + bytes.fromhex(key[2:]) for index, key in pairs)
