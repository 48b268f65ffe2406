"""conditions.json: that a sum over groups is at least so much, or is not, by a prover written apart (protocol §9.2)."""

from __future__ import annotations

from typing import Any

from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.vectors.range_prover import N, compressed, prove
from tests.vectors.ranges import drawing, leaves_of, register_of, written
from tests.vectors.samples import Sampled
from tests.vectors.seeds import POLL, hex_of, seeded

Groups = list[dict[str, Any]]
SPLIT = 40


def members(group: dict[str, Any], leaves: list[tuple[int, int, int]]) -> list[int]:
    """Of the groups that a register alone gives."""
    if "indexes" in group:
        return list(group["indexes"])
    return [index for index, leaf in enumerate(leaves) if leaf[0] == group["class"]]


def one(title: str, plus: Groups, minus: Groups, at_least: int) -> dict[str, Any]:
    register = register_of(leaves_of("seven", 7))
    leaves = list(register.leaves)
    amount = blind = 0
    for sign, groups in ((1, plus), (-1, minus)):
        for group in groups:
            found = [leaves[index] for index in members(group, leaves)]
            amount += sign * group["times"] * sum(leaf[1] for leaf in found)
            blind += sign * group["times"] * sum(leaf[2] for leaf in found)
    holds = amount >= at_least
    said = {"at_least_fen": at_least, "holds": holds, "minus": minus, "plus": plus, "title": title}
    value, blind = (amount - at_least, blind) if holds else (at_least - 1 - amount, -blind)
    kinds = ["bytes32", "uint256", "bytes32", "address", "bytes32"]
    statement = ref.keccak(canonical(said).encode())
    context = ref.keccak(ref.encode(kinds, [ref.keccak(b"LenderVote/1/condition"), 1, register.context(), POLL, statement]))
    high, low = divmod(value, 2**SPLIT)
    hidden = seeded(f"LenderVote/vector/conditions/{title}") % (N - 1) + 1
    openings = [(0, low, (blind - hidden * 2**SPLIT) % N), (0, high, hidden)]
    mine = Sampled(register.chain_id, register.case, 3, register.root, register.classes_hash, openings, context)
    proof, _ = prove(mine, 0, 2, drawing(f"condition {title}", 0))
    shown = said | {"high": hex_of(compressed(ref.commit(high, hidden))), "proof": hex_of(proof)}
    return {"condition": shown, "context": hex_of(context), "value": str(value)}


def conditions_file() -> dict[str, Any]:
    register = register_of(leaves_of("seven", 7))
    three = [{"indexes": [0, 3, 4], "times": 1}]
    every = [{"choice": "all", "class": 0, "motion": 0, "times": 2}]
    other = [{"choice": "all", "class": 1, "motion": 0, "times": 3}, {"indexes": [2], "times": 10**6}]
    amount = sum(register.leaves[index][1] for index in (0, 3, 4))
    cases = [
        one("三人合计不少于一元", three, [], 100),
        one("exactly as much", three, [], amount),
        one("one fen more", three, [], amount + 1),
        one("a difference", every, other, 0),
        one("the same the other way round", other, every, 0),
    ]
    return {"register": written("seven", register), "poll": hex_of(POLL), "conditions": cases}
