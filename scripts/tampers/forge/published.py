"""The files of protocol §12 that a forged vote publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scripts.tampers.forge.abi import word
from scripts.tampers.forge.chain import CHAIN_ID
from tests.verifier.tally.vote import PDF, canonical, hex_of

if TYPE_CHECKING:
    from scripts.tampers.forge.vote import ForgedVote


def files_of(vote: ForgedVote) -> dict[str, bytes]:
    """Every file by its name."""
    leaves = [f"{one.index},{one.voting_class},{one.point[0]:064x},{one.point[1]:064x}" for one in vote.register.lenders]
    listed = sorted(vote.receipts, key=lambda one: (one["book"], one["number"]))
    return {
        "poll.json": canonical(_poll_file(vote)),
        "leaves.csv": ("\n".join(["index,voting_class,x,y", *leaves]) + "\n").encode(),
        **({"range_proofs.bin": vote.range_proofs} if vote.range_proofs else {}),
        "register.json": canonical(_register_file(vote)),
        "plan.json": vote.plan,
        "plan.pdf": PDF,
        "receipts.jsonl": b"".join(canonical(one) + b"\n" for one in listed),
        "result.json": canonical(_result_file(vote)),
    }


def _poll_file(vote: ForgedVote) -> dict[str, Any]:
    measures, numerators = ("heads", "amount"), ("for", "taking_part")
    denominators = ("admitted", "taking_part", "for_against")
    register, plan, conditions, opens_at, closes_at, challenge, verifiers, relay = vote.parameters
    shown = [
        {"measure": measures[m], "numerator": numerators[n], "denominator": denominators[d], "num": num, "den": den, "strict": strict}
        for m, n, d, num, den, strict in conditions
    ]
    parameters = {
        "register_number": register,
        "plan_number": plan,
        "conditions": shown,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "challenge_seconds": challenge,
        "verifiers": [one.lower() for one in verifiers],
        "receipt_signer": relay.lower(),
    }
    place = {"case": hex_of(vote.case), "chain_id": CHAIN_ID, "poll": hex_of(vote.poll), "poll_number": 0, "from_block": 1}
    return {
        "protocol": 5,
        "rehearsal": vote.rehearsal,
        **place,
        "parameters": parameters,
        "rule_name": vote.rule_name,
        "tree_depth": vote.register.depth,
    }


def _register_file(vote: ForgedVote) -> dict[str, Any]:
    classes = [
        {"name": name, "heads": heads, "amount_fen": fen, "blind": hex_of(word(blind))}
        for name, (heads, fen, blind) in zip(vote.names, vote.classes, strict=True)
    ]
    count = len(vote.register.lenders)
    root = hex_of(vote.register.root)
    return {
        "register_number": 0,
        "root": root,
        "leaf_count": count,
        "classes": classes,
        "range_proofs_hash": hex_of(vote.range_proofs_hash),
    }


def _result_file(vote: ForgedVote) -> dict[str, Any]:
    names = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")
    decided = len(vote.attesters) >= vote.threshold
    return {
        "tallies": [dict(zip(names, one, strict=True)) for one in vote.tallied],
        "passed": vote.outcome,
        "result_hash": hex_of(vote.result_hash),
        "challenge_ends_at": vote.challenge_ends_at,
        "decision": ("approved" if vote.approve else "refused") if decided else None,
        "excluded": sorted(vote.excluded),
    }
