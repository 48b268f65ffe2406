"""Successions of officials: hashes, domains, and what is found of every history (protocol §24; tests/vectors/successions.json)."""

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.tally.case import releases
from verifier.tally.chain.things import Block, Log
from verifier.tally.contracts import dialect_of
from verifier.tally.curve import recover_65
from verifier.tally.findings import StepLog
from verifier.tally.generations import Generation, first, generation_hash, next_one
from verifier.tally.steps.succession import Successions
from verifier.tally.typed_data import plan_submission, poll_announcement, succession, succession_withdrawal

DATA: Any = json.loads((Path(__file__).parents[2] / "vectors" / "successions.json").read_text("utf-8"))
DIGESTS = {
    "Succession": succession,
    "SuccessionWithdrawal": succession_withdrawal,
    "PollAnnouncement": poll_announcement,
    "PlanSubmission": plan_submission,
}


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


CASE = raw(DATA["case"])


def people_of(one: dict[str, Any]) -> tuple[list[bytes], int, bytes]:
    return [raw(official) for official in one["officials"]], one["threshold"], raw(one["institution"])


def check_act(act: dict[str, Any], separator: bytes) -> None:
    values = [raw(value) if isinstance(value, str) else value for value in act["message"].values()]
    digest = DIGESTS[act["type"]](separator, *values)  # type: ignore[operator]
    assert digest == raw(act["digest"])
    assert recover_65(digest, raw(act["signature"])) == raw(DATA["keys"][act["signer"]]["address"])


def test_generations__each_follows_from_the_one_before() -> None:
    before: Generation | None = None
    for one in DATA["generations"]:
        people = people_of(one)
        assert generation_hash(raw(one["before"]), people) == raw(one["generation_hash"])
        found = next_one(DATA["chain_id"], CASE, one["number"], before, people) if before else first(DATA["chain_id"], CASE, people)
        assert found.separator == raw(one["domain_separator"])
        assert found.hash == raw(one["generation_hash"])
        for act in one["succession"] or []:
            assert before is not None
            check_act(act, before.separator)
        for act in one["acts"]:
            check_act(act, found.separator)
        before = found


class Shown:
    """The blocks and transactions of one history."""

    def __init__(self, history: dict[str, Any]) -> None:
        self.events = {event["block"]: event for event in history["events"]}

    def block(self, number: int) -> Block:
        return Block(number, bytes(32), self.events[number]["time"])

    def transaction(self, number: int, transaction_hash: bytes) -> Any:
        class Found:
            to, input, place = CASE, raw(self.events[number]["input"]), f"transaction {number}"

        return Found()

    def check_verifiers(self, *_: Any) -> None:
        """There are no passkeys."""


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("history", DATA["histories"], ids=lambda one: one["name"])
def test_history__found_is_what_the_vectors_say(history: dict[str, Any], sealed: bool) -> None:
    dialect, log = dialect_of(5, sealed=sealed), StepLog(1, "Node")
    opened = first(DATA["chain_id"], CASE, people_of(DATA["generations"][0]))
    reading = Successions(
        Shown(history),  # type: ignore[arg-type]
        dialect,
        releases()[5],
        DATA["chain_id"],
        CASE,
        history["rehearsal"],
        [opened],
        log,
    )
    logs = [Log(CASE, tuple(map(raw, one["topics"])), raw(one["data"]), one["block"], 0, bytes(32)) for one in history["events"]]
    found = reading.read([dialect.decode_event(one) for one in sorted(logs, key=lambda one: one.block_number)])
    assert [one.number for one in found] == history["generations"]
    names = {finding.name for finding in log.findings}
    assert (history["finding"] in names) if history["finding"] else not names
