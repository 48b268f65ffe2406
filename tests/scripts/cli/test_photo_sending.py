"""`lendervote photos send`: every photo reaches the verifier once, and what stops it stops with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from scripts.cli.__main__ import main
from scripts.cli.photo_folder import REFERENCES, Reference, references_jsonl
from scripts.cli.photo_sending import IssuerAddressPlain, IssuerSaysNo, IssuerSilent, Sender, operators_client
from verifier.issuer.bindings.file import photo_hash

POLL = "0x" + "ab" * 20
PHOTOS = {"C0001.jpg": (3, b"one"), "C0002.jpg": (5, b"two"), "C0003.jpg": (6, b"three")}
REFERENCE_LIST = [Reference(file, index, photo_hash(content)) for file, (index, content) in PHOTOS.items()]


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message_zh": "不行", "message_en": "no"}}, headers=headers)


class Verifier:
    """Answers as the identity verifier does; `turns` are answers to photos before it takes them."""

    def __init__(self) -> None:
        self.turns: list[httpx.Response | Exception] = []
        self.log: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/log/entries":
            after = int(request.url.params["after"])
            return httpx.Response(200, json={"entries": [one for one in self.log if one["seq"] > after][:2], "head": {}})
        turn = self.turns.pop(0) if self.turns else httpx.Response(204)
        if isinstance(turn, Exception):
            raise turn
        if turn.status_code == 204:
            fields = request.content.decode("latin-1")
            index = int(fields.split('name="index"\r\n\r\n')[1].split("\r\n")[0])
            photo = next(content for number, content in PHOTOS.values() if number == index)
            self.log.append(
                {"seq": 7 * len(self.log) + 1, "kind": "reference_stored", "index": index, "photo": "0x" + photo_hash(photo).hex()}
            )
        return turn


@pytest.fixture
def verifier() -> Verifier:
    return Verifier()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file, (_, content) in PHOTOS.items():
        (tmp_path / file).write_bytes(content)
    return tmp_path


def sender_of(verifier: Callable[[httpx.Request], httpx.Response], waits: list[float] | None = None) -> Sender:
    client = httpx.Client(transport=httpx.MockTransport(verifier), base_url="https://verifier.test")
    return Sender(client, POLL, ([] if waits is None else waits).append)


def quiet(_done: int, _total: int) -> None:
    """Nobody is told."""


def test_every_photo_is_sent_and_the_log_knows_them(folder: Path, verifier: Verifier) -> None:
    sender = sender_of(verifier)
    verifier.log.append({"seq": 1, "kind": "reference_stored", "index": 3, "photo": None})  # of the first release
    assert sender.stored() == set()
    assert sender.send(folder, REFERENCE_LIST, quiet) == []
    assert sender.sent == 3
    assert sender.stored() == {(one.index, "0x" + one.photo.hex()) for one in REFERENCE_LIST}, "over several pages of the log"


def test_who_is_busy_is_asked_again_after_the_time_it_says(folder: Path, verifier: Verifier) -> None:
    verifier.turns = [refusal(503, "FacesBusy", **{"Retry-After": "4"}), refusal(429, "FacesBusy", **{"Retry-After": "9999"})]
    waits: list[float] = []
    sender = sender_of(verifier, waits)
    assert sender.send(folder, REFERENCE_LIST[:1], quiet) == []
    assert (sender.sent, waits) == (1, [4, 60])


@pytest.mark.parametrize("code", ["PictureNotUsable", "TooManyReferences"])
def test_what_is_wrong_with_one_photo_stops_no_other(code: str, folder: Path, verifier: Verifier) -> None:
    verifier.turns = [refusal(422, code)]
    sender = sender_of(verifier)
    (reject,) = sender.send(folder, REFERENCE_LIST, quiet)
    assert (reject.file, reject.rule, reject.zh, reject.en, sender.sent) == ("C0001.jpg", code, "不行", "no", 2)


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        (refusal(403, "PhotoNotBound"), IssuerSaysNo),
        (refusal(401, "OperatorTokenWrong"), IssuerSaysNo),
        (httpx.Response(502, text="<html>"), IssuerSaysNo),
        (httpx.ConnectError("refused"), IssuerSilent),
    ],
)
def test_what_holds_for_all_stops(turn: httpx.Response | Exception, error: type[Exception], folder: Path, verifier: Verifier) -> None:
    verifier.turns = [httpx.Response(204), turn]
    sender = sender_of(verifier)
    with pytest.raises(error):
        sender.send(folder, REFERENCE_LIST, quiet)
    assert sender.sent == 1, "and what was stored is counted"


def test_a_photo_that_is_not_the_checked_one_is_not_sent(folder: Path, verifier: Verifier) -> None:
    (folder / "C0001.jpg").write_bytes(b"another")
    (folder / "C0002.jpg").unlink()
    rejects = sender_of(verifier).send(folder, REFERENCE_LIST, quiet)
    assert [(one.file, one.rule) for one in rejects] == [("C0001.jpg", "PhotoChanged"), ("C0002.jpg", "PhotoChanged")]
    assert [entry["index"] for entry in verifier.log] == [6]


@pytest.mark.parametrize("url", ["http://verifier.test", "http://10.0.0.1:8089", "ftp://127.0.0.1", "verifier.test"])
def test_a_token_does_not_go_over_the_network_in_the_clear(url: str) -> None:
    with pytest.raises(IssuerAddressPlain):
        operators_client(url, "token")


def test_a_run_that_was_stopped_goes_on_and_prints_what_it_did(folder: Path, verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    def client(_url: str, _token: str) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(verifier), base_url="https://verifier.test")

    monkeypatch.setattr("scripts.cli.photo_sending.operators_client", client)
    out = folder / "out"
    out.mkdir()
    (folder / "token").write_text("secret\n")
    words = ["photos", "send", str(folder), "--out", str(out), "--poll", POLL, "--issuer", "https://verifier.test"]
    words += ["--token", str(folder / "token")]
    nothing = CliRunner().invoke(main, words)
    assert (nothing.exit_code, "photos prepare" in nothing.stderr) == (1, True)
    (out / REFERENCES).write_bytes(references_jsonl(REFERENCE_LIST))
    verifier.turns = [httpx.Response(204), httpx.ConnectError("gone")]
    stopped = CliRunner().invoke(main, words)
    assert stopped.exit_code == 1
    assert json.loads(stopped.stdout.splitlines()[-1]) == {"references": 3, "stored_before": 0, "stored": 1, "rejects": 0}
    assert "没有应答" in stopped.stderr
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"references": 3, "stored_before": 1, "stored": 2, "rejects": 0}
    assert sorted(entry["index"] for entry in verifier.log) == [3, 5, 6], "each once"
