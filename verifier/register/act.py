"""The act that the desk shows, field by field, against what was worked out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import NoReturn

from verifier.register import freeze
from verifier.register.claims.file import ClaimsFile
from verifier.register.findings import Finding, Findings, shown
from verifier.register.freeze import Freeze
from verifier.register.refusals import ActUnreadable

KIND = "register_freeze"
_MOST_BYTES = 2**20
_NOTHING = "-"


class _Of(Enum):
    """What is held of a list or an object itself."""

    LENGTH = "[]"
    EMPTY = "{}"


#: The keys of objects and places in lists that lead to a value: text with dots in it is one key and no way.
Way = tuple[str | int | _Of, ...]
Fields = Mapping[Way, object]

#: What the desk shows of an act without having worked it out from the files.
_NOT_COMPARED = frozenset({"id", "case_id", "status", "signatures", "needed", "failure", "proposed_at", "generation"})
_FILE_NAME: Way = ("summary", "file_name")
_KECCAK: Way = ("summary", "claims_keccak")


def read_act(path: Path) -> Fields:
    """The act as the desk gives it, every value by the way to it; no key stands twice. Raises: ActUnreadable, OSError."""
    with path.open("rb") as file:
        text = file.read(_MOST_BYTES)  # what is longer ends in mid-word, and is no JSON
    try:
        act = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        fields = dict(_flat((), act))
    except (ValueError, RecursionError) as error:
        raise ActUnreadable from error
    if not isinstance(act, dict):
        raise ActUnreadable
    return fields


def compare_act(shown_fields: Fields, worked_out: Freeze, facts: Mapping[str, object], findings: Findings) -> list[str]:
    """Find every field that says otherwise or is none of an act; gives those that nothing here can be held against."""
    expected = dict(_flat((), _expected(worked_out, facts)))
    beside = {way for way in shown_fields if way not in expected and _is_beside(way)}
    not_shown = {way for way in expected if way not in shown_fields and _may_be_left_out(way)}
    for way in sorted((expected.keys() | shown_fields.keys()) - beside - not_shown, key=_name):
        ours, theirs = expected.get(way, _NOTHING), shown_fields.get(way, _NOTHING)
        if way not in expected or way not in shown_fields or not _same(ours, theirs):
            findings.add(Finding("act.differs", {"field": shown(_name(way))}, claims=shown(ours), openings=shown(theirs)))
    return sorted({shown(_name(way).split("[")[0]) for way in beside})


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


def _expected(worked_out: Freeze, facts: Mapping[str, object]) -> dict[str, object]:
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
            "types": {"EIP712Domain": _types(place.domain_fields), freeze.TYPE: _types(worked_out.kinds)},
            "domain": {
                "name": freeze.DOMAIN_NAME,
                "version": freeze.DOMAIN_VERSION,
                "chainId": place.chain_id,
                "verifyingContract": "0x" + place.case.hex(),
                **({"salt": "0x" + place.generation.hex()} if place.generation else {}),
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
            "range_proofs_hash": "0x" + worked_out.range_proofs_hash.hex(),
        },
    }


def _types(fields: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in fields]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _flat(way: Way, value: object) -> Iterator[tuple[Way, object]]:
    """Every plain value by the way to it; a list also by its length, so that a longer one is another."""
    if isinstance(value, dict):
        if not value:
            yield (*way, _Of.EMPTY), value
        for key, item in value.items():
            yield from _flat((*way, key), item)
    elif isinstance(value, list):
        yield (*way, _Of.LENGTH), len(value)
        for place, item in enumerate(value):
            yield from _flat((*way, place), item)
    else:
        yield way, value


def _name(way: Way) -> str:
    """For people: a key that is no plain word stands in quotes, so that it does not look like a way."""
    name = ""
    for step in way:
        if isinstance(step, str):
            name += f".{step if step.isidentifier() else json.dumps(step, ensure_ascii=False)}"
        else:
            name += step.value if isinstance(step, _Of) else f"[{step}]"
    return name.removeprefix(".")


def _is_beside(way: Way) -> bool:
    """Whether a field says nothing about the register: what is signed is never beside, and neither is what nobody knows."""
    return way == _FILE_NAME or way[:1] in {(name,) for name in _NOT_COMPARED}


def _may_be_left_out(way: Way) -> bool:
    """The desk need not show all that can be worked out; the file's keccak it must."""
    return way[0] == "summary" and way != _KECCAK


def _same(ours: object, theirs: object) -> bool:
    if type(ours) is int and isinstance(theirs, str):
        return theirs == str(ours)  # JSON of large numbers
    return type(ours) is type(theirs) and ours == theirs
