"""Digests of what the issuer signs and checks (protocol §5), under the domain of a case or of a poll."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_SALTED_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)")
#: RegisterFreeze by the protocol's version (§5, §17).
_REGISTER_FREEZE = {
    1: "RegisterFreeze(uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash)",
    2: "RegisterFreeze(uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash,"
    "bytes32 classNamesHash,bytes32 rangeProofsHash)",
}


def _digest(chain_id: int, contract: str, kind: str, *values: Any, salt: bytes = b"") -> bytes:
    """EIP-712: `kind` is the type's text; bytes of any length come in as their hash; a domain without salt has none of that field."""
    types = [field.split(" ")[0] for field in kind[kind.index("(") + 1 : -1].split(",")]
    kinds = ["bytes32", *("bytes32" if one == "bytes" else one for one in types)]
    struct = keccak(encode(kinds, [keccak(kind.encode()), *values]))
    names = [_SALTED_DOMAIN if salt else _DOMAIN, keccak(b"LenderVote"), keccak(b"1"), chain_id, contract]
    separator = keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], names) + salt)
    return keccak(b"\x19\x01" + separator + struct)


@dataclass(frozen=True)
class CaseDomain:
    """One case contract on one chain: what officials sign together; `salt` is the hash of a later generation of them (protocol §24)."""

    chain_id: int
    case: str
    salt: bytes = b""

    def poll_announcement(self, poll_number: int, parameters_hash: bytes, rehearsal: bool) -> bytes:
        """Digest of a PollAnnouncement; the mark is the case's own."""
        kind = "PollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bool rehearsal)"
        return self._digest(kind, poll_number, parameters_hash, rehearsal)

    def poll_announcement_2(self, poll_number: int, parameters_hash: bytes) -> bytes:
        """The same of protocols 1 and 2, whose cases have no mark."""
        kind = "PollAnnouncement(uint256 pollNumber,bytes32 parametersHash)"
        return self._digest(kind, poll_number, parameters_hash)

    def sealed_poll_announcement(self, poll_number: int, parameters_hash: bytes, seal_key_hash: bytes, rehearsal: bool) -> bytes:
        """Digest of a SealedPollAnnouncement; the mark is the case's own."""
        kind = "SealedPollAnnouncement(uint256 pollNumber,bytes32 parametersHash,bytes32 sealKeyHash,bool rehearsal)"
        return self._digest(kind, poll_number, parameters_hash, seal_key_hash, rehearsal)

    def register_freeze(self, protocol: int, register_number: int, fields: Sequence[Any]) -> bytes:
        """Digest of a RegisterFreeze of that protocol; `fields` are those after the register's number."""
        return self._digest(_REGISTER_FREEZE[protocol], register_number, *fields)

    def succession(self, number: int, before: bytes, after: bytes, notice_seconds: int, reason_hash: bytes) -> bytes:
        """Digest of a Succession."""
        kind = (
            "Succession(uint256 successionNumber,bytes32 generationBefore,bytes32 generationAfter,uint32 noticeSeconds,bytes32 reasonHash)"
        )
        return self._digest(kind, number, before, after, notice_seconds, reason_hash)

    def identity_file(self, register_number: int, file_hash: bytes) -> bytes:
        """Digest of an IdentityFile."""
        kind = "IdentityFile(uint256 registerNumber,bytes32 fileHash)"
        return self._digest(kind, register_number, file_hash)

    def _digest(self, kind: str, *values: Any) -> bytes:
        return _digest(self.chain_id, self.case, kind, *values, salt=self.salt)


@dataclass(frozen=True)
class PollDomain:
    """One poll contract on one chain; addresses are 0x text, digests 32 bytes."""

    chain_id: int
    poll: str

    def credential(self, index: int, ballot_key: str, expires_at: int) -> bytes:
        """Digest of a Credential."""
        return self._digest("Credential(uint256 index,address ballotKey,uint64 expiresAt)", index, ballot_key, expires_at)

    def credential_list(self, entries: bytes, expires_at: int) -> bytes:
        """Digest of a CredentialList."""
        return self._digest("CredentialList(bytes entries,uint64 expiresAt)", keccak(entries), expires_at)

    def phone_ticket(self, index: int, ballot_key: str, expires_at: int) -> bytes:
        """Digest of a PhoneTicket."""
        return self._digest("PhoneTicket(uint256 index,address ballotKey,uint64 expiresAt)", index, ballot_key, expires_at)

    def voucher(self, index: int, ballot_key: str, method: int, vouched_at: int) -> bytes:
        """Digest of a Voucher."""
        kind = "Voucher(uint256 index,address ballotKey,uint8 method,uint64 vouchedAt)"
        return self._digest(kind, index, ballot_key, method, vouched_at)

    def credential_list_request(self, entries: bytes, requested_at: int) -> bytes:
        """Digest of a CredentialListRequest."""
        return self._digest("CredentialListRequest(bytes entries,uint64 requestedAt)", keccak(entries), requested_at)

    def face_consent(self, index: int, text_hash: bytes, said_at: int, *, agreed: bool) -> bytes:
        """Digest of a FaceConsent."""
        kind = "FaceConsent(uint256 index,bytes32 textHash,bool agreed,uint64 saidAt)"
        return self._digest(kind, index, text_hash, agreed, said_at)

    def log_request(self, after: int, requested_at: int) -> bytes:
        """Digest of a LogRequest."""
        return self._digest("LogRequest(uint64 after,uint64 requestedAt)", after, requested_at)

    def _digest(self, kind: str, *values: Any) -> bytes:
        return _digest(self.chain_id, self.poll, kind, *values)


def pack_entries(pairs: Iterable[tuple[int, str]]) -> bytes:
    """24 bytes a pair: uint32 index ‖ ballot key (protocol §5)."""
    return b"".join(index.to_bytes(4, "big") + bytes.fromhex(key[2:]) for index, key in pairs)
