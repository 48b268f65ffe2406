"""A poll keeps the model that it was frozen with; another one comes before any face was compared, with photos encoded again or listed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.verifier.issuer.asking import code_of, log_of, whole_log
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.issuer.ways.test_face import put_reference, show
from verifier.face.decision import MODEL_ID, SFACE_MODEL_ID, Band, Decision
from verifier.face.errors import PictureRefused
from verifier.face.reasons import DOES_NOT_MATCH, FACE_TOO_SMALL, MATCHES
from verifier.face.worker import FaceRoom, Reading
from verifier.issuer import service
from verifier.issuer.errors import FacesUnavailable, PollModelFrozen
from verifier.issuer.face_store import PHOTO
from verifier.issuer.http.app import create_app
from verifier.issuer.settings import IssuerSettings

PHOTOS = [f"photo {number}".encode() for number in range(4)]


class MadeRoom(FaceRoom):
    """Templates that name their model and photo; a template of another model than this room's is a failure of the test."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.reads = 0

    def read(self, image: bytes, purpose: str) -> Reading:
        self.reads += 1
        if image == PHOTOS[3]:
            raise PictureRefused(FACE_TOO_SMALL)
        return Reading(f"{self.model_id}:".encode() + hashlib.sha256(image).digest(), 100, 1.0, 1.0, 1.0)

    def match(self, references: Sequence[bytes], probes: Sequence[bytes]) -> Decision:
        assert all(one.startswith(f"{self.model_id}:".encode()) for one in references), "a template of another model is never compared"
        known = {self.read(probe, "probe").embedding for probe in probes} & set(references)
        return Decision("accepted", MATCHES, Band.CLEAR) if known else Decision("official", DOES_NOT_MATCH, Band.FAR)


@pytest.fixture(autouse=True)
def _made_rooms() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "FaceRoom", MadeRoom)
        patch.setattr(IssuerSettings, "check_models", lambda _: None)
        yield


@pytest.fixture
def settings(settings: IssuerSettings) -> IssuerSettings:
    return settings.model_copy(update={"liveness": "off", "keep_photos": True})


def opened(settings: IssuerSettings, clock: Clock, **changes: Any) -> TestClient:
    return TestClient(create_app(settings.model_copy(update=changes), clock), raise_server_exceptions=False)


def issuer_of(client: TestClient) -> Any:
    return client.app.state.issuer  # type: ignore[attr-defined]


def models_in_log(client: TestClient) -> list[str]:
    return [entry["model"] for entry in whole_log(client)["entries"] if entry["kind"] == "face_model"]


def test_a_poll_is_frozen_when_it_is_believed_and_a_setting_changes_nothing(
    settings: IssuerSettings, papers: IssuerPapers, clock: Clock
) -> None:
    with opened(settings, clock) as client:
        assert put_reference(client, papers, 7, PHOTOS[0]).status_code == 204
        assert models_in_log(client) == [MODEL_ID]
        thresholds = next(entry for entry in whole_log(client)["entries"] if entry["kind"] == "face_model")["thresholds"]
        assert thresholds == issuer_of(client).room.models.thresholds_hash
    with opened(settings, clock, face_model="sface") as client:
        assert issuer_of(client).room.model_id == SFACE_MODEL_ID
        assert put_reference(client, papers, 7, PHOTOS[1]).status_code == 204
        answer = show(client, papers, 7, PHOTOS[1]).json()
        assert answer["decision"] == "accepted"
        entry = log_of(client)[-1]
        assert (entry["kind"], entry["model"], entry["references"]) == ("credential", MODEL_ID, 2)
        assert models_in_log(client) == [MODEL_ID]
        assert list(issuer_of(client).models.others_in_use().values()) == [MODEL_ID]


def test_a_change_encodes_kept_photos_again_and_lists_the_others(settings: IssuerSettings, papers: IssuerPapers, clock: Clock) -> None:
    with opened(settings, clock, keep_photos=False) as client:
        put_reference(client, papers, 5, PHOTOS[2])
    with opened(settings, clock) as client:
        put_reference(client, papers, 7, PHOTOS[0])
        put_reference(client, papers, 7, PHOTOS[1])
        change = issuer_of(client).model_change
        assert change.missing(papers.address) == []
        done = change.make(papers.address, SFACE_MODEL_ID)
        assert done == {"model": SFACE_MODEL_ID, "encoded": 2, "refused": []}
        (asked,) = change.missing(papers.address)
        assert asked["index"] == 5
        assert models_in_log(client) == [MODEL_ID, SFACE_MODEL_ID]
        assert show(client, papers, 5, PHOTOS[2]).json()["decision"] == "official", "asked for anew, and officials until then"
        assert show(client, papers, 7, PHOTOS[0]).json()["decision"] == "accepted"
        assert put_reference(client, papers, 5, PHOTOS[2]).status_code == 204
        assert change.missing(papers.address) == []


