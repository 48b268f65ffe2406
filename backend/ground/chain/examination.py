"""Looks at every node, each for itself: who is silent, on another chain, late, ahead of all, or tells another history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from backend.ground.chain.agreement import lower_median, majority
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.members import Member, organisations_of

T = TypeVar("T")


@dataclass
class Look:
    """What one node told when it was looked at; `voter` is whose voice it is."""

    member: Member
    voter: str
    chain_id: int = 0
    fault: str = ""


def examine(members: Sequence[Member], final: Sequence[tuple[int, str]], lag_blocks: int, chain_id: int, now: float) -> int:
    """Blame whoever deserves it and nobody else; the chain's id (0 while unknown), told by most.

    `final` are blocks that were read before, newest first; they decide only where the nodes are divided evenly.
    A voice is an organisation's, or a node's where one organisation has them all: several nodes of one house are one voice.
    """
    several = len(organisations_of(members)) > 1
    with ThreadPoolExecutor(len(members)) as pool:
        looks = list(pool.map(lambda one: _look_at(one[1], one[1].organisation if several else str(one[0])), enumerate(members)))
        chain_id = _judge_chain(_good(looks), chain_id)
        _judge_heads(_good(looks), lag_blocks)
        _judge_history(_good(looks), final, lag_blocks, pool)
    for look in looks:
        if not look.fault and look.member.lapses_often(now):
            look.fault = look.member.fault or "contradicts the others or is silent, often"
        look.member.blame(look.fault)
    return chain_id


def _good(looks: Sequence[Look]) -> list[Look]:
    return [look for look in looks if not look.fault]


def _look_at(member: Member, voter: str) -> Look:
    try:
        look = Look(member, voter, member.node.chain_id())
        member.head = member.node.block().number
    except NodeNotAnswering as error:
        return Look(member, voter, fault=f"does not answer ({error.facts.get('reason')})")
    return look


def _judge_chain(looks: Sequence[Look], known: int) -> int:
    told = _most_told([(look.voter, look.chain_id) for look in looks])
    right = told or known or (looks[0].chain_id if looks else 0)
    for look in looks:
        if look.chain_id != right:
            look.fault = f"is of chain {look.chain_id}, not {right}"
    return right


def _judge_heads(looks: Sequence[Look], lag_blocks: int) -> None:
    heads = {voter: max(look.member.head for look in looks if look.voter == voter) for voter in {look.voter for look in looks}}
    if not heads:
        return
    # Of two, the one behind is the likelier fault; of more, nobody is believed who is far from the middle.
    middle = max(heads.values()) if len(heads) == 2 else lower_median(list(heads.values()))
    for look in looks:
        behind = middle - look.member.head
        if behind > lag_blocks:
            look.fault = f"lags behind ({behind} blocks)"
        elif -behind > lag_blocks and len(heads) > 1:
            look.fault = f"is ahead of all others ({-behind} blocks)"


def _judge_history(looks: Sequence[Look], final: Sequence[tuple[int, str]], lag_blocks: int, pool: ThreadPoolExecutor) -> None:
    if not looks:
        return
    deep = max(lower_median([look.member.head for look in looks]) - 2 * lag_blocks, 0)
    told = _told(looks, deep, pool)
    right = _most_told([(look.voter, said) for look, said in told])
    block, how = deep, "the others"
    if right is None and final:
        # Divided evenly: what was read before decides, if anybody still tells it; where nobody does, the mirror sees the chain rewritten.
        block, known = final[0]
        how = "it was"
        told = _told(looks, block, pool)
        right = known if any(said == known for _, said in told) else None
    for look, said in told:
        if right is not None and said != right:
            look.fault = f"tells block {block} otherwise than {how}"


def _told(looks: Sequence[Look], number: int, pool: ThreadPoolExecutor) -> list[tuple[Look, str]]:
    """The block's hash from every node that has it; one that it has not got yet is no lie."""

    def ask(look: Look) -> str:
        try:
            return look.member.node.hash_of(number)
        except NodeNotAnswering as error:
            look.fault = f"does not answer ({error.facts.get('reason')})"
            return ""

    said = list(pool.map(ask, looks))
    return [(look, one) for look, one in zip(looks, said, strict=True) if one]


def _most_told(told: Sequence[tuple[str, T]]) -> T | None:
    """What more than half of the voices tell; a house whose nodes tell different things has no voice. None: there is no such thing."""
    by_voter: dict[str, set[T]] = {}
    for voter, said in told:
        by_voter.setdefault(voter, set()).add(said)
    counts = Counter(next(iter(said)) for said in by_voter.values() if len(said) == 1)
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] >= majority(len(by_voter)) else None
