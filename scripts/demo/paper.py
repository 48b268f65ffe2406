"""The fingerprint of the demo's case: on the working group's paper in a real vote, typed here into the verifier's settings."""

from __future__ import annotations

from scripts.demo.chain_access import ChainAccess
from scripts.demo.vote import Vote
from verifier.issuer.roots.fingerprints import fingerprint


def fingerprint_of(vote: Vote) -> str:
    """From what the officials themselves know: their case, their keys, how many of them decide, and the institution."""
    case = vote.case
    officials = [bytes.fromhex(official["signer"][2:]) for official in case["officials"]]
    institution = bytes.fromhex(case["institution"]["signer"][2:])
    chain_id = ChainAccess(vote.stack.rpc_url).chain_id()
    return fingerprint(case["address"].lower(), chain_id, officials, case["threshold"], institution)


def pin(vote: Vote) -> None:
    """The verifier's operator types the fingerprint; the verifier is started with it."""
    vote.stack.pin_case(fingerprint_of(vote))
