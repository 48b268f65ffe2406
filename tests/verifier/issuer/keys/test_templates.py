"""Stored references: a data key each, a master key that changes, and an erasure that leaves nothing to open."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from verifier.face.decision import MODEL_ID
from verifier.issuer import face_store
from verifier.issuer.__main__ import main
from verifier.issuer.http.app import create_app
from verifier.issuer.keys.keyring import Keyring
from verifier.issuer.keys.master_keys import LocalMasterKeys
from verifier.issuer.keys.templates import TemplateNotOpened, open_sealed, place_of, rotate, seal
from verifier.issuer.retention import Retention
from verifier.issuer.service import Issuer
from verifier.issuer.settings import IssuerSettings
from verifier.issuer.statements import StatementBroken, check, digest, sign
from verifier.signing.secp256k1 import SigningKey


@pytest.fixture
def issuer(settings: IssuerSettings, clock: Clock) -> Any:
    issuer = Issuer(settings, clock)
    yield issuer
    issuer.close()


def store_some(issuer: Issuer, poll: str, count: int) -> list[bytes]:
    """References of as many lenders, two each, as the reference book would store them."""
    templates = []
    with issuer._database.begin() as connection:
        for index in range(count):
            for _ in range(2):
                templates.append(secrets.token_bytes(512))
                sealed, wrapped = seal(issuer.keyring.master_keys, templates[-1], place_of(poll, index, MODEL_ID))
                face_store.keep_face(connection, poll, index, MODEL_ID, sealed, wrapped, "0x" + "11" * 32)
    return templates


def opened(issuer: Issuer, poll: str, index: int) -> list[bytes]:
    with issuer._database.begin() as connection:
        return [open_sealed(issuer.keyring.master_keys, face) for face in face_store.faces_of(connection, poll, index, MODEL_ID)]


def test_rotation_changes_every_data_keys_wrapping_and_destroys_the_old_master_key(issuer: Issuer, settings: IssuerSettings) -> None:
    templates = store_some(issuer, "0xa", 150)
    before = issuer.keyring.master_keys.current()
    other_service = LocalMasterKeys(settings.data_dir)
    done = issuer.rotate()
    assert done.rewrapped == 300
    assert other_service.current() != before, "a service that runs meanwhile wraps with the new key at once"
    assert [template for index in range(150) for template in opened(issuer, "0xa", index)] == templates
    assert not other_service.former_file.exists()
    kept = b"".join(path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file())
    assert before not in kept
    assert before.hex().encode() not in kept
    rows, _ = issuer.read_log(None, 0)
    assert json.loads(rows[-1].entry) | {"kind": "master_key_rotated", "count": 300} == json.loads(rows[-1].entry)
    with issuer._database.begin() as connection:
        (face, *_) = face_store.faces_of(connection, "0xa", 0, MODEL_ID)
    stolen_copy = LocalMasterKeys(settings.data_dir, before)
    with pytest.raises(TemplateNotOpened):
        open_sealed(stolen_copy, face)


@pytest.mark.parametrize("steps", [0, 1])
def test_a_rotation_that_broke_off_goes_on_and_meanwhile_everything_opens(issuer: Issuer, steps: int) -> None:
    templates = store_some(issuer, "0xa", 150)

    def break_off(_: int) -> None:
        nonlocal steps
        steps -= 1
        if steps < 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        issuer.rotate(break_off)
    begun = issuer.keyring.master_keys.current()
    assert [template for index in range(150) for template in opened(issuer, "0xa", index)] == templates
    store_some(issuer, "0xb", 1)
    issuer.rotate()
    assert issuer.keyring.master_keys.current() == begun, "it went on with the key it had made"
    assert [template for index in range(150) for template in opened(issuer, "0xa", index)] == templates
    assert len(opened(issuer, "0xb", 0)) == 2


def test_keys_from_the_settings_are_rotated_by_naming_the_old_one(settings: IssuerSettings, clock: Clock) -> None:
    old, new = SecretStr(secrets.token_hex(32)), SecretStr(secrets.token_hex(32))
    first = Issuer(settings.model_copy(update={"reference_key": old}), clock)
    templates = store_some(first, "0xa", 3)
    first.close()
    second = Issuer(settings.model_copy(update={"reference_key": new, "former_reference_keys": [old]}), clock)
    assert second.rotate().rewrapped == 6
    second.close()
    third = Issuer(settings.model_copy(update={"reference_key": new}), clock)
    assert opened(third, "0xa", 1) == templates[2:4]
    third.close()


def test_a_row_that_does_not_open_keeps_the_old_key_from_being_destroyed(issuer: Issuer, settings: IssuerSettings) -> None:
    store_some(issuer, "0xa", 2)
    database = sqlite3.connect(settings.data_dir / "issuer.sqlite3")
    database.execute("UPDATE faces SET lender = 9 WHERE id = 1")
    database.commit()
    database.close()
    with pytest.raises(TemplateNotOpened, match="lender 9"):
        issuer.rotate()
    assert issuer.keyring.master_keys.former_file.exists()
    issuer.erase("0xa", "operator", 9)
    issuer.rotate()
    assert not issuer.keyring.master_keys.former_file.exists()


def test_what_an_earlier_version_stored_gets_data_keys_at_the_next_start(settings: IssuerSettings, clock: Clock) -> None:
    master = Keyring.open(settings).master_keys.current()
    database = sqlite3.connect(settings.data_dir / "issuer.sqlite3")
    columns = "id INTEGER PRIMARY KEY, poll TEXT NOT NULL, lender INTEGER NOT NULL, model_id TEXT NOT NULL, sealed BLOB NOT NULL"
    database.execute(f"CREATE TABLE faces ({columns})")  # as it was: without a column for the data key
    templates = [secrets.token_bytes(512) for _ in range(450)]
    for index, template in enumerate(templates):
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(master).encrypt(nonce, template, f"0xa:{index}:{MODEL_ID}".encode())
        database.execute("INSERT INTO faces (poll, lender, model_id, sealed) VALUES ('0xa', ?, ?, ?)", (index, MODEL_ID, sealed))
    database.execute("INSERT INTO faces (poll, lender, model_id, sealed) VALUES ('0xa', 900, ?, ?)", (MODEL_ID, os.urandom(540)))
    database.commit()
    second = Issuer(settings, clock)
    assert [opened(second, "0xa", index) for index in range(450)] == [[template] for template in templates]
    rows, _ = second.read_log(None, 0)
    assert json.loads(rows[-1].entry) | {"kind": "references_resealed", "count": 450} == json.loads(rows[-1].entry)
    assert database.execute("SELECT count(*) FROM faces WHERE wrapped IS NULL").fetchone() == (1,), "what did not open is not touched"
    second.close()
    third = Issuer(settings, clock)
    assert third.read_log(None, 0)[1].seq == 1, "nothing is left to do"
    third.close()
    database.close()


def test_after_an_erasure_nothing_of_key_or_template_is_on_the_disk_and_the_certificate_says_so(
    issuer: Issuer, settings: IssuerSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store_some(issuer, "0xa", 3)
    store_some(issuer, "0xb", 1)
    with issuer._database.begin() as connection:
        faces = [face for index in range(3) for face in face_store.faces_of(connection, "0xa", index, MODEL_ID)]
    certificate = issuer.erase("0xa", "operator")
    assert certificate is not None
    everything = b"".join(path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file())
    for face in faces:
        assert face.sealed[12:60] not in everything
        assert face.wrapped[20:] not in everything
    assert (certificate["count"], certificate["lenders"], certificate["scope"], certificate["reason"]) == (6, 3, "poll", "operator")
    assert "index" not in certificate
    assert issuer.certificates("0xa") == [certificate]
    assert issuer.certificates("0xc") == []
    assert issuer.erase("0xa", "operator") is None, "nothing was left to erase, and no certificate says there was"
    assert len(opened(issuer, "0xb", 0)) == 2

    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(certificate))
    assert main(["certificate", str(path), "--verifier", issuer.address]) == 0
    assert json.loads(capsys.readouterr().out)["certificate"] == "whole"
    for change in (
        {"count": 5},
        {"erased_at": "2020-01-01T00:00:00Z"},
        {"verifier": "0x" + "11" * 20},
        {"kind": "other"},
        {"signature": "0x"},
    ):
        path.write_text(json.dumps(certificate | change))
        assert main(["certificate", str(path)]) == 1, change
    path.write_text(json.dumps(certificate))
    assert main(["certificate", str(path), "--verifier", "0x" + "11" * 20]) == 1
    path.write_bytes(b"\xff{")
    assert main(["certificate", str(path)]) == 1


@pytest.mark.parametrize(
    "statement", [None, [], {}, "x", {"kind": "deletion"}, {"kind": "deletion", "verifier": "0x", "signature": "0xzz"}]
)
def test_what_is_no_statement_is_refused_by_name(statement: Any) -> None:
    with pytest.raises(StatementBroken):
        check(statement, "deletion")


def test_the_service_erases_after_the_close_and_the_stated_days_by_itself(
    settings: IssuerSettings, clock: Clock, papers: IssuerPapers, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings.model_copy(update={"reference_days_after_close": 2, "signal_days": 3})
    issuer = Issuer(settings, clock)
    store_some(issuer, papers.address, 4)
    store_some(issuer, "0x" + "77" * 20, 1)
    with issuer._database.begin() as connection:
        from verifier.face.replays import Look
        from verifier.issuer import session_store, store

        now = int(clock())
        session_store.begin_session(connection, papers.address, 1, "a phone", now)
        session_store.keep_signals(connection, papers.address, 1, now, b"salt", "[]")
        session_store.keep_looks(connection, papers.address, 1, [str(Look(1, 1))])
        store.begin_attempt(connection, papers.address, 1, now)
    assert issuer.retention.round()["certificates"] == []
    papers.poll.chain.warp(papers.poll.terms.closes_at + 2 * 86_400 - 60)
    clock.seconds += 2 * 86_400
    done = issuer.retention.round()
    assert (done["certificates"], done["forgotten"]) == ([], {"sessions": 1, "attempts": 1, "signals": 0, "bindings": 0})
    assert done["polls_not_read"] == [{"poll": "0x" + "77" * 20, "rule": "PollUnknown"}], "said, not guessed"
    clock.seconds += 86_401
    assert issuer.retention.round()["forgotten"]["signals"] == 1
    issuer.close()

    papers.poll.chain.warp(papers.poll.terms.closes_at + 2 * 86_400)
    over = threading.Event()
    round_of_retention = Retention.round

    def round_and_tell(retention: Retention) -> Any:
        found = round_of_retention(retention)
        over.set()
        return found

    monkeypatch.setattr(Retention, "round", round_and_tell)
    with TestClient(create_app(settings, clock)) as client:
        assert over.wait(60), "the round at the start"
        (certificate,) = client.get("/v1/certificates").json()["certificates"]
        assert (certificate["reason"], certificate["count"], certificate["session_records"]) == ("poll_closed", 8, 1)
        assert client.app.state.issuer.stored_faces() == 1  # type: ignore[attr-defined]


def test_rotate_says_what_to_do_when_there_is_no_second_key(issuer: Issuer, settings: IssuerSettings) -> None:
    keys = LocalMasterKeys(settings.data_dir, secrets.token_bytes(32))
    from verifier.issuer.keys.master_keys import RotationNotPossible

    with pytest.raises(RotationNotPossible, match="FORMER_REFERENCE_KEYS"):
        rotate(issuer._database, keys, lambda: 0.0)


def test_statements_are_signed_as_the_protocol_says() -> None:
    vectors = json.loads((Path(__file__).parents[3] / "vectors" / "statements.json").read_text("utf-8"))
    key = SigningKey(bytes.fromhex(vectors["verifier"]["private_key"][2:]))
    for item in vectors["items"]:
        assert "0x" + digest(item["statement"]).hex() == item["digest"]
        assert sign(key, item["statement"]) == {**item["statement"], "signature": item["signature"]}
        assert check({**item["statement"], "signature": item["signature"]}, item["statement"]["kind"]) == key.address


def test_counts_and_figures_of_a_clock_ahead_are_kept_no_longer_than_their_days(
    settings: IssuerSettings, clock: Clock, papers: IssuerPapers
) -> None:
    from verifier.issuer import session_store, store

    issuer = Issuer(settings.model_copy(update={"signal_days": 3}), clock)
    ahead = int(clock()) + 365 * 86_400
    with issuer._database.begin() as connection:
        session_store.begin_session(connection, papers.address, 1, "a phone", ahead)
        session_store.keep_signals(connection, papers.address, 1, ahead, b"salt", "[]")
        store.begin_attempt(connection, papers.address, 1, ahead)
    assert not any(issuer.retention.round()["forgotten"].values())
    clock.seconds += 86_401
    assert issuer.retention.round()["forgotten"] == {"sessions": 1, "attempts": 1, "signals": 0, "bindings": 0}
    clock.seconds += 2 * 86_400
    assert issuer.retention.round()["forgotten"]["signals"] == 1
    issuer.close()
