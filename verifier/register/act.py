"""The act that the desk shows, field by field, against what was worked out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from verifier.register import freeze
from verifier.register.claims.file import ClaimsFile
from verifier.register.findings import Finding, Findings, shown
from verifier.register.freeze import Freeze
from verifier.register.refusals import ActUnreadable

KIND = "register_freeze"
_MOST_BYTES = 2**20
#: What the desk shows of an act without having worked it out from the files.
_NOT_COMPARED = frozenset({"id", "case_id", "status", "signatures", "needed", "failure", "proposed_at", "file_name"})

_NOTHING = "-"

Fields = Mapping[str, object]


def read_act(path: Path) -> Fields:
    """The act as the desk gives it, every value by its path. Raises: ActUnreadable, OSError."""
    with path.open("rb") as file:
        text = file.read(_MOST_BYTES)  # what is longer ends in mid-word, and is no JSON
    try:
        act = json.loads(text)
        fields = dict(_flat("", act))
    except (ValueError, RecursionError) as error:
        raise ActUnreadable from error
    if not isinstance(act, dict):
        raise ActUnreadable
    return fields


def compare_act(shown_fields: Fields, worked_out: Freeze, facts: Fields, findings: Findings) -> list[str]:
    """Find every field that says otherwise; gives the fields that nothing here can be held against."""
    expected = dict(_flat("", _expected(worked_out, facts)))
    beside = {name for name in shown_fields if name not in expected and _is_beside(name)}
    not_shown = {name for name in expected if name not in shown_fields and _may_be_left_out(name)}
    for name in sorted((expected.keys() | shown_fields.keys()) - beside - not_shown):
        ours, theirs = expected.get(name, _NOTHING), shown_fields.get(name, _NOTHING)
        if not _same(ours, theirs):
            findings.add(Finding("act.differs", {"field": shown(name)}, claims=shown(ours), openings=shown(theirs)))
    return sorted({shown(name.split("[")[0]) for name in beside})


def facts_of(claims: ClaimsFile, keccak: bytes, sha256: bytes, *, with_related: bool) -> dict[str, object]:
    """What an act's summary says of the claims file."""
    related = [lender for lender in claims.merge.lenders if lender.related and lender.amount_fen]
    return {
        "claims_keccak": "0x" + keccak.hex(),
        "file_sha256": "0x" + sha256.hex(),
        "with_related": with_related,
        "related_lenders": len(related),
        "related_fen": sum(lender.amount_fen for lender in related),
    }


def _expected(worked_out: Freeze, facts: Fields) -> dict[str, object]:
    place = worked_out.place
    fields = {name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in worked_out.fields.items()}
    classes = [
        {"name": each.name, "lenders": each.heads, "total_fen": each.amount_fen, "blind": f"0x{each.blind:064x}"}
        for each in worked_out.classes
    ]
    return {
        "kind": KIND,
        "number": place.register_number,
        "typed_data": {
            "primaryType": freeze.TYPE,
            "types": {"EIP712Domain": _types(freeze.DOMAIN_FIELDS), freeze.TYPE: _types(worked_out.kinds)},
            "domain": {
                "name": freeze.DOMAIN_NAME,
                "version": freeze.DOMAIN_VERSION,
                "chainId": place.chain_id,
                "verifyingContract": "0x" + place.case.hex(),
            },
            "message": fields,
        },
        "summary": {
            **facts,
            "register_number": place.register_number,
            "lenders": worked_out.leaf_count,
            "total_fen": sum(each.amount_fen for each in worked_out.classes),
            "classes": classes,
            "root": fields["root"],
            "range_proofs_hash": "0x" + freeze.NO_RANGE_PROOFS.hex(),
        },
    }


def _types(fields: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in fields]


def _flat(name: str, value: object) -> Iterator[tuple[str, object]]:
    """Every plain value by its path; a list also by its length, so that a longer one is another."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), item)
    elif isinstance(value, list):
        yield f"{name}[]", len(value)
        for place, item in enumerate(value):
            yield from _flat(f"{name}[{place}]", item)
    else:
        yield name, value


def _is_beside(name: str) -> bool:
    """Whether a field says nothing about the register: what is signed is never beside."""
    top = name.partition(".")[0].partition("[")[0]
    return top in _NOT_COMPARED or top == "summary"


def _may_be_left_out(name: str) -> bool:
    """The desk need not show all that can be worked out; the file's keccak it must."""
    return name.startswith("summary.") and name != "summary.claims_keccak"


def _same(ours: object, theirs: object) -> bool:
    if type(ours) is int and isinstance(theirs, str):
        return theirs == str(ours)  # JSON of large numbers
    return type(ours) is type(theirs) and ours == theirs
