"""The fuzzer and the bombs see what they are there for: their judges can say no, and end with their figures whatever happens."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.shell.body_limit import FILE_BYTES
from scripts.bombs import __main__ as bombs
from scripts.bombs.catalogue import BOMBS
from scripts.build.openapi import SNAPSHOT
from scripts.fuzz import __main__ as fuzz
from scripts.fuzz import roles, schemathesis, world
from scripts.fuzz.bodies import odd_body
from scripts.fuzz.calls import Call, calls_of
from scripts.fuzz.findings import Findings
from scripts.fuzz.makers import Throw
from scripts.fuzz.wire import Answer, Sent
from tests.acceptance.test_roles import WHO

CALL = Call("GET", "/api/rules", (), "", {}, needed=False, example=None)
OURS = {"nobody": roles.ANONYMOUS, "admin": roles.ADMIN, "official": roles.OFFICIAL, "institution": roles.INSTITUTION}


@pytest.mark.parametrize(
    ("answer", "wrong", "counts"),
    [
        (Answer(200, 0.1), "", (0, 0, 0, 0)),
        (Answer(500, 0.1), "", (1, 0, 0, 0)),
        (Answer(0, 0.1), "", (1, 0, 0, 0)),
        (Answer(503, 0.1), "", (1, 0, 0, 0)),
        (Answer(503, 0.1, {"retry-after": "5"}), "", (0, 0, 0, 1)),
        (Answer(422, 6.0), "", (0, 1, 0, 0)),
        (Answer(201, 0.1), "not a call of this role", (0, 0, 1, 0)),
        (Answer(403, 0.1), "not a call of this role", (0, 0, 0, 0)),
        (Answer(200, 0.1, {"content-type": "application/json"}, b'{"name": "a\\u202eb"}'), "", (0, 0, 1, 0)),
        (Answer(200, 0.1, {"content-type": "application/json"}, '{"name": "𠮷\U000e0100"}'.encode()), "", (0, 0, 0, 0)),
    ],
)
def test_an_answer_is_judged(tmp_path: Path, answer: Answer, wrong: str, counts: tuple[int, ...]) -> None:
    findings = Findings(tmp_path / "findings.jsonl")
    findings.note("backend", Throw(CALL, roles.ANONYMOUS, Sent("GET", "/api/rules"), wrong), answer)
    assert (findings.server_errors, findings.over_5_s, findings.wrongly_accepted, findings.told_to_wait) == counts
    assert findings.path.exists() == any(counts[:3])


def test_who_may_use_a_call_is_what_the_acceptance_tests_say() -> None:
    calls = {call.name: call for call in calls_of(json.loads(SNAPSHOT.read_text()), {})}
    for name, who in WHO.items():
        if name in calls:
            allowed = roles.may(calls[name]) & set(OURS.values())
            # Who passes the role only may still be refused for the thing named; nobody beyond it may be let in.
            assert allowed <= {OURS[each] for each in who & OURS.keys()}, name


def test_what_must_be_refused_is_marked_and_a_seed_gives_the_same_requests() -> None:
    schema = {
        "type": "object", "required": ["name", "at"], "additionalProperties": False,
        "properties": {"name": {"type": "string"}, "at": {"type": "integer", "minimum": 0, "maximum": 5}},
    }  # fmt: skip

    def made(seed: int) -> list[Any]:
        dice = random.Random(seed)
        return [odd_body({"name": "a", "at": 1}, schema, dice) for _ in range(400)]

    assert made(1) == made(1) != made(2)
    assert 0 < sum(body.must_be_refused for body in made(1)) < 400
    for body in made(1):
        if body.content == b'{"name": "a", "at": 1}':
            assert not body.must_be_refused


def _refuse(*_: Any, **__: Any) -> None:
    raise RuntimeError("does not start")


def test_a_service_that_does_not_start_is_a_line_of_figures_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (world, bombs):  # the two that start a service, each by its own name for it
        monkeypatch.setattr(module, "Stack", _refuse)
    monkeypatch.setattr(fuzz, "DATA_DIR", tmp_path / "fuzz")
    monkeypatch.setattr(schemathesis, "DATA_DIR", tmp_path / "schemathesis")
    monkeypatch.setattr(schemathesis, "prepare", lambda: None)
    monkeypatch.setattr(sys, "argv", ["it"])
    for module, counts in (
        (fuzz, ("requests", "server_errors", "over_5_s", "wrongly_accepted")),
        (bombs, ("bombs", "killed_service", "worst_mb")),
        (schemathesis, ("requests", "server_errors", "over_5_s", "wrongly_accepted")),
    ):
        options = [] if module is bombs else ["--databases", "sqlite"]
        monkeypatch.setattr(sys, "argv", ["it", *options])
        assert module.main() == 1
        figures = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert {name: figures[name] for name in counts} == dict.fromkeys(counts, 0)


def test_what_schemathesis_found_is_counted() -> None:
    def report(*failures: tuple[str, int], errors: int = 0) -> dict[str, Any]:
        return {
            "test_cases": {"generated": 10}, "operations": {"tested": 2}, "complete": True, "errors": [{"title": "?", "count": errors}],
            "failures": [{"type": kind, "count": count} for kind, count in failures],
        }  # fmt: skip

    counted = schemathesis.counts_of(report(("ServerError", 2), ("AcceptedNegativeData", 3), ("ResponseTimeExceeded", 1), errors=1))
    assert [counted[name] for name in ("requests", "server_errors", "over_5_s", "wrongly_accepted", "not_done")] == [10, 2, 1, 3, 1]


@pytest.mark.drill
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_is_small_enough_to_be_let_in(bomb: Any) -> None:
    assert 0 < len(bomb.make()) < FILE_BYTES


def test_a_run_of_bombs_can_fail() -> None:
    def tally(**changes: Any) -> bombs.Tally:
        made = bombs.Tally()
        made.costs.append(bombs.Cost(**({"status": 422, "seconds": 1.0, "processor_s": 1.0, "peak_mb": 200.0, "grown_mb": 90.0} | changes)))
        return made

    assert tally().good()
    for change in ({"status": 0}, {"status": 500}, {"seconds": 2.2}, {"grown_mb": 301.0}):
        assert not tally(**change).good(), change
    killed = tally()
    killed.killed = 1
    assert not killed.good()
    assert not bombs.Tally().good()