def test_a_change_that_is_broken_off_goes_on_and_nothing_changes_before_its_end(
    settings: IssuerSettings, papers: IssuerPapers, clock: Clock
) -> None:
    with opened(settings, clock) as client:
        for index in (5, 6, 7):
            put_reference(client, papers, index, PHOTOS[index - 5])
        issuer, seen = issuer_of(client), []

        def killed_at_the_third(count: int) -> None:
            seen.append(count)
            if len(seen) == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            issuer.model_change.make(papers.address, SFACE_MODEL_ID, killed_at_the_third)
        assert models_in_log(client) == [MODEL_ID]
        assert show(client, papers, 5, PHOTOS[0]).json()["decision"] == "accepted", "by the poll's own model, to the end"


def test_it_goes_on_where_it_stopped(settings: IssuerSettings, papers: IssuerPapers, clock: Clock) -> None:
    with opened(settings, clock) as client:
        for index in (5, 6, 7):
            put_reference(client, papers, index, PHOTOS[index - 5])
        change, other = issuer_of(client).model_change, issuer_of(client).models.room(SFACE_MODEL_ID)
        told = iter([None, KeyboardInterrupt])

        def advance(_: int) -> None:
            if (error := next(told, None)) is not None:
                raise error

        with pytest.raises(KeyboardInterrupt):
            change.make(papers.address, SFACE_MODEL_ID, advance)
        assert change.make(papers.address, SFACE_MODEL_ID)["encoded"] == 2
        assert other.reads == 3, "no photo is read twice"


def test_once_a_face_was_compared_the_model_stays(settings: IssuerSettings, papers: IssuerPapers, clock: Clock) -> None:
    with opened(settings, clock) as client:
        put_reference(client, papers, 7, PHOTOS[0])
        show(client, papers, 7, PHOTOS[1])
        with pytest.raises(PollModelFrozen):
            issuer_of(client).model_change.make(papers.address, SFACE_MODEL_ID)
        with pytest.raises(FacesUnavailable):
            issuer_of(client).models.room("a-model-that-is-not-here")


def test_kept_photos_are_sealed_erased_and_counted_with_their_templates(
    settings: IssuerSettings, papers: IssuerPapers, clock: Clock
) -> None:
    with opened(settings, clock) as client:
        put_reference(client, papers, 7, PHOTOS[0])
        stored = log_of(client)[-1]
        assert stored["photo_sealed_digest"] != stored["sealed_digest"]
        with sqlite3.connect(settings.data_dir / "issuer.sqlite3") as database:
            rows = dict(database.execute("SELECT model_id, sealed FROM faces").fetchall())
        assert set(rows) == {MODEL_ID, PHOTO}
        assert PHOTOS[0] not in rows[PHOTO]
        assert issuer_of(client).erase(papers.address, "operator")["count"] == 2


def test_a_poll_of_before_is_frozen_with_the_model_of_its_references(
    settings: IssuerSettings, papers: IssuerPapers, clock: Clock, tmp_path: Path
) -> None:
    with opened(settings, clock, keep_photos=False) as client:
        put_reference(client, papers, 7, PHOTOS[0])
    as_of_before(settings.data_dir / "issuer.sqlite3")
    with opened(settings, clock, face_model="sface", keep_photos=False) as client:
        assert show(client, papers, 7, PHOTOS[0]).json()["decision"] == "accepted"
        assert models_in_log(client)[-1] == MODEL_ID
        assert log_of(client)[-1]["model"] == MODEL_ID
        assert code_of(put_reference(client, papers, 7, PHOTOS[3])) == "PictureNotUsable"


def as_of_before(database: Path) -> None:
    """The database as the release before left it."""
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE poll_models")
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    connection.close()


def test_the_command_says_what_it_did_and_why_not(
    settings: IssuerSettings,
    papers: IssuerPapers,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    from verifier.issuer.__main__ import main

    given = {"DATA_DIR": str(settings.data_dir), "RPC_URLS": settings.rpc_urls, "CASES": settings.cases, "FACE_MODEL": "dlib"}
    for name, value in (given | {"KEY": settings.key.get_secret_value()}).items():
        monkeypatch.setenv(f"LENDERVOTE_ISSUER_{name}", value)
    with opened(settings, clock, keep_photos=False) as client:
        put_reference(client, papers, 7, PHOTOS[0])
    listed = tmp_path / "ask.jsonl"
    assert main(["model", "--poll", papers.address, "--to", "sface", "--out", str(listed)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"model": SFACE_MODEL_ID, "encoded": 0, "refused": [], "photos_to_ask_for": 1}
    assert json.loads(listed.read_text())["index"] == 7
    assert listed.stat().st_mode & 0o077 == 0
    with opened(settings, clock, face_model="sface") as client:
        put_reference(client, papers, 7, PHOTOS[0])
        show(client, papers, 7, PHOTOS[0])
    assert main(["model", "--poll", papers.address, "--to", "dlib"]) == 1
    assert json.loads(capsys.readouterr().out)["rule"] == "PollModelFrozen"
