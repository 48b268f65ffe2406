"""Tampers with the published files, each at a place that the seed chooses."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contracts.ballot_box import FOR, commit
from tests.verifier.tally.vote import HeldVote, canonical

Apply = Callable[[random.Random, Path, HeldVote], None]
ELSEWHERE = "0x" + "ab" * 20


@dataclass(frozen=True)
class FileTamper:
    """A change of a file; `step` must find it first, in a finding whose place and rule contain `says`."""

    name: str
    step: int
    says: str
    apply: Apply


def _json(name: str, change: Callable[[random.Random, Any], None]) -> Apply:
    def apply(rng: random.Random, folder: Path, _: HeldVote) -> None:
        value = json.loads((folder / name).read_bytes())
        change(rng, value)
        (folder / name).write_bytes(canonical(value))

    return apply


def _set(name: str, *path: str | int, by: Callable[[random.Random, Any], Any]) -> Apply:
    """Change one place of a JSON file."""

    def change(rng: random.Random, value: Any) -> None:
        for key in path[:-1]:
            value = value[key]
        value[path[-1]] = by(rng, value[path[-1]])

    return _json(name, change)


def _each(name: str, rows: str, key: str, by: Callable[[random.Random, Any], Any]) -> Apply:
    """Change one field of one row that the seed chooses."""

    def change(rng: random.Random, value: Any) -> None:
        row = rng.choice(value[rows])
        row[key] = by(rng, row[key])

    return _json(name, change)


def _lines(name: str, change: Callable[[random.Random, list[str]], None], header: int = 1) -> Apply:
    """Change the lines after the header."""

    def apply(rng: random.Random, folder: Path, _: HeldVote) -> None:
        lines = (folder / name).read_text().split("\n")[:-1]
        rest = lines[header:]
        change(rng, rest)
        (folder / name).write_text("\n".join([*lines[:header], *rest]) + "\n")

    return apply


def _other_hex(rng: random.Random, text: str) -> str:
    place = rng.randrange(2, len(text))
    return text[:place] + rng.choice([c for c in "0123456789abcdef" if c != text[place]]) + text[place + 1 :]


def _more(rng: random.Random, number: int) -> int:
    return number + rng.randrange(1, 1000)


def _less(rng: random.Random, number: int) -> int:
    return number - rng.randrange(1, 100)


def _other_class(rng: random.Random, rows: list[str]) -> None:
    _leaf(rng, rows, 1, lambda voting_class: str(1 - int(voting_class)))


def _leaf(rng: random.Random, rows: list[str], part: int, by: Callable[[str], str]) -> None:
    place = rng.randrange(len(rows))
    fields = rows[place].split(",")
    fields[part] = by(fields[part])
    rows[place] = ",".join(fields)


def _other_claim(rng: random.Random, rows: list[str]) -> None:
    place = rng.randrange(len(rows))
    x, y = commit(rng.randrange(1, 10**12), rng.randrange(1, 2**250))
    rows[place] = f"{','.join(rows[place].split(',')[:2])},{x:064x},{y:064x}"


def _one_less(_: random.Random, rows: list[str]) -> None:
    del rows[-1]


def _one_more(rng: random.Random, rows: list[str]) -> None:
    x, y = commit(rng.randrange(1, 10**12), rng.randrange(1, 2**250))
    rows.append(f"{len(rows)},0,{x:064x},{y:064x}")


def _swap(rng: random.Random, rows: list[str]) -> None:
    a, b = rng.sample(range(len(rows)), 2)
    rows[a], rows[b] = rows[b], rows[a]


def _receipt(change: Callable[[random.Random, dict[str, Any]], None]) -> Apply:
    def one(rng: random.Random, rows: list[str]) -> None:
        place = rng.randrange(len(rows))
        receipt = json.loads(rows[place])
        change(rng, receipt)
        rows[place] = canonical(receipt).decode()

    return _lines("receipts.jsonl", one, header=0)


def _other_time(rng: random.Random, receipt: dict[str, Any]) -> None:
    receipt["received_at"] = _more(rng, receipt["received_at"])


def _no_signature(_: random.Random, receipt: dict[str, Any]) -> None:
    receipt["signature"] = "0x" + "11" * 65


def _byte(name: str) -> Apply:
    def apply(rng: random.Random, folder: Path, _: HeldVote) -> None:
        content = bytearray((folder / name).read_bytes())
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        (folder / name).write_bytes(content)

    return apply


def _word_of_plan(rng: random.Random, value: Any) -> None:
    part = rng.choice(sorted(value["parts"]))
    value["parts"][part] += "。"


def _add_receipt(folder: Path, receipt: dict[str, Any]) -> None:
    with (folder / "receipts.jsonl").open("ab") as file:
        file.write(canonical(receipt) + b"\n")


def _dropped(_: random.Random, folder: Path, vote: HeldVote) -> None:
    """The relay took a ballot and never sent it."""
    last = len(vote.register.lenders) - 1
    _add_receipt(folder, vote.receipt(vote.poll.vote(last, FOR)))


def _clash(rng: random.Random, folder: Path, vote: HeldVote) -> None:
    """The receipt of one lender is shown to another, who never voted."""
    shown = rng.choice(vote.receipts)
    last = len(vote.register.lenders) - 1
    _add_receipt(folder, vote.signed_receipt(bytes.fromhex(shown["ballot_digest"][2:]), shown["ballot_key"], last, 1))


TAMPERS: tuple[FileTamper, ...] = (
    FileTamper("poll.json: chain id", 1, "chain_id", _set("poll.json", "chain_id", by=_more)),
    FileTamper("poll.json: poll address", 1, "no contract stands", _set("poll.json", "poll", by=lambda _, __: ELSEWHERE)),
    FileTamper("poll.json: opening time", 2, "opens_at", _set("poll.json", "parameters", "opens_at", by=_less)),
    FileTamper("poll.json: closing time", 2, "closes_at", _set("poll.json", "parameters", "closes_at", by=_more)),
    FileTamper("poll.json: challenge", 2, "challenge_seconds", _set("poll.json", "parameters", "challenge_seconds", by=_more)),
    FileTamper("poll.json: verifier", 2, "verifiers", _set("poll.json", "parameters", "verifiers", 0, by=_other_hex)),
    FileTamper("poll.json: relay", 2, "receipt_signer", _set("poll.json", "parameters", "receipt_signer", by=_other_hex)),
    FileTamper("poll.json: easier rule", 2, "parameters", _set("poll.json", "parameters", "conditions", 1, "den", by=_more)),
    FileTamper("poll.json: name of the rule", 5, "rule_name", _set("poll.json", "rule_name", by=lambda r, _: r.choice(["UK_899", "X"]))),
    FileTamper("leaves.csv: a lender's class", 3, "frozen root", _lines("leaves.csv", _other_class)),
    FileTamper("leaves.csv: a lender's claim", 3, "frozen root", _lines("leaves.csv", _other_claim)),
    FileTamper("leaves.csv: two lenders swapped", 3, "out of order", _lines("leaves.csv", _swap)),
    FileTamper("leaves.csv: a lender dropped", 3, "another number of leaves", _lines("leaves.csv", _one_less)),
    FileTamper("leaves.csv: a lender invented", 3, "another number of leaves", _lines("leaves.csv", _one_more)),
    FileTamper(
        "leaves.csv: a point off the curve", 3, "no point of the curve",
        _lines("leaves.csv", lambda r, v: _leaf(r, v, 3, lambda y: _other_hex(r, "0x" + y)[2:])),
    ),
    FileTamper("register.json: admitted amount", 3, "register.json class", _each("register.json", "classes", "amount_fen", _more)),
    FileTamper("register.json: heads", 3, "register.json class", _each("register.json", "classes", "heads", _more)),
    FileTamper("plan.json: a word", 4, "plan hash", _json("plan.json", _word_of_plan)),
    FileTamper("plan.pdf: a bit", 4, "not the file that the plan names", _byte("plan.pdf")),
    FileTamper("receipts.jsonl: time", 11, "not signed by the poll's receipt signer", _receipt(_other_time)),
    FileTamper("receipts.jsonl: signature", 11, "not signed by the poll's receipt signer", _receipt(_no_signature)),
    FileTamper("a receipted ballot dropped", 11, "missed", _dropped),
    FileTamper("one receipt for two lenders", 11, "clash", _clash),
    FileTamper("result.json: heads", 12, "heads_for", _each("result.json", "tallies", "heads_for", _more)),
    FileTamper("result.json: amount", 12, "fen_against", _each("result.json", "tallies", "fen_against", _more)),
    FileTamper("result.json: outcome", 12, "passed", _set("result.json", "passed", by=lambda _, v: not v)),
    FileTamper("result.json: decision", 12, "decision", _set("result.json", "decision", by=lambda r, _: r.choice(["refused", None]))),
)  # fmt: skip
