"""Lies about the sample of a register: chosen and not drawn, or not looked at as it says (protocol §4.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.tampers.forge.chain import CHAIN_ID
from scripts.tampers.forge.sample import Content, Sampler
from scripts.tampers.lies.kinds import Lie, bytes_of_file, file_gone, in_file, setting
from tests.contracts.ballot_box import secret
from tests.contracts.typed import Domain

KIND = "sample"
WHOLE = 0


def _lie(name: str, finding: str, after: Any = None, **changes: Any) -> Lie:
    lie = Lie(KIND, name, finding, before=setting(sampler=Sampler(**changes)))
    return lie if after is None else Lie(KIND, name, finding, before=lie.before, after=after)


def _shown(**values: Any) -> Callable[[Content], Content]:
    return lambda content: content | values


def _swapped(indexes: list[int]) -> list[int]:
    """One leaf is looked at in place of the one that was drawn."""
    return [*indexes[:40], (indexes[40] + 1) % 12, *indexes[41:]]


def _without_first(found: dict[int, str]) -> dict[int, str]:
    return {index: one for index, one in found.items() if index != min(found)}


HONEST = (
    Lie("honest", "a vote with a sample of its register", "", before=setting(sampler=Sampler())),
    Lie("honest", "a vote whose register was looked at whole", "", before=setting(sampler=Sampler(draws=WHOLE))),
    Lie(
        "honest",
        "a sample with a finding that does not agree",
        "",
        before=setting(sampler=Sampler(findings=lambda found: found | {min(found): "overstated", max(found): "unknown"})),
    ),
)
LIES = (
    _lie("a leaf in place of the one that was drawn", "sample.draw", drawn=_swapped),
    _lie("another leaf is told than was proved", "sample.draw", published=_swapped),
    _lie("all draws hit one leaf", "sample.draw", drawn=lambda indexes: [3] * len(indexes)),
    _lie("draws in another order", "sample.draw", published=sorted),
    _lie("a draw from another register's root", "sample.draw", root=bytes(32)),
    _lie("proofs of a draw from another register", "sample.draw", context=lambda context: bytes(32)),
    _lie("a wrong proof that a leaf covers its point", "sample.file", bytes_of_file("sample_proofs.bin", lambda one: one[:-32] + bytes(32))),
    _lie("no proofs of the draw", "sample.file", file_gone("sample_proofs.bin")),
    _lie("a seed from a later block", "sample.seed", later=17),
    _lie("a seed from an earlier block", "sample.seed", later=1),
    _lie("another hash of the right block", "sample.seed", content=_shown(block={"hash": "0x" + "11" * 32, "number": 18})),
    _lie("a finding left out", "sample.findings", findings=_without_first),
    _lie("a finding left out where the register is looked at whole", "sample.findings", draws=WHOLE, findings=_without_first),
    _lie("a finding of another word", "sample.findings", content=lambda one: one | {"findings": [*_spoilt(one["findings"])]}),
    _lie("too few draws", "sample.file", draws=20),
    _lie("a bound that is too low", "sample.bound", content=_shown(bound_millionths=1_000)),
    _lie("a bound in fen that is too low", "sample.bound", content=_shown(bound_fen=1)),
    _lie("a bound that leaves an overstated leaf out", "sample.findings", findings=lambda found: found | {min(found): "fine"}),
    _lie("one official alone", "sample.signatures", signed=lambda vote: vote.official_keys[:1]),
    _lie("one official twice", "sample.signatures", signed=lambda vote: vote.official_keys[:1] * 2),
    _lie("a stranger beside an official", "sample.signatures", signed=lambda vote: [vote.official_keys[0], secret("stranger")]),
    _lie("signed for another chain", "sample.signatures", domain=lambda vote: Domain(CHAIN_ID + 1, "0x" + vote.case.hex())),
    _lie("a finding changed after it was signed", "sample.signatures", in_file("sample.json", "findings", 0, "found", to="unknown")),
    _lie("about another register", "sample.file", content=_shown(register_number=1)),
    _lie("about another root", "sample.file", content=_shown(root="0x" + "11" * 32)),
)


def _spoilt(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [findings[0] | {"found": "checked"}, *findings[1:]]
