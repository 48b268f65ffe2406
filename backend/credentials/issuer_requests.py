"""What the relay signs when it asks the identity verifier (protocol §5, §15.1)."""

from __future__ import annotations

from collections.abc import Sequence

from backend.chain.typed_data import TypedData

_LIST: tuple[tuple[str, str], ...] = (("entries", "bytes"), ("requestedAt", "uint64"))
_LOG: tuple[tuple[str, str], ...] = (("after", "uint64"), ("requestedAt", "uint64"))
_FILE: tuple[tuple[str, str], ...] = (("registerNumber", "uint256"), ("fileHash", "bytes32"))


def list_request(chain_id: int, poll: str, entries: Sequence[tuple[int, str]], requested_at: int) -> TypedData:
    """The relay asks for one signature over (index, ballot key) pairs."""
    packed = b"".join(index.to_bytes(4, "big") + bytes.fromhex(key[2:]) for index, key in entries)
    return TypedData(chain_id, poll, "CredentialListRequest", _LIST, {"entries": packed, "requestedAt": requested_at})


def log_request(chain_id: int, poll: str, after: int, requested_at: int) -> TypedData:
    """The relay asks for the verifier's log about its poll, without the first `after` entries."""
    return TypedData(chain_id, poll, "LogRequest", _LOG, {"after": after, "requestedAt": requested_at})


def identity_file(chain_id: int, case: str, register_number: int, file_hash: bytes) -> TypedData:
    """k officials bind photos and persons to the indexes of a register; signed under the case."""
    return TypedData(chain_id, case, "IdentityFile", _FILE, {"registerNumber": register_number, "fileHash": file_hash})
