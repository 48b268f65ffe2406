"""All attacks, in groups of their own, and those that the system does not stop by itself."""

from __future__ import annotations

from scripts.attacks import (
    ceremonies,
    contracts,
    counts,
    decisions,
    evidence,
    issuers,
    logs,
    nodes,
    openings,
    pages,
    papers,
    receipts,
    registers,
    samples,
    sealed_contracts,
    seals,
    services,
    signers,
    steering,
)
from scripts.attacks.kinds import Attack
from scripts.attacks.left import LEFT

#: By the module that has them, so that a program loads only what it needs.
GROUPS: dict[str, tuple[Attack, ...]] = {
    "receipts": receipts.ATTACKS,
    "signers": signers.ATTACKS,
    "evidence": evidence.ATTACKS,
    "registers": registers.ATTACKS,
    "samples": samples.ATTACKS,
    "counts": counts.ATTACKS,
    "logs": logs.ATTACKS,
    "openings": openings.ATTACKS,
    "contracts": contracts.ATTACKS,
    "issuers": issuers.ATTACKS,
    "pages": pages.ATTACKS,
    "steering": steering.ATTACKS,
    "services": services.ATTACKS,
    "nodes": nodes.ATTACKS,
    "papers": papers.ATTACKS,
    "decisions": decisions.ATTACKS,
    "seals": seals.ATTACKS,
    "ceremonies": ceremonies.ATTACKS,
    "sealed_contracts": sealed_contracts.ATTACKS,
}
ATTACKS: tuple[Attack, ...] = tuple(one for group in GROUPS.values() for one in group)
BY_NAME = {one.name: one for one in ATTACKS}
GROUP_OF = {one.name: name for name, group in GROUPS.items() for one in group}

__all__ = ["ATTACKS", "BY_NAME", "GROUPS", "GROUP_OF", "LEFT"]
