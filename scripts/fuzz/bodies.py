"""JSON bodies: an honest one from example and schema, and one thing wrong with it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scripts.fuzz.calls import Schema
from scripts.fuzz.odd_values import ODD_NUMBERS, OTHERS, marked_text, not_text, odd_text

Place = tuple[list[str | int], Schema]


@dataclass(frozen=True)
class Body:
    """Bytes, and whether a call that takes them is wrong."""

    content: bytes
    must_be_refused: bool
    kind: str = "application/json"


def honest(schema: Schema, dice: random.Random) -> Any:
    """Something that the schema allows."""
    if "anyOf" in schema:
        return honest(dice.choice(schema["anyOf"]), dice)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    makers: dict[str, Callable[[], Any]] = {
        "object": lambda: _object(schema, dice),
        "array": lambda: [honest(schema.get("items", {}), dice) for _ in range(max(1, schema.get("minItems", 1)))],
        "integer": lambda: max(1, int(schema.get("minimum", 1))),
        "number": lambda: 1.5,
        "boolean": lambda: dice.random() < 0.5,
        "null": lambda: None,
    }
    make = makers.get(schema.get("type", ""))
    return make() if make is not None else schema.get("const") or _text(schema)


def _object(schema: Schema, dice: random.Random) -> dict[str, Any]:
    needed = schema.get("required", [])
    return {key: honest(value, dice) for key, value in schema.get("properties", {}).items() if key in needed or dice.random() < 0.5}


def odd_body(value: Any, schema: Schema, dice: random.Random) -> Body:
    """The value with one thing wrong, or as it is."""
    roll = dice.random()
    if roll < 0.12:
        return Body(dumps(value), must_be_refused=False)
    if roll < 0.24:
        return _no_json(value, dice)
    value = json.loads(json.dumps(value))
    places = list(_places(value, schema, []))
    if not places or roll < 0.36:
        return _other_keys(value, schema, dice)
    path, part = dice.choice(places)
    new, must_be_refused = _other_value(_at(value, path), part, dice)
    return Body(dumps(_put(value, path, new)), must_be_refused)


def dumps(value: Any) -> bytes:
    """As JSON; half characters stay escaped, so that they arrive as such."""
    return json.dumps(value, ensure_ascii=True).encode()


def _text(schema: Schema) -> str:
    pattern = str(schema.get("pattern", ""))
    if pattern.startswith("^0x"):
        return "0x" + "a7" * (int(pattern.partition("{")[2].partition("}")[0] or 8) // 2)
    if schema.get("format") == "date-time":
        return "2027-01-01T00:00:00Z"
    if schema.get("format") == "date":
        return "2027-01-01"
    return "a" * max(3, int(schema.get("minLength", 0)))


def _places(value: Any, schema: Schema, path: list[str | int]) -> Any:
    """Every place in the value, with its schema."""
    if path:
        yield path, schema
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _places(part, schema.get("properties", {}).get(key, {}), [*path, key])
    elif isinstance(value, list):
        for number, part in enumerate(value[:5]):
            yield from _places(part, schema.get("items") or {}, [*path, number])


def _at(value: Any, path: list[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


def _put(value: Any, path: list[str | int], new: Any) -> Any:
    _at(value, path[:-1])[path[-1]] = new
    return value


def _other_value(old: Any, schema: Schema, dice: random.Random) -> tuple[Any, bool]:
    """Another value for one place, and whether no call may take it."""
    roll = dice.random()
    kinds = _kinds(schema)
    if isinstance(old, str) and roll < 0.3:
        return not_text(dice, old[:200]), "string" in kinds
    if isinstance(old, str) and roll < 0.45:
        return marked_text(dice, old[:200]), False
    if isinstance(old, str) and roll < 0.7:
        return odd_text(dice, old), False
    if roll < 0.75 or (isinstance(old, int) and roll < 0.85):
        number = dice.choice(ODD_NUMBERS)
        if kinds == {"integer"}:
            return number, _outside(number, schema)
        return number, bool(kinds) and not kinds & {"integer", "number"}
    other = dice.choice(OTHERS)
    return other, bool(kinds) and _kind_of(other) not in kinds


def _outside(number: float, schema: Schema) -> bool:
    if isinstance(number, float) and not number.is_integer():  # neither are infinity and what is no number
        return True
    above = number > schema.get("maximum", number) or number >= schema.get("exclusiveMaximum", number + 1)
    return bool(above or number < schema.get("minimum", number))


def _kinds(schema: Schema) -> set[str]:
    """The types that the schema allows; empty when it does not say."""
    if "anyOf" in schema:
        parts = [_kinds(part) for part in schema["anyOf"]]
        return set().union(*parts) if all(parts) else set()
    kind = schema.get("type")
    return {kind} if isinstance(kind, str) else set()


def _kind_of(value: Any) -> str:
    names = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


def _other_keys(value: Any, schema: Schema, dice: random.Random) -> Body:
    """Left out, put in, said twice."""
    if not isinstance(value, dict):
        return Body(dumps(dice.choice(OTHERS)), must_be_refused=False)
    needed = [key for key in schema.get("required", []) if key in value]
    roll = dice.random()
    if needed and roll < 0.4:
        del value[dice.choice(needed)]
        return Body(dumps(value), must_be_refused=True)
    key = dice.choice(("role", "is_admin", "__class__", "", "\0", "\ud800", "a" * 5_000, "id"))
    if roll < 0.8 and key not in schema.get("properties", {}):
        return Body(dumps(value | {key: dice.choice(OTHERS)}), must_be_refused=schema.get("additionalProperties") is False)
    return Body(dumps(value)[:-1] + b"," + dumps(value)[1:], must_be_refused=False)


def _no_json(value: Any, dice: random.Random) -> Body:
    text = dumps(value)
    content = dice.choice(
        (
            b"", b"\0", b"{", b"[]", b"null", b'"', text[: len(text) // 2], text + text, text + b"\0", b"\xff\xfe" + text,
            b'{"a":' * 3_000, b"NaN", b"9" * 10_000, b'"\xed\xa0\x80"', text.decode().encode("utf-16"),
            b"\x1f\x8b" + text, b"a=1&b=2", b"[" * 100_000,
        )
    )  # fmt: skip
    kind = dice.choice(
        ("application/json", "application/json", "text/plain", "", "application/xml", "application/json; charset=utf-16", "\0")
    )
    # Nothing may be sent where a body may be left out, and a reader of JSON knows UTF-16 when it sees it.
    readable = content in {b"", b"null"} or content.startswith(b"\xff\xfe{\0")
    return Body(content, must_be_refused=not readable and kind == "application/json", kind=kind)
