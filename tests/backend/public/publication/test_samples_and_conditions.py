"""A signed sample and proved conditions stand beside the other files, and recounts believe what was proved here (protocol §4.3, §9.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from backend.case.register.sample_errors import SampleNotSigned, SampleOfAnotherRegister, SampleSmaller
from backend.case.register.sample_store import SampleRow
from backend.ground.common.hashing import canonical_json, keccak
from backend.public.publication.rules import SampleSaid
from backend.vote.tally.conditions import MOST, Condition, ConditionService
from backend.vote.tally.errors import ConditionSaidAlready, ConditionWrong, PollStillOpen, TooManyConditions
from scripts.tampers.recounts import FIRST, SECOND, ask
from tests.backend.public.publication.test_publication import published
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.world import AGAINST, FOR, Vote

PROOFS = b"proofs"


def paper(vote: Vote, draws: int, signers: int = 2, **changes: Any) -> bytes:
    proofs_hash = keccak(PROOFS) if draws else bytes(32)
    content = {
        "draws": draws,
        "indexes": [0] * draws,
        "proofs_hash": "0x" + proofs_hash.hex(),
        "root": "0x" + vote.poll.register_root.hex(),
        "findings": [{"found": "agrees", "index": 0}, {"found": "unknown", "index": 3}],
        "bound_fen": 123_456,
    }
    return canonical_json(content | {"signatures": [{"signer": f"0x{one}", "signature": "0x"} for one in range(signers)]} | changes)


def keep(vote: Vote, draws: int, signers: int = 2, **changes: Any) -> None:
    place = vote.poll.case_id, vote.poll.register_number
    vote.world.register.samples.keep(*place, paper(vote, draws, signers, **changes), PROOFS if draws else b"")


@pytest.fixture
def sampled(vote: Vote) -> Iterator[Vote]:
    """The register is that of all votes of this world: what is no real sample does not stay."""
    yield vote
    with vote.world.sessions.begin() as session:
        session.execute(delete(SampleRow))


def test_sample__is_published_and_only_a_larger_one_takes_its_place(sampled: Vote) -> None:
    vote = sampled
    assert "sample.json" not in vote.world.publication.available(vote.poll.id)
    with pytest.raises(SampleNotSigned):
        keep(vote, 90, signers=1)
    with pytest.raises(SampleOfAnotherRegister):
        keep(vote, 90, root="0x" + bytes(32).hex())
    with pytest.raises(SampleOfAnotherRegister):
        keep(vote, 90, proofs_hash="0x" + bytes(32).hex())
    keep(vote, 90)
    assert published(vote, "sample.json") == paper(vote, 90)
    assert published(vote, "sample_proofs.bin") == PROOFS
    assert vote.world.publication.sample_said(vote.poll.id) == SampleSaid(90, 2, 1, 123_456)
    for draws in (90, 20):
        with pytest.raises(SampleSmaller):
            keep(vote, draws)
    keep(vote, 459)
    assert published(vote, "sample.json") == paper(vote, 459)
    keep(vote, 0)
    assert published(vote, "sample.json") == paper(vote, 0)
    assert "sample_proofs.bin" not in vote.world.publication.available(vote.poll.id)
    with pytest.raises(SampleSmaller):
        keep(vote, 459)


def conditions(vote: Vote) -> ConditionService:
    return vote.world.conditions


def group(choice: str, times: int = 1) -> dict[str, Any]:
    return {"choice": choice, "class": 0, "motion": 0, "times": times}


def test_condition__is_proved_as_it_is_and_recounts_believe_it(issuer: IssuerProcess, vote: Vote, tmp_path: Path) -> None:
    issuer.start()
    for index, choice in enumerate((FOR, FOR, AGAINST, FOR)):
        vote.issue(index)
        vote.take(index, choice)
    vote.world.ballots.relay_once()
    some = [{"indexes": [1, 4, 7], "times": 1}]
    with pytest.raises(PollStillOpen):
        conditions(vote).publish(vote.poll.id, Condition("too early", some, [], 1))
    vote.close()
    vote.open_sums()
    amounts = [vote.world.register.amount_of(vote.poll.case_id, vote.poll.register_number, [index]) for index in (1, 4, 7)]
    assert conditions(vote).publish(vote.poll.id, Condition("三人合计", some, [], sum(amounts)))
    with pytest.raises(ConditionSaidAlready):
        conditions(vote).publish(vote.poll.id, Condition("once more", some, [], sum(amounts) + 1))
    two = [{"indexes": [1, 4], "times": 3}]
    assert not conditions(vote).publish(vote.poll.id, Condition("less", two, [], 3 * (amounts[0] + amounts[1]) + 1))
    conditions(vote).publish(vote.poll.id, Condition("a difference", [group("for", 2)], [group("absent"), group("against")], 0))
    said = json.loads(published(vote, "conditions.json"))["conditions"]
    assert [one["holds"] for one in said[:2]] == [True, False]
    for path in vote.world.publication.publish(vote.poll.id):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    for tool in (FIRST, SECOND):
        told = ask(tool, ["--rpc", vote.world.anvil.url, "--published", str(tmp_path)], tmp_path)
        assert told.verdict == "agrees", told


WRONG = [
    Condition("", [group("for")], [], 1),
    Condition("no group", [], [], 1),
    Condition("a choice", [group("maybe")], [], 1),
    Condition("times", [group("for", 0)], [], 1),
    Condition("negative", [group("for")], [], -1),
    Condition("a class", [group("for") | {"class": 16}], [], 1),
    Condition("no number", [group("for") | {"class": True}], [], 1),
    Condition("twice", [{"indexes": [1, 1], "times": 1}], [], 1),
    Condition("out of the register", [{"indexes": [10**6], "times": 1}], [], 1),
    Condition("other words", [{"who": [1]}], [], 1),
]


def test_what_is_no_condition__is_refused_and_so_are_too_many(vote: Vote) -> None:
    vote.close()
    for asked in WRONG:
        with pytest.raises(ConditionWrong):
            conditions(vote).publish(vote.poll.id, asked)
    for number in range(MOST):
        conditions(vote).publish(vote.poll.id, Condition(f"{number}", [{"indexes": [number], "times": 1}], [], 1))
    with pytest.raises(TooManyConditions):
        conditions(vote).publish(vote.poll.id, Condition("one more", [{"indexes": [9], "times": 1}], [], 1))
