"""The fingerprint of a case, as the working group's paper has it and as the issuer's operator types it (protocol §8.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from eth_hash.auto import keccak

_DIGITS = re.compile(r"[0-9a-f]{32}")
_BETWEEN = re.compile(r"[,;\n，；、]")


class RootsNotUsable(Exception):
    """A setting that says what the issuer believes cannot be used; the sentence says which and why."""


def read_fingerprints(text: str) -> tuple[str, ...]:
    """Several, with commas between, each as `grouped` writes it; spaces and case do not matter. Raises: RootsNotUsable."""
    found = tuple(read_fingerprint(part) for part in _BETWEEN.split(text) if part.strip())
    if len(set(found)) != len(found):
        raise RootsNotUsable("LENDERVOTE_ISSUER_CASES names a fingerprint twice")
    return found


def read_fingerprint(text: str) -> str:
    """One. Raises: RootsNotUsable for anything that is not 32 hexadecimal digits."""
    digits = "".join(text.split()).lower()
    if not _DIGITS.fullmatch(digits):
        raise RootsNotUsable(
            f"LENDERVOTE_ISSUER_CASES: “{text.strip()[:80]}” is no fingerprint of a case; "
            "type the eight groups of four digits (0-9, a-f) from the working group's paper"
        )
    return grouped(digits)


def grouped(digits: str) -> str:
    """32 digits as eight groups of four."""
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def fingerprint(
    case: str, chain_id: int, officials: Sequence[bytes], threshold: int, institution: bytes, *, rehearsal: bool = False
) -> str:
    """What the paper has for a case with these officials, in this order; the address 0x lower case."""
    facts = {
        "case": case,
        "chain_id": chain_id,
        "institution": "0x" + institution.hex(),
        "officials": ["0x" + official.hex() for official in officials],
        "threshold": threshold,
        **({"rehearsal": True} if rehearsal else {}),
    }
    return grouped(keccak(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode())[:16].hex())
