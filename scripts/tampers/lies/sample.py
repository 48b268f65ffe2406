"""Lies about the sample of a register: chosen and not drawn, or not looked at as it says (protocol §4.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.tampers.forge.chain import CHAIN_ID
from scripts.tampers.forge.sample import Content, SampledVote, Sampler
from scripts.tampers.lies.kinds import Change, Lie, bytes_of_file, file_gone, in_file, nothing, setting
from tests.contracts.ballot_box import secret
from tests.contracts.typed import Domain
from verifier.sampling.draw import SIZES, WHOLE

KIND = "sample"


def _lie(name: str, finding: str, after: Change = nothing, draws: int = WHOLE, **changes: Any) -> Lie:
    """Of a register that was looked at whole, which is quickly proved; what is about draws says so."""
    return Lie(KIND, name, finding, made=SampledVote, before=setting(sampler=Sampler(draws=draws, **changes)), after=after)


def _drawn(name: str, finding: str, after: Change = nothing, **changes: Any) -> Lie:
    return _lie(name, finding, after, draws=SIZES[0], **changes)


def _shown(**values: Any) -> Callable[[Content], Content]:
    return lambda content: content | values


def _swapped(indexes: list[int]) -> list[int]:
    """One leaf is looked at in place of the one that was drawn."""
    return [*indexes[:40], (indexes[40] + 1) % 12, *indexes[41:]]


def _without_first(found: dict[int, str]) -> dict[int, str]:
    return {index: one for index, one in found.items() if index != min(found)}


def _one_overstated(found: dict[int, str]) -> dict[int, str]:
    return found | {min(found): "overstated"}


def _spoilt(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [findings[0] | {"found": "checked"}, *findings[1:]]


def _honest(name: str, **changes: Any) -> Lie:
    return Lie("honest", name, "", made=SampledVote, before=setting(sampler=Sampler(**changes)))


HONEST = (
    _honest("a vote with a sample of its register"),
    _honest("a vote whose register was looked at whole", draws=WHOLE),
    _honest("a sample with findings that do not agree", findings=lambda found: found | {min(found): "overstated", max(found): "unknown"}),
)
LIES = (
    _drawn("a leaf in place of the one that was drawn", "sample.draw", drawn=_swapped),
    _drawn("another leaf is told than was proved", "sample.draw", published=_swapped),
    _drawn("a draw from another register's root", "sample.draw", root=bytes(32)),
    _drawn("proofs of a draw from another register", "sample.draw", context=lambda _: bytes(32)),
    _drawn("a wrong proof that a leaf covers its point", "sample.draw", proofs=lambda one: one[:-32] + bytes(32)),
    _drawn("proofs that nobody signed", "sample.file", bytes_of_file("sample_proofs.bin", lambda one: one[:-32] + bytes(32))),
    _drawn("no proofs of the draw", "sample.file", file_gone("sample_proofs.bin")),
    _drawn("a finding left out", "sample.findings", findings=_without_first),
    _lie("too few draws", "sample.file", draws=4),
    _lie("a finding left out where the register is looked at whole", "sample.findings", findings=_without_first),
    _lie("a finding of another word", "sample.findings", content=lambda one: one | {"findings": _spoilt(one["findings"])}),
    _lie("a finding twice", "sample.findings", content=lambda one: one | {"findings": one["findings"][:1] + one["findings"][:-1]}),
    _lie("a seed from a later block", "sample.seed", later=17),
    _lie("a seed from an earlier block", "sample.seed", later=1),
    _lie("another hash of the right block", "sample.seed", content=lambda one: one | {"block": one["block"] | {"hash": "0x" + "11" * 32}}),
    _lie("a bound that is too low", "sample.bound", findings=_one_overstated, content=_shown(bound_millionths=1_000)),
    _lie("a bound in fen that is too low", "sample.bound", findings=_one_overstated, content=_shown(bound_fen=1)),
    _lie(
        "a bound that is no number, where a finding was left out",
        "sample.file",
        findings=_without_first,
        content=lambda one: one | {"bound_millionths": "many"},
    ),
    _lie("one official alone", "sample.signatures", signed=lambda vote: vote.official_keys[:1]),
    _lie("one official twice", "sample.signatures", signed=lambda vote: vote.official_keys[:1] * 2),
    _lie("a stranger beside an official", "sample.signatures", signed=lambda vote: [vote.official_keys[0], secret("stranger")]),
    _lie("signed for another chain", "sample.signatures", domain=lambda vote: Domain(CHAIN_ID + 1, "0x" + vote.case.hex())),
    _lie("a finding changed after it was signed", "sample.signatures", in_file("sample.json", "findings", 0, "found", to="unknown")),
    _lie("about another register", "sample.file", content=_shown(register_number=1)),
    _lie("about another root", "sample.file", content=_shown(root="0x" + "11" * 32)),
)
