"""What the tool found, for people in one of two languages, and for machines as one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from verifier.register.claims.unseen import Unseen
from verifier.register.findings import Finding, Findings, named, shown, yuan
from verifier.register.freeze import Freeze, check_code
from verifier.register.sentences import FINDINGS, LANGUAGES, RULES, say

RIGHT, WRONG, NOT_COMPARED = 0, 1, 2
_SHOWN = 50

Write = Callable[[str], object]

_WORDS = {
    "claims": ("登记表", "claims file"),
    "openings": ("明细文件", "openings"),
    "act": ("待签事项", "act"),
    "worked_out": ("算出", "worked out"),
    "rows": ("债权行数", "rows with claims"),
    "leaves": ("有表决权的出借人", "lenders with a vote"),
    "case": ("案件合约", "case contract"),
    "chain": ("区块链编号", "chain id"),
    "class": ("表决组 {number}", "class {number}"),
    "class_sum": ("{heads} 人，{yuan} 元", "{heads} lenders, CNY {yuan}"),
    "digest": ("待签内容的数字指纹", "hash to be signed"),
    "code": ("核对码", "check code"),
    "right": ("核对一致，没有发现问题。请把核对码输入工作台。", "Everything agrees. Enter the check code at the desk."),
    "wrong": ("发现 {count} 处问题，不要签名。", "There are {count} findings: do not sign."),
    "more": ("另有 {count} 处未列出。", "{count} more are not listed."),
    "cells": ("单元格 {cells}", "cells {cells}"),
    "hidden_rows": ("注意：有 {count} 行被隐藏，仍已读取：{rows}", "Note: {count} hidden rows were read all the same: {rows}"),
    "hidden_columns": ("注意：这些列被隐藏，仍已读取：{columns}", "Note: these hidden columns were read all the same: {columns}"),
    "left_out": ("注意：这些隐藏的工作表没有读取：{names}", "Note: these hidden sheets were not read: {names}"),
    "beside": ("没有可对照内容、未核对的项目：{names}", "Not compared, as there is nothing to hold them against: {names}"),
}


@dataclass
class Outcome:
    """Everything that the tool has to say; without `worked_out` nothing was worked out."""

    findings: Findings
    claims_keccak: str = ""
    rows: int = 0
    leaves: int = 0
    worked_out: Freeze | None = None
    beside: Sequence[str] = ()
    unseen: Unseen = field(default_factory=Unseen)
    refusal: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The exit status."""
        if self.refusal:
            return NOT_COMPARED
        return WRONG if self.findings.total or self.worked_out is None else RIGHT


def print_outcome(outcome: Outcome, language: str, write: Write) -> None:
    """For people. The digest and its code are there only when nothing is wrong."""
    word = _words(language)
    if outcome.claims_keccak:
        write(f"{word('claims')} keccak: {outcome.claims_keccak}")
        write(f"{word('rows')}: {outcome.rows:,}")
    _print_unseen(outcome.unseen, language, write)
    if outcome.beside:
        write(word("beside", names=", ".join(outcome.beside)))
    if outcome.status != RIGHT or outcome.worked_out is None:
        _print_findings(outcome.findings, language, write)
        return
    freeze = outcome.worked_out
    write(f"{word('leaves')}: {freeze.leaf_count:,}")
    for number, each in enumerate(freeze.classes):
        write(f"{word('class', number=number)} {shown(each.name)}: {word('class_sum', heads=each.heads, yuan=yuan(each.amount_fen))}")
    write(f"{word('case')}: 0x{freeze.place.case.hex()}")
    write(f"{word('chain')}: {freeze.place.chain_id}")
    for name, value in freeze.fields.items():
        write(f"{name}: {_text(value)}")
    write(f"{word('digest')}: 0x{freeze.digest.hex()}")
    write(f"{word('code')}: {check_code(freeze.digest)}")
    write(word("right"))


