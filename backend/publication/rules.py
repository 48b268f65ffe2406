"""The published files, byte for byte as protocol §12 has them; pure: values in, bytes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.common.hashing import canonical_json

FILES = ("poll.json", "leaves.csv", "register.json", "plan.json", "plan.pdf", "receipts.jsonl", "result.json")
AT_ANNOUNCEMENT = ("poll.json", "leaves.csv", "register.json", "plan.json", "plan.pdf")
AFTER_CLOSE = "receipts.jsonl"
AFTER_TALLY = "result.json"


def hex_of(data: bytes) -> str:
    """0x and lower-case digits."""
    return "0x" + data.hex()


@dataclass(frozen=True)
class PublishedLeaf:
    """One leaf: what the chain's root was made of."""

    index: int
    voting_class: int
    x: int
    y: int


@dataclass(frozen=True)
class PublishedClass:
    """One class of the frozen register; `blind` modulo n."""

    name: str
    heads: int
    amount_fen: int
    blind: int


@dataclass(frozen=True)
class PublishedReceipt:
    """One receipt as the relay signed it."""

    ballot_digest: bytes
    ballot_key: str
    index: int
    sequence: int
    received_at: int
    signature: bytes


def leaves_csv(leaves: Iterable[PublishedLeaf]) -> bytes:
    """Header and one line a leaf, in index order."""
    lines = ["index,voting_class,x,y"]
    lines.extend(f"{leaf.index},{leaf.voting_class},{leaf.x:064x},{leaf.y:064x}" for leaf in leaves)
    return ("\n".join(lines) + "\n").encode()


def register_json(register_number: int, root: bytes, leaf_count: int, classes: Sequence[PublishedClass]) -> bytes:
    """Root, counts and admitted totals."""
    value = {
        "register_number": register_number,
        "root": hex_of(root),
        "leaf_count": leaf_count,
        "classes": [
            {"name": c.name, "heads": c.heads, "amount_fen": c.amount_fen, "blind": hex_of(c.blind.to_bytes(32, "big"))} for c in classes
        ],
    }
    return canonical_json(value)


def poll_json(head: Mapping[str, Any], parameters: Mapping[str, Any]) -> bytes:
    """Addresses, numbers and all parameters; `head` holds case, chain_id, poll, poll_number, from_block, rule_name, tree_depth."""
    return canonical_json({**head, "parameters": dict(parameters)})


def receipts_jsonl(receipts: Iterable[PublishedReceipt]) -> bytes:
    """One object a line, in the order given."""
    lines = [
        canonical_json(
            {
                "ballot_digest": hex_of(r.ballot_digest),
                "ballot_key": r.ballot_key.lower(),
                "index": r.index,
                "sequence": r.sequence,
                "received_at": r.received_at,
                "signature": hex_of(r.signature),
            }
        )
        for r in receipts
    ]
    return b"".join(line + b"\n" for line in lines)


def result_json(
    tallies: Sequence[Mapping[str, int]], *, passed: bool, result_hash: bytes, challenge_ends_at: int, decision: str | None
) -> bytes:
    """What the chain says after the tally; decision is approved, refused or null."""
    return canonical_json(
        {
            "tallies": [dict(tally) for tally in tallies],
            "passed": passed,
            "result_hash": hex_of(result_hash),
            "challenge_ends_at": challenge_ends_at,
            "decision": decision,
        }
    )
