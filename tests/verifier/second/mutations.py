"""Random changes of bytes and of JSON, and whether what comes out still says the same."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.verifier.tally.vote import canonical

NUMBERS = (0, 1, -1, 2**53 + 1, 2**64, 2**256, 10**400, 0.5)
TEXTS = ("", "0x", "0x0", "0x00", "\x00", "é", "\ud800")
ODD: tuple[Any, ...] = (None, True, False, *NUMBERS, *TEXTS, [], {})
BYTES = (b"", b"\x00", b"\xff", b"\n", b"\r\n", b" ", b'"', b"{", b"}", b",", b"0", b"-", b".", b"\\u0000", b"9" * 40, b"\xef\xbb\xbf")


def in_bytes(content: bytes, dice: random.Random) -> bytes:
    """A bit, some bytes, a cut, or a piece somewhere else."""
    if not content:
        return dice.choice(BYTES)
    raw, at = bytearray(content), dice.randrange(len(content))
    kind = dice.randrange(5)
    if kind == 0:
        raw[at] ^= 1 << dice.randrange(8)
    elif kind == 1:
        raw[at:at] = dice.choice(BYTES)
    elif kind == 2:
        del raw[at : at + dice.randrange(1, 40)]
    elif kind == 3:
        del raw[at:]
    else:
        to = dice.randrange(len(raw))
        raw[to:to] = raw[at : at + dice.randrange(1, 80)]
    return bytes(raw)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*path, key))
    if isinstance(value, list):
        for key, inner in enumerate(value):
            found += _places(inner, (*path, key))
    return found


def in_value(value: Any, dice: random.Random) -> Any:
    """One value somewhere inside: another one, gone, twice, or a neighbour's."""
    path = dice.choice(_places(value) or [()])
    if not path:
        return dice.choice(ODD)
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    last, kind = path[-1], dice.randrange(5)
    if kind == 0:
        del inside[last]
    elif kind == 1 and isinstance(inside, list):
        inside.insert(last, inside[last])
    elif kind == 2 and isinstance(inside[last], int):
        inside[last] += dice.choice([-1, 1])
    elif kind == 3 and isinstance(inside[last], str) and inside[last]:
        inside[last] = in_bytes(inside[last].encode(), dice).decode("utf-8", "replace")
    else:
        inside[last] = dice.choice(ODD)
    return value


def _dumped(value: Any) -> bytes:
    try:
        return canonical(value)
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def in_json(content: bytes, dice: random.Random) -> bytes:
    """One value of a JSON file, or of one line of JSON lines."""
    lines = content.splitlines(keepends=True) or [b"{}"]
    at = dice.randrange(len(lines))
    lines[at] = _dumped(in_value(json.loads(lines[at]), dice)) + (b"\n" if lines[at].endswith(b"\n") else b"")
    return b"".join(lines)


def says_the_same(name: str, before: bytes, after: bytes) -> bool:
    """Whether two contents of a file mean the same by the protocol: hex in either case where it allows that, blanks in JSON."""
    if before == after:
        return True
    if name.endswith("leaves.csv"):
        header, rest = before.split(b"\n", 1)
        return after.startswith(header) and after[len(header) + 1 :].lower() == rest.lower()
    if name.endswith("poll.json"):
        return after == before + b"\n"
    if name.endswith("plan.json") or not name.endswith((".json", ".jsonl")):
        return False
    return bool(_meaning(name, before) == _meaning(name, after))


def _meaning(name: str, content: bytes) -> Any:
    try:
        is_lines = name.endswith(("blocks.jsonl", "receipts.jsonl"))
        values = [json.loads(line) for line in content.splitlines()] if is_lines else json.loads(content)
    except ValueError:
        return content
    if name.endswith("state.jsonl"):
        return _state(values)
    text = json.dumps(values, sort_keys=True)
    return text.lower() if name.endswith("blocks.jsonl") else text


def _state(answer: Any) -> Any:
    """A state by what its proofs prove: rows in any order, other keys and hex in either case left aside."""
    try:
        rows = sorted(json.dumps([int(row["key"], 16), row["proof"]]) for row in answer["storageProof"])
        return json.dumps([answer["accountProof"], sorted(set(rows))]).lower()
    except (KeyError, TypeError, ValueError):
        return answer