def as_json(outcome: Outcome) -> str:
    """Everything as one line; counts are whole numbers, also where nothing was compared."""
    freeze = outcome.worked_out if outcome.status == RIGHT else None
    value = {
        "register": ("agrees", "differs", "not compared")[outcome.status],
        "exit_status": outcome.status,
        "findings": outcome.findings.total,
        "names": dict(sorted(outcome.findings.by_name.items())),
        "rows": outcome.rows,
        "leaves": outcome.leaves,
        "claims_keccak": outcome.claims_keccak,
        "fields": {} if freeze is None else {name: _text(value) for name, value in freeze.fields.items()},
        "classes": [] if freeze is None else [vars_of(each.name, each.heads, each.amount_fen, each.blind) for each in freeze.classes],
        "digest": "" if freeze is None else "0x" + freeze.digest.hex(),
        "check_code": "" if freeze is None else check_code(freeze.digest),
        "not_compared": list(outcome.beside),
        "unseen": asdict(outcome.unseen),
        "refusal": outcome.refusal,
        "listed": [_as_dict(finding) for finding in outcome.findings.listed],
        "seconds": {name: round(seconds, 2) for name, seconds in outcome.seconds.items()},
    }
    return json.dumps(value, ensure_ascii=False)


def vars_of(name: str, heads: int, amount_fen: int, blind: int) -> dict[str, object]:
    """A class's totals as `register.json` has them."""
    return {"name": name, "heads": heads, "amount_fen": amount_fen, "blind": f"0x{blind:064x}"}


def sentence_of(finding: Finding, language: str) -> str:
    """What is wrong, in one language; a broken rule of a row by that rule's own words."""
    facts: dict[str, object] = {name: shown(value) for name, value in finding.facts.items()}
    if finding.name == "claims.row":
        facts = {"rule": say(RULES, str(finding.facts["rule"]), facts, language)}
    return say(FINDINGS, finding.name, facts, language)


def _print_unseen(unseen: Unseen, language: str, write: Write) -> None:
    """Whoever compares the file with a printed one looks for these first."""
    word = _words(language)
    if unseen.hidden_rows:
        more = "…" if unseen.hidden_rows > len(unseen.first_hidden_rows) else ""
        write(word("hidden_rows", count=unseen.hidden_rows, rows=named(unseen.first_hidden_rows) + more))
    if unseen.hidden_columns:
        write(word("hidden_columns", columns="、".join(unseen.hidden_columns)))
    if unseen.left_out_sheets:
        write(word("left_out", names="、".join(map(shown, unseen.left_out_sheets))))


def _print_findings(findings: Findings, language: str, write: Write) -> None:
    word = _words(language)
    for finding in findings.listed[:_SHOWN]:
        write(f"! {sentence_of(finding, language)} [{finding.name}]")
        if finding.cells:
            write(f"    {word('cells', cells=', '.join(finding.cells[:_SHOWN]))}")
        if finding.claims or finding.openings:
            ours, theirs = ("worked_out", "act") if finding.name.startswith("act.") else ("claims", "openings")
            write(f"    {word(ours)}: {finding.claims}")
            write(f"    {word(theirs)}: {finding.openings}")
    if findings.total > _SHOWN:
        write(word("more", count=findings.total - min(_SHOWN, len(findings.listed))))
    if findings.total:
        write(word("wrong", count=findings.total))


def _as_dict(finding: Finding) -> dict[str, object]:
    sentences = {language: sentence_of(finding, language) for language in LANGUAGES}
    sides = {"claims": finding.claims, "openings": finding.openings}
    return {
        "name": finding.name,
        "index": finding.index,
        "rows": list(finding.rows[:50]),
        "cells": list(finding.cells),
        **sides,
        **sentences,
    }


def _words(language: str) -> Callable[..., str]:
    def word(name: str, **facts: object) -> str:
        return say(_WORDS, name, facts, language)

    return word


def _text(value: int | bytes) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
