"""In front of the camera over HTTP: steps told one by one, one decision, no way round."""

from __future__ import annotations

import random
from typing import Any

from fastapi.testclient import TestClient

from scripts.rig.camera import Camera
from tests.verifier.face.photos import Faces
from tests.verifier.issuer.asking import as_client, log_of
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.issuer.ways.test_face import consent, put_reference, show
from verifier.face.challenge import KINDS
from verifier.face.frames import FrameReader
from verifier.face.lab.puppet import Act, Puppet
from verifier.face.replays import Look
from verifier.issuer import session_store

TRIES = 3
MISREAD = {"StepTooLate", "WrongStep", "PersonChanged"}


def begin(client: TestClient, papers: IssuerPapers, index: int, **changes: Any) -> Any:
    consent(client, papers, index)
    return client.post("/v1/sessions", json=papers.request(index, **changes))


def send(client: TestClient, view: dict[str, Any], *frames: bytes, nonce: str | None = None) -> Any:
    files = [("frame", ("f.jpg", frame, "image/jpeg")) for frame in frames]
    return client.post(f"/v1/sessions/{view['id']}/frames", data={"nonce": nonce or view["nonce"]}, files=files)


def decide(client: TestClient, view: dict[str, Any]) -> Any:
    return client.post(f"/v1/sessions/{view['id']}/decision", json={"nonce": view["nonce"]})


def begun_and_acted_out(client: TestClient, papers: IssuerPapers, index: int, puppet: Puppet) -> dict[str, Any]:
    """A session that was seen to its end; a machine now and then misreads a willing person, who then begins again."""
    for _ in range(TRIES):
        view = act_out(client, begin(client, papers, index).json(), puppet)
        if view["state"] == "ready":
            return view
        assert view["reason_code"] in MISREAD, view
    raise AssertionError(f"refused {TRIES} times one after the other: {view}")


def act_out(client: TestClient, view: dict[str, Any], puppet: Puppet) -> dict[str, Any]:
    """Follow what the page is told, step by step, until the session ends."""
    view = Camera(puppet, random.Random(3)).followed(as_client(client), view)
    assert view["state"] != "watching", view
    return view


def test_a_session_leads_to_a_credential_and_its_recording_does_not(
    client: TestClient, papers: IssuerPapers, faces: Faces, reader: FrameReader
) -> None:
    assert client.get("/healthz").json()["liveness"] == "required"
    assert show(client, papers, 7, faces.lender_again).json()["error"]["code"] == "LivenessRequired"
    put_reference(client, papers, 7, faces.lender_again)
    opened = begin(client, papers, 7)
    assert opened.status_code == 201, opened.text
    view = opened.json()
    assert (view["state"], view["step"]["kind"], view["step"]["number"]) == ("watching", "neutral", 0)
    assert decide(client, view).json()["error"]["code"] == "SessionNotReady"
    view = ready = begun_and_acted_out(client, papers, 7, Puppet(faces.lender, reader))
    assert (ready["state"], ready["reason_code"]) == ("ready", ""), ready
    answer = decide(client, view)
    assert answer.status_code == 200
    assert answer.json()["decision"] in {"accepted", "again"}, "one photo that a program moves is near the lender, at least"
    assert decide(client, view).json()["error"]["code"] == "SessionUnknown", "a session gives one decision"
    entry = log_of(client)[-1]
    assert entry["liveness"][0]["step"] == "neutral"
    assert len(entry["liveness"]) == 4
    assert not any(isinstance(value, float) for seen in entry["liveness"] for value in seen.values()), "figures are kept apart, for a time"
    assert entry["signals_digest"].startswith("0x")
    assert entry["frames_digest"].startswith("0x")


def test_a_stranger_who_does_every_step_is_not_the_lender(
    client: TestClient, papers: IssuerPapers, faces: Faces, reader: FrameReader
) -> None:
    put_reference(client, papers, 7, faces.lender_again)
    view = begun_and_acted_out(client, papers, 7, Puppet(faces.stranger, reader))
    assert decide(client, view).json()["decision"] == "official"


