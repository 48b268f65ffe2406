"""Officials' signatures over an identity file, apart from the file."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.issuer.roots.calls import Signatures


@dataclass(frozen=True)
class SignedFile:
    """Officials' signatures over IdentityFile: for which register of which case (0x lower case), over which file."""

    case: str
    register_number: int
    file_hash: bytes
    signed: Signatures
