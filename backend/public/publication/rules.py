"""The published files, byte for byte as protocol §12 has them; pure: values in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.ground.common.hashing import canonical_json

FILES = ("poll.json", "leaves.csv", "register.json", "plan.json", "plan.pdf", "receipts.jsonl", "result.json")
OF_PROVED_REGISTERS = "range_proofs.bin"
"""From the announcement on, where the register was frozen with range proofs."""
OF_SAMPLED_REGISTERS, SAMPLE_PROOFS = "sample.json", "sample_proofs.bin"
"""Where officials drew a sample of the register; the proofs where they drew and did not look at every lender."""
OF_CONDITIONS = "conditions.json"
"""After the close, where conditions about small groups were proved."""
AT_ANNOUNCEMENT = ("poll.json", "leaves.csv", "register.json", "plan.json", "plan.pdf")
OF_SEALED_POLLS = "seal.json"
"""From the announcement on, of sealed polls only."""
WHERE_STAMPED = "stamps.jsonl"
"""From the first stamp on, where authorities are set; it grows."""
OF_ESCROWS = "escrow.json"
"""From the announcement on, of sealed polls over a register whose openings are in escrow."""
AFTER_CLOSE = "receipts.jsonl"
AFTER_TALLY = "result.json"


def hex_of(data: bytes) -> str:
    """0x and lower-case digits."""
    return "0x" + data.hex()


@dataclass(frozen=True)
class SampleSaid:
    """What a published sample says: draws (0: all were looked at), lenders looked at and those who do not agree, the bound in fen."""

    draws: int
    lenders: int
    wrong: int
    bound_fen: int


def sample_said(paper: bytes) -> SampleSaid:
    """From sample.json as officials signed it."""
    said = json.loads(paper)
    wrong = sum(one["found"] != "agrees" for one in said["findings"])
    return SampleSaid(said["draws"], len(said["findings"]), wrong, said["bound_fen"])


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
    """One receipt as the relay signed it; `place` is its book, number and previous digest, None in polls of protocol 1."""

    ballot_digest: bytes
    ballot_key: str
    index: int
    sequence: int
    received_at: int
    signature: bytes
    place: tuple[bytes, int, bytes] | None = None
    sealed: tuple[bytes, bytes] | None = None
    """Seal and sealed choice, which the relay does not sign; None in an open poll."""


def leaves_csv(leaves: Iterable[PublishedLeaf]) -> bytes:
    """Header and one line a leaf, in index order."""
    lines = ["index,voting_class,x,y"]
    lines.extend(f"{leaf.index},{leaf.voting_class},{leaf.x:064x},{leaf.y:064x}" for leaf in leaves)
    return ("\n".join(lines) + "\n").encode()


def register_json(
    register_number: int, root: bytes, leaf_count: int, classes: Sequence[PublishedClass], range_proofs_hash: bytes | None
) -> bytes:
    """Root, counts and admitted totals; registers of protocol 1 have no place for range proofs (None)."""
    value: dict[str, object] = {
        "register_number": register_number,
        "root": hex_of(root),
        "leaf_count": leaf_count,
        "classes": [
            {"name": c.name, "heads": c.heads, "amount_fen": c.amount_fen, "blind": hex_of(c.blind.to_bytes(32, "big"))} for c in classes
        ],
    }
    if range_proofs_hash is not None:
        value["range_proofs_hash"] = hex_of(range_proofs_hash)
    return canonical_json(value)


def poll_json(head: Mapping[str, Any], parameters: Mapping[str, Any]) -> bytes:
    """Addresses, numbers and all parameters; `head` holds case, chain_id, poll, poll_number, from_block, rule_name, tree_depth, from
    protocol 2 on `protocol`, from 3 on `rehearsal`; of a sealed poll kind, motions and abandon_after_seconds besides."""
    return canonical_json({**head, "parameters": dict(parameters)})


def receipts_jsonl(receipts: Iterable[PublishedReceipt]) -> bytes:
    """One object a line, in the order given."""
    return b"".join(canonical_json(_line(receipt)) + b"\n" for receipt in receipts)


def _line(receipt: PublishedReceipt) -> dict[str, object]:
    line: dict[str, object] = {
        "ballot_digest": hex_of(receipt.ballot_digest),
        "ballot_key": receipt.ballot_key.lower(),
        "index": receipt.index,
        "sequence": receipt.sequence,
        "received_at": receipt.received_at,
        "signature": hex_of(receipt.signature),
    }
    if receipt.place is not None:
        book, number, previous = receipt.place
        line |= {"book": hex_of(book), "number": number, "previous": hex_of(previous)}
    if receipt.sealed is not None:
        seal, sealed_choice = receipt.sealed
        line |= {"seal": hex_of(seal), "sealed_choice": hex_of(sealed_choice)}
    return line


def result_json(
    tallies: Sequence[Mapping[str, int]],
    *,
    passed: bool | Sequence[bool],
    result_hash: bytes,
    challenge_ends_at: int,
    decision: str | None,
    excluded: Sequence[int] | None,
    invalid: Sequence[int] | None = None,
) -> bytes:
    """What the chain says after the tally; decision is approved, refused or null, `excluded` the leaves taken out (None: protocol 1).

    In a sealed poll `passed` is a list, one truth value a motion, and `invalid` has the invalid ballots of each class.
    """
    value: dict[str, object] = {
        "tallies": [dict(tally) for tally in tallies],
        "passed": passed if isinstance(passed, bool) else list(passed),
        "result_hash": hex_of(result_hash),
        "challenge_ends_at": challenge_ends_at,
        "decision": decision,
    }
    if excluded is not None:
        value["excluded"] = sorted(excluded)
    if invalid is not None:
        value["invalid"] = list(invalid)
    return canonical_json(value)


def abandoned_json(reason: str, reason_hash: bytes) -> bytes:
    """In place of a result, of a poll that was abandoned: the text whose hash the officials signed."""
    return canonical_json({"abandoned": reason, "reason_hash": hex_of(reason_hash)})
