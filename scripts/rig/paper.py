"""The fingerprint of the demo's case: on the working group's paper in a real vote, typed here into the verifier's settings."""

from __future__ import annotations

from typing import Any

from scripts.rig.chain_access import ChainAccess
from scripts.rig.processes import Stack
from verifier.issuer.roots.fingerprints import fingerprint


def fingerprint_of(stack: Stack, case: dict[str, Any]) -> str:
    """From what the officials themselves know: their case, their keys, how many of them decide, and the institution."""
    officials = [bytes.fromhex(official["signer"][2:]) for official in case["officials"]]
    institution = bytes.fromhex(case["institution"]["signer"][2:])
    chain_id = ChainAccess(stack.rpc_url).chain_id()
    return fingerprint(case["address"].lower(), chain_id, officials, case["threshold"], institution, rehearsal=case["rehearsal"])


def pin(stack: Stack, case: dict[str, Any]) -> None:
    """The verifier's operator types the fingerprint beside those of other cases; the verifier is started with it."""
    stack.pin_case(fingerprint_of(stack, case))
