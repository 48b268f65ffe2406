"""What the issuer states in writing: JSON under its own key, for anybody to check (protocol §14)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eth_hash.auto import keccak

from verifier.signing.secp256k1 import SignatureBroken, SigningKey, recover

_MARK = b"LenderVote/1/statement"


class StatementBroken(Exception):
    """It is no statement, or not the one that was signed."""


def digest(statement: Mapping[str, Any]) -> bytes:
    """keccak("LenderVote/1/statement" ‖ canonical JSON of everything but the signature)."""
    said = {key: value for key, value in statement.items() if key != "signature"}
    return keccak(_MARK + json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode())


def sign(key: SigningKey, statement: Mapping[str, Any]) -> dict[str, Any]:
    """The statement with `verifier` and `signature`."""
    said = {**statement, "verifier": key.address}
    return {**said, "signature": "0x" + key.sign(digest(said)).hex()}


def check(statement: Any, kind: str, verifier: str | None = None) -> str:
    """The signer's address, which is the one that the statement names and, if given, `verifier`. Raises: StatementBroken."""
    if not isinstance(statement, dict) or not all(isinstance(statement.get(key), str) for key in ("verifier", "signature", "kind")):
        raise StatementBroken("this is no signed statement")
    if statement["kind"] != kind:
        raise StatementBroken(f"this is no statement of the kind {kind}")
    try:
        signer = recover(digest(statement), bytes.fromhex(statement["signature"].removeprefix("0x")))
    except (SignatureBroken, ValueError) as error:
        raise StatementBroken("the signature cannot be read") from error
    if signer != statement["verifier"]:
        raise StatementBroken("it was changed, or signed by another than it says")
    if verifier is not None and signer != verifier.lower():
        raise StatementBroken("it was signed by another verifier")
    return signer
