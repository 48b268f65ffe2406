"""By face: accepted, again or official; a bounded number of tries; nothing of a photo stays."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from eth_hash.auto import keccak
from fastapi.testclient import TestClient

from tests.contracts.ballot_box import address_of, secret
from tests.verifier.face.photos import Faces
from tests.verifier.face.pictures_made import HOSTILE, hostile
from tests.verifier.issuer.asking import OPERATOR, TOKEN, bind, code_of, log_of, whole_log
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from verifier.issuer.consents import texts
from verifier.issuer.http.app import create_app
from verifier.issuer.service import CONSENTS_A_MINUTE
from verifier.issuer.settings import IssuerSettings
from verifier.issuer.statements import check

FACE = "/v1/credentials/face"


@pytest.fixture
def settings(settings: IssuerSettings) -> IssuerSettings:
    """Photos suffice here; sessions in front of the camera have tests of their own."""
    return settings.model_copy(update={"liveness": "off"})


def put_reference(client: TestClient, papers: IssuerPapers, index: int, image: bytes, token: str = TOKEN) -> Any:
    """Officials bind the photo, the operator puts it in."""
    if index < len(papers.poll.register.lenders):
        bind(client, papers, index, image)
    fields = {"poll": papers.address, "index": str(index)}
    headers = {"Authorization": f"Bearer {token}"}
    return client.post("/v1/references", data=fields, files={"image": ("photo.jpg", image, "image/jpeg")}, headers=headers)


def consent(client: TestClient, papers: IssuerPapers, index: int, key: bytes | None = None, **changes: Any) -> Any:
    return client.post("/v1/consents", json=papers.consent(index, key, **changes))


def show(client: TestClient, papers: IssuerPapers, index: int, *probes: bytes, consented: bool = True, key: bytes | None = None) -> Any:
    if consented:
        consent(client, papers, index, key)
    files = [("probe", ("probe.jpg", probe, "image/jpeg")) for probe in probes]
    return client.post(FACE, data=papers.face(index, **({"ballot_key": address_of(key).lower()} if key else {})), files=files)


def test_the_lender_gets_a_credential_that_the_contract_takes_and_a_stranger_does_not(
    client: TestClient, papers: IssuerPapers, faces: Faces
) -> None:
    assert put_reference(client, papers, 7, faces.lender).status_code == 204
    stranger = show(client, papers, 7, faces.stranger).json()
    assert (stranger["decision"], stranger["credential"], stranger["attempts_left"]) == ("official", None, 4)
    answer = show(client, papers, 7, faces.lender_again).json()
    assert (answer["decision"], answer["attempts_left"]) == ("accepted", 3), answer
    credential = answer["credential"]
    changes = {"credentialExpiresAt": credential["expires_at"], "credentialSignature": bytes.fromhex(credential["signature"][2:])}
    papers.poll.cast(papers.poll.vote(7, 2), **changes)
    assert papers.poll.ballot_of(7) == (2, 1)

    again = show(client, papers, 7, faces.stranger).json()
    assert again["credential"] == credential, "the key that proved itself gets the same credential again"
    other_key = show(client, papers, 7, faces.stranger, key=secret("a thief's phone")).json()
    assert (other_key["decision"], other_key["credential"]) == ("official", None)


def test_the_log_has_the_band_and_the_consent_and_nothing_of_the_face(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    put_reference(client, papers, 7, faces.lender)
    show(client, papers, 7, faces.stranger)
    show(client, papers, 7, faces.lender_again)
    switched, stored, agreed, declined, _, issued = log_of(client)
    assert switched["kind"] == "liveness_switched_off", "said loudly"
    assert (stored["kind"], agreed["kind"]) == ("reference_stored", "consent_given")
    assert (declined["kind"], declined["band"], declined["reasons"]) == ("face_declined", "far", ["DoesNotMatch"])
    assert (issued["kind"], issued["way"], issued["reasons"]) == ("credential", "face", ["Matches"])
    assert issued["band"] in {"clear", "accepted"}
    shown = papers.consent(7)["consent"]
    assert issued["consent"] == agreed["consent"] == {**shown, "agreed_at": "2026-01-05T01:30:00Z"}
    expected = {"seq", "prev_hash", "poll_seq", "poll_prev", "hash", "time", "kind", "chain_id", "poll", "index", "ballot_key"}
    expected |= {"issued_at", "expires_at", "digest", "verifier", "identity_file"}
    assert set(issued) == expected | {"way", "band", "reasons", "model", "references", "probes", "liveness", "consent"}
    (file,) = [entry for entry in whole_log(client)["entries"] if entry["kind"] == "identity_file"]
    assert issued["identity_file"] == file["file_hash"]
    assert client.app.state.issuer.verify_log().seq == 9, "with what the poll is, and the file that binds the face"  # type: ignore[attr-defined]


def test_without_reference_or_consent_there_is_no_comparison(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    answer = show(client, papers, 8, faces.lender).json()
    assert (answer["decision"], answer["credential"], answer["attempts_left"]) == ("official", None, 5)
    assert "两名工作组人员" in answer["reason_zh"]
    refused = show(client, papers, 9, faces.lender, consented=False)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "ConsentMissing")
    assert "两名工作组人员" in refused.json()["error"]["message_zh"]
    assert [entry["kind"] for entry in log_of(client)] == ["liveness_switched_off", "consent_given"]


def test_officials_read_why_the_machine_did_not_accept_and_no_figure(
    client: TestClient, papers: IssuerPapers, faces: Faces, clock: Clock
) -> None:
    put_reference(client, papers, 7, faces.lender)
    show(client, papers, 7, faces.stranger)
    show(client, papers, 7, faces.lender_again)
    answer = client.get("/v1/declined", **papers.log_request(clock.seconds, index=7))
    assert answer.status_code == 200, answer.text
    (entry,) = answer.json()["declined"]
    assert set(entry) == {"seq", "time", "kind", "band", "reasons"}
    assert [reason["code"] for reason in entry["reasons"]] == ["DoesNotMatch"]
    assert "两名工作组人员" in entry["reasons"][0]["zh"]
    assert client.get("/v1/declined", params={"poll": papers.address, "index": 8}, headers=OPERATOR).json() == {"declined": []}
    assert client.get("/v1/declined", params={"poll": papers.address, "index": -1}, headers=OPERATOR).status_code == 422
    stranger = client.get("/v1/declined", params={"poll": papers.address, "index": 7})
    assert (stranger.status_code, code_of(stranger)) == (401, "RelayNotProved")


def test_the_page_shows_the_consent_that_the_issuer_has_on_file() -> None:
    messages = json.loads((Path(__file__).parents[4] / "backend/web/messages/booth.json").read_text("utf-8"))
    newest = [text for text in texts() if text.version == max(each.version for each in texts())]
    assert {text.language for text in newest} == {"zh", "en"}
    for text in newest:
        shown = [messages[f"consent_{number}"][text.language] for number in range(1, len(text.points) + 1)]
        assert shown == text.points
        assert messages["consent_title"][text.language] == text.title
        assert messages["consent_tick"][text.language] == text.tick
    script = (Path(__file__).parents[4] / "backend/web/src/booth/consent.js").read_text("utf-8")
    assert f'const VERSION = "{newest[0].version}";' in script


def test_a_consent_is_to_words_that_are_on_file(client: TestClient, papers: IssuerPapers) -> None:
    unknown: list[dict[str, Any]] = [{"text_hash": "0x" + "00" * 32}, {"language": "en"}, {"version": "2020-01"}]
    for changes in unknown:
        refused = consent(client, papers, 7, **changes)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "ConsentTextUnknown")
    unreadable: list[dict[str, Any]] = [{"text_hash": "0x12"}, {"language": "fr"}, {"version": "张三 2026"}, {"agreed_at": "today"}]
    for changes in unreadable:
        assert consent(client, papers, 7, **changes).status_code == 422
    given = consent(client, papers, 7)
    assert given.status_code == 201
    (entry,) = [entry for entry in log_of(client) if entry["kind"] == "consent_given"]
    assert given.json()["log"] == {"seq": entry["seq"], "hash": entry["hash"]}
    on_file = {text["text_hash"]: text for text in client.get("/v1/consents/texts").json()["texts"]}
    said = on_file[entry["consent"]["text_hash"]]
    words = "\n".join([said["title"], *said["points"], said["tick"]])
    assert "0x" + keccak(words.encode()).hex() == said["text_hash"], "the log leads to the words"


def test_who_withdraws_is_forgotten_and_keeps_the_other_way(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    put_reference(client, papers, 7, faces.lender)
    put_reference(client, papers, 8, faces.stranger)
    assert show(client, papers, 7, faces.lender_again).json()["decision"] == "accepted"
    answer = client.post("/v1/consents/withdrawal", json=papers.withdrawal(7)).json()
    certificate = answer["certificate"]
    assert answer["erased"] is True
    assert (certificate["scope"], certificate["reason"], certificate["count"]) == ("lender", "consent_withdrawn", 1)
    check(certificate, "deletion", client.get("/v1/identity").json()["address"])
    assert client.app.state.issuer.stored_faces() == 1  # type: ignore[attr-defined]
    assert show(client, papers, 7, faces.lender, consented=False).json()["error"]["code"] == "ConsentMissing"
    again = client.post("/v1/consents/withdrawal", json=papers.withdrawal(7)).json()
    assert (again["erased"], again["certificate"]) == (True, None), "nothing was left to erase"
    assert client.post("/v1/credentials/vouched", json=papers.vouched(7)).status_code == 200


def test_the_relays_ticket_alone_gives_no_consent_and_takes_none_back(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    put_reference(client, papers, 7, faces.lender)
    consent(client, papers, 7)
    bare = papers.withdrawal(7)
    relays_own = secret("a key that the relay made")
    of_other = papers.withdrawal(7, relays_own)
    for forged in (
        {**bare, "signature": of_other["signature"]},
        {**bare, "signature": papers.ticket(7)["signature"]},
        {**bare, "said_at": 5},
    ):
        refused = client.post("/v1/consents/withdrawal", json=forged)
        assert (refused.status_code, code_of(refused)) == (403, "ConsentNotByKey")
    refused = client.post("/v1/consents/withdrawal", json=of_other)
    assert (refused.status_code, code_of(refused)) == (409, "ConsentNotOfThisKey"), "its own key never agreed"
    forged_consent = papers.consent(7) | {"signature": papers.consent(7, relays_own)["signature"]}
    assert code_of(client.post("/v1/consents", json=forged_consent)) == "ConsentNotByKey"

    assert consent(client, papers, 7, relays_own).status_code == 201, "a key of the relay's own may agree: for itself"
    answer = client.post("/v1/consents/withdrawal", json=of_other).json()
    assert (answer["erased"], answer["certificate"]) == (False, None)
    assert "工作组人员" in answer["reason_zh"]
    assert client.app.state.issuer.stored_faces() == 1, "nobody was met with that key"  # type: ignore[attr-defined]
    assert show(client, papers, 7, faces.lender_again, consented=False).json()["decision"] == "accepted", "the lender's consent stands"


def test_who_was_met_by_officials_has_the_face_erased(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    put_reference(client, papers, 7, faces.lender)
    consent(client, papers, 7)
    assert client.post("/v1/consents/withdrawal", json=papers.withdrawal(7)).json()["erased"] is False
    assert show(client, papers, 7, faces.lender_again, consented=False).json()["error"]["code"] == "ConsentMissing", (
        "no comparison any more"
    )
    assert client.post("/v1/credentials/vouched", json=papers.vouched(7)).status_code == 200
    answer = client.post("/v1/consents/withdrawal", json=papers.withdrawal(7)).json()
    assert (answer["erased"], answer["certificate"]["count"]) == (True, 1)


def test_words_about_consent_are_bounded(client: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    """Each stands in the log for good, and the relay can make as many keys as it likes."""
    answers = [consent(client, papers, 7, secret("relay's own key", number)).status_code for number in range(CONSENTS_A_MINUTE + 1)]
    assert answers == [201] * CONSENTS_A_MINUTE + [429]
    assert consent(client, papers, 8).status_code == 201, "another lender"
    clock.seconds += 60
    assert consent(client, papers, 7).status_code == 201


def test_an_earlier_word_of_a_key_does_not_come_back(client: TestClient, papers: IssuerPapers) -> None:
    given, taken = papers.consent(7), papers.withdrawal(7)
    assert client.post("/v1/consents", json=given).status_code == 201
    assert client.post("/v1/consents", json=given).status_code == 201, "the same again while it stands"
    assert client.post("/v1/consents/withdrawal", json=taken).status_code == 200
    replayed = client.post("/v1/consents", json=given)
    assert (replayed.status_code, code_of(replayed)) == (409, "ConsentOutdated")
    assert client.post("/v1/consents", json=papers.consent(7, said_at=taken["said_at"] + 1)).status_code == 201
    assert code_of(client.post("/v1/consents/withdrawal", json=taken)) == "ConsentOutdated"


def test_five_comparisons_an_hour_however_many_come_at_once(client: TestClient, papers: IssuerPapers, faces: Faces, clock: Clock) -> None:
    put_reference(client, papers, 7, faces.lender)
    answers: list[dict[str, Any]] = []
    visitors = [threading.Thread(target=lambda: answers.append(show(client, papers, 7, faces.stranger).json())) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len([entry for entry in log_of(client) if entry["kind"] == "face_declined"]) == 5
    assert all((answer["decision"], answer["credential"]) == ("official", None) for answer in answers)
    genuine = show(client, papers, 7, faces.lender_again).json()
    assert (genuine["decision"], genuine["attempts_left"]) == ("official", 0)
    assert "投票权不受影响" in genuine["reason_zh"]
    assert client.post("/v1/credentials/vouched", json=papers.vouched(7)).status_code == 200, "the other way stays open"
    clock.seconds += 3_601
    assert show(client, papers, 7, faces.lender_again, key=secret("a new phone")).json()["decision"] == "accepted"


def test_after_a_clock_was_set_back_the_hours_tries_are_over_in_an_hour(
    client: TestClient, papers: IssuerPapers, faces: Faces, clock: Clock
) -> None:
    put_reference(client, papers, 7, faces.lender)
    for _ in range(5):
        show(client, papers, 7, faces.stranger)
    clock.stepped -= 86_400
    assert show(client, papers, 7, faces.lender_again).json()["attempts_left"] == 0
    clock.seconds += 3_601
    assert show(client, papers, 7, faces.lender_again).json()["decision"] == "accepted"


def test_hostile_pictures_get_a_reason_and_use_up_no_comparison(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    put_reference(client, papers, 7, faces.lender)
    for name, (_, code) in HOSTILE.items():
        data = hostile(name)
        answer = show(client, papers, 7, data)
        assert answer.status_code == 200, name
        body = answer.json()
        assert (body["decision"], body["credential"], body["attempts_left"]) == ("again", None, 5), name
        refused = put_reference(client, papers, 7, data)
        assert (refused.status_code, refused.json()["error"]["details"]["reason"]) == (422, code), name
    assert show(client, papers, 7, faces.lender_again).json()["decision"] == "accepted"
    four = show(client, papers, 9, *[faces.lender] * 4)
    assert (four.status_code, four.json()["error"]["code"]) == (422, "FieldsNotReadable")
    none = client.post(FACE, data=papers.face(9), files={"other": b"x"})
    assert (none.status_code, none.json()["error"]["code"]) == (422, "ProbeMissing")


def test_pictures_that_cannot_be_used_are_bounded_too(settings: IssuerSettings, papers: IssuerPapers, faces: Faces) -> None:
    with TestClient(create_app(settings.model_copy(update={"pictures_an_hour": 3}))) as client:
        put_reference(client, papers, 7, faces.lender)
        decisions = [show(client, papers, 7, b"no picture").json()["decision"] for _ in range(4)]
        assert decisions == ["again", "again", "again", "official"]


def test_no_photo_touches_the_disk(
    settings: IssuerSettings, client: TestClient, papers: IssuerPapers, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a photo was about to be written to the disk")

    big = faces.lender + b"\0" * (2 * 1024 * 1024)  # above the framework's bound of 1 MB for files in memory
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", refuse)
    assert put_reference(client, papers, 7, big).status_code == 204
    assert show(client, papers, 7, faces.lender_again, big).status_code == 200
    for path in settings.data_dir.rglob("*"):
        content = path.read_bytes()
        assert faces.lender[1000:1064] not in content, path
        assert faces.lender_again[1000:1064] not in content, path


def test_a_reference_is_sealed_to_its_lender_bounded_and_erased_after_the_close(
    settings: IssuerSettings, client: TestClient, papers: IssuerPapers, faces: Faces
) -> None:
    for _ in range(5):
        assert put_reference(client, papers, 7, faces.lender).status_code == 204
    assert put_reference(client, papers, 7, faces.lender).json()["error"]["code"] == "TooManyReferences"
    assert put_reference(client, papers, 24, faces.lender).json()["error"]["code"] == "IndexNotInRegister"

    database = sqlite3.connect(settings.data_dir / "issuer.sqlite3")
    rows = database.execute("SELECT sealed, wrapped FROM faces").fetchall()
    assert {(len(sealed), len(wrapped)) for sealed, wrapped in rows} == {(12 + 512 + 16, 8 + 12 + 32 + 16)}
    assert len({sealed for sealed, _ in rows}) == len({wrapped for _, wrapped in rows}) == 5
    database.execute("UPDATE faces SET lender = 8 WHERE id = 1")
    database.commit()
    assert show(client, papers, 8, faces.lender).json()["decision"] == "official", "nobody bound this photo to this lender"
    bind(client, papers, 8, faces.lender)
    moved = show(client, papers, 8, faces.lender, consented=False)
    assert (moved.status_code, moved.json()["error"]["code"]) == (503, "ReferenceNotOpened")

    papers.poll.chain.warp(papers.poll.terms.closes_at)
    assert show(client, papers, 7, faces.lender_again).json()["error"]["code"] == "PollClosed"
    assert database.execute("SELECT count(*) FROM faces").fetchone() == (0,)
    assert log_of(client)[-1] | {"count": 5} == log_of(client)[-1]
    database.close()


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", TOKEN[:-1], "\u00e9"])
def test_only_the_operator_puts_references(client: TestClient, papers: IssuerPapers, token: str) -> None:
    headers = [(b"authorization", f"Bearer {token}".encode())]
    answer = client.post("/v1/references", data={"poll": papers.address, "index": "7"}, files={"image": b"x"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "OperatorTokenWrong")


@pytest.mark.usefixtures("no_worker_yet")
def test_without_the_face_library_the_other_way_stays_open(
    client: TestClient, papers: IssuerPapers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pkg_resources.py").write_text("raise ImportError('gone')")
    monkeypatch.syspath_prepend(tmp_path)
    answer = put_reference(client, papers, 7, b"a photo")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "FacesUnavailable")
    assert client.post("/v1/credentials/vouched", json=papers.vouched(7)).status_code == 200


def test_a_request_that_is_no_form_is_named(client: TestClient, papers: IssuerPapers) -> None:
    requests: list[dict[str, Any]] = [
        {"json": papers.request(7)},
        {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": {"request": "{"}, "files": {"probe": b"x"}},
        {"data": {"request": "[]"}, "files": {"probe": b"x"}},
        {"data": {"request": json.dumps({"poll": 1})}, "files": {"probe": b"x"}},
        {"files": {"request": b"{}", "probe": b"x"}},
        {"data": {**papers.face(7), "probe": "text"}, "files": {"other": b"x"}},
    ]
    for request in requests:
        answer = client.post(FACE, **request)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "FieldsNotReadable"), request
