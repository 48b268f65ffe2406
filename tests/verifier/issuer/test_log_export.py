"""The log about one poll as it is handed out: a stranger's reader reconciles it with the chain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from fastapi.testclient import TestClient

from tests.contracts.ballot_box import address_of, secret
from tests.contracts.world import OpenPoll
from tests.vectors.log_reader import LogReader
from tests.verifier.face.photos import Faces
from tests.verifier.issuer.asking import OPERATOR, whole_log
from tests.verifier.issuer.case_world import fingerprint_of
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.issuer.ways.test_face import put_reference, show
from verifier.issuer import log_export
from verifier.issuer.settings import IssuerSettings
from verifier.issuer.statements import check

ROOT = Path(__file__).resolve().parents[3]
#: What a reader notes of a log by the face library alone.
MODEL = "model: dlib-resnet-v1/landmarks-68"
VECTORS = json.loads((ROOT / "tests" / "vectors" / "issuer_log.json").read_text("utf-8"))


@pytest.fixture
def settings(settings: IssuerSettings) -> IssuerSettings:
    return settings.model_copy(update={"liveness": "off"})


def export(client: Any, papers: IssuerPapers, clock: Clock, after: int = 0) -> list[str]:
    answer = client.get("/v1/log", **papers.log_request(clock.seconds, after))
    assert answer.status_code == 200, answer.text
    assert answer.text.endswith("\n")
    return str(answer.text).split("\n")[:-1]


def reader_of(papers: IssuerPapers, *ballots: tuple[int, str | None]) -> LogReader:
    """With what the chain shows: ballots by index, and who signed their credential."""
    world = papers.poll.world
    (announced,) = world.case.events.PollAnnounced().get_logs(from_block=0)
    shown = {"block_time": papers.now}
    return LogReader(
        {
            "chain_id": world.chain.chain_id,
            "case": world.case.address.lower(),
            "poll": papers.address,
            "poll_number": 0,
            "register_number": 0,
            "fingerprint": fingerprint_of(world),
            "announced": "0x" + bytes(announced["transactionHash"]).hex(),
            "officials": ["0x" + official.hex() for official in world.case.functions.officials().call()],
            "threshold": world.threshold,
            "verifier": {"address": address_of(secret("verifier")).lower()},
            "verifiers": [address_of(secret("verifier")).lower()],
            "recorded": [{"index": index, "ballot_key": papers.key_of(index), "signed_by": by, **shown} for index, by in ballots],
        }
    )


def test_what_was_issued_by_face_and_by_officials_is_reconciled(
    client: TestClient, papers: IssuerPapers, faces: Faces, clock: Clock
) -> None:
    put_reference(client, papers, 7, faces.lender)
    assert show(client, papers, 7, faces.lender_again).json()["decision"] == "accepted"
    for index in (3, 4):
        assert client.post("/v1/credentials/vouched", json=papers.vouched(index)).status_code == 200
    lines = export(client, papers, clock)
    verifier = address_of(secret("verifier")).lower()
    assert reader_of(papers, (7, verifier), (3, None)).findings(lines) == (set(), [MODEL, "unused: 4"])
    lacking = reader_of(papers, (7, None), (9, None))
    assert lacking.findings(lines)[0] == {"void.log"}, "the export may be older than the ballot"
    lacking.facts["recorded"][1]["block_time"] -= 301
    assert lacking.findings(lines)[0] == {"log.credential"}
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == ["roots", "face_model", "identity_file", "reference_stored", "consent_given", *["credential"] * 3, "log"]
    assert reader_of(papers).findings(lines[:2] + lines[3:])[0] == {"void.log"}, "whoever holds the paper took an entry out"


def test_every_poll_has_a_chain_of_its_own(client: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    world = papers.poll.world
    other = IssuerPapers(OpenPoll.announce(world, papers.poll.register, world.terms()))
    for index in (3, 4):
        for each in (papers, other):
            assert client.post("/v1/credentials/vouched", json=each.vouched(index)).status_code == 200
    for each in (papers, other):
        lines = export(client, each, clock)
        entries = [json.loads(line) for line in lines[:-1]]
        assert [entry["poll_seq"] for entry in entries] == [1, 2, 3, 4]
        before = ["0x" + keccak(line.encode()).hex() for line in lines[:3]]
        assert [entry["poll_prev"] for entry in entries] == ["0x" + "00" * 32, *before]
        assert {entry["poll"] for entry in entries} == {each.address}
        statement = json.loads(lines[-1])
        assert (statement["count"], statement["head"]) == (4, "0x" + keccak(lines[3].encode()).hex())
        check(statement, "log", address_of(secret("verifier")))
    assert [entry["seq"] for entry in whole_log(client)["entries"]] == [1, 2, 3, 4, 5, 6, 7, 8, 9], (
        "the switched-off camera is about no poll"
    )
    assert client.app.state.issuer.verify_log().seq == 9  # type: ignore[attr-defined]


def test_pages_put_together_are_the_whole(client: TestClient, papers: IssuerPapers, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for index in range(3, 9):
        client.post("/v1/credentials/vouched", json=papers.vouched(index))
    whole = export(client, papers, clock)
    assert len(whole) == 9
    monkeypatch.setattr(log_export, "PAGE_ENTRIES", 3)
    pages = [export(client, papers, clock, after) for after in (0, 3, 6)]
    assert [len(page) for page in pages] == [4, 4, 3]
    assert [line for page in pages for line in page[:-1]] + pages[-1][-1:] == whole
    monkeypatch.setattr(log_export, "PAGE_BYTES", 1)
    assert [len(export(client, papers, clock, after)) for after in (0, 7, 8)] == [2, 2, 1], "an entry at a time, and none beyond the end"


def test_the_command_writes_the_same_file(client: TestClient, papers: IssuerPapers, settings: IssuerSettings, clock: Clock) -> None:
    for index in (3, 4):
        client.post("/v1/credentials/vouched", json=papers.vouched(index))
    lines = export(client, papers, clock)
    given = {"DATA_DIR": str(settings.data_dir), "RPC_URLS": "Court=http://127.0.0.1:1", "KEY": settings.key.get_secret_value()}
    environment = os.environ | {f"LENDERVOTE_ISSUER_{name}": value for name, value in given.items()}
    command = [sys.executable, "-m", "verifier.issuer", "log", "--poll", papers.address]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    written = done.stdout.split("\n")[:-1]
    assert written[:-1] == lines[:-1]
    statement, other = json.loads(written[-1]), json.loads(lines[-1])
    anew = dict.fromkeys(("made_at", "signature", "address_signatures"))
    assert {**statement, **anew} == {**other, **anew}
    assert reader_of(papers, (3, None)).findings(written) == (set(), [MODEL, "unused: 4"])


def test_a_poll_that_nobody_asked_about_has_an_empty_log(client: TestClient, papers: IssuerPapers) -> None:
    (line,) = client.get("/v1/log", params={"poll": papers.address}, headers=OPERATOR).text.split("\n")[:-1]
    statement = json.loads(line)
    assert (statement["count"], statement["head"]) == (0, "0x" + "00" * 32)
    check(statement, "log")


def test_entries_have_what_the_vectors_have(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    put_reference(client, papers, 7, faces.lender)
    show(client, papers, 7, faces.lender_again)
    client.post("/v1/credentials/vouched", json=papers.vouched(3))
    ours = {(entry["kind"], entry.get("way")): entry for entry in whole_log(client)["entries"]}
    (good,) = [log for log in VECTORS["good"] if log["name"] == "whole"]
    for line in good["lines"][:-1]:
        entry = json.loads(line)
        key = entry["kind"], entry.get("way")
        if key in ours:
            assert set(entry) <= set(ours[key]), key
    assert {("roots", None), ("identity_file", None), ("credential", "face"), ("credential", "vouched")} <= set(ours)