def test_without_the_nonce_nothing_is_watched_and_time_ends_a_session(
    client: TestClient, papers: IssuerPapers, faces: Faces, reader: FrameReader, clock: Clock
) -> None:
    put_reference(client, papers, 7, faces.lender_again)
    view = begin(client, papers, 7).json()
    still = Puppet(faces.lender, reader).show(Act())
    assert send(client, view, still, nonce="guessed").status_code == 404
    assert send(client, view, *[still] * 13).status_code == 422
    shown = send(client, view, still, still, still).json()
    assert shown["step"]["number"] == 1
    assert shown["step"]["kind"] in KINDS
    clock.seconds += 9
    late = send(client, view, still).json()
    assert (late["state"], late["reason_code"]) == ("failed", "StepTooLate")
    assert log_of(client)[-1]["kind"] == "liveness_failed"
    assert log_of(client)[-1]["reasons"] == ["StepTooLate"]


def test_a_clock_that_steps_neither_ends_a_session_nor_keeps_it(
    client: TestClient, papers: IssuerPapers, faces: Faces, reader: FrameReader, clock: Clock
) -> None:
    put_reference(client, papers, 7, faces.lender_again)
    view = begin(client, papers, 7).json()
    still = Puppet(faces.lender, reader).show(Act())
    for step in (3600, -7200):
        clock.stepped += step
        assert send(client, view, still, still).json()["state"] == "watching"
    clock.seconds += 9
    assert send(client, view, still).json()["reason_code"] == "StepTooLate"


def test_after_a_clock_was_set_back_the_hours_sessions_are_over_in_an_hour(
    client: TestClient, papers: IssuerPapers, faces: Faces, clock: Clock
) -> None:
    put_reference(client, papers, 7, faces.lender_again)
    assert [begin(client, papers, 7).json()["state"] for _ in range(11)] == ["watching"] * 10 + ["official"]
    clock.stepped -= 86_400
    assert begin(client, papers, 7).json()["state"] == "official"
    clock.seconds += 3_601
    assert begin(client, papers, 7).json()["state"] == "watching"


def test_hostile_frames_are_hints_and_sessions_are_counted(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    assert (
        begin(client, papers, 8).json() | {"state": "official", "id": None, "reason_code": "NoReference"} == begin(client, papers, 8).json()
    )
    put_reference(client, papers, 7, faces.lender_again)
    view = begin(client, papers, 7).json()
    hint = send(client, view, b"no picture").json()
    assert (hint["state"], hint["reason_code"]) == ("watching", "NotAPicture")
    views = [begin(client, papers, 7).json()["state"] for _ in range(10)]
    assert views == ["watching"] * 9 + ["official"]


def test_a_device_has_so_many_sessions_whoever_the_lender_is(client: TestClient, papers: IssuerPapers, faces: Faces) -> None:
    for index in (9, 10, 11):
        put_reference(client, papers, index, faces.lender)
    states = [begin(client, papers, 9 + place // 8, device="one phone").json()["state"] for place in range(21)]
    assert states == ["watching"] * 20 + ["official"]
    assert begin(client, papers, 11, device="another phone").json()["state"] == "watching"


def test_what_an_earlier_version_remembered_of_sessions_hinders_nobody(client: TestClient, papers: IssuerPapers) -> None:
    with client.app.state.issuer._database.begin() as connection:  # type: ignore[attr-defined]
        session_store.keep_looks(connection, papers.address, 7, ["ff" * 128] * 4)
        assert session_store.looks_of(connection, papers.address, 7) == []
        session_store.keep_looks(connection, papers.address, 7, [str(Look(3, 1))])
        assert session_store.looks_of(connection, papers.address, 7) == [Look(3, 1)]
