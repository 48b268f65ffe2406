"""The demo's camera: a photo that a program moves goes through the same sessions as anybody, and to officials as anybody."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from scripts.rig.camera import MOST_SESSIONS, Camera, straightest
from tests.verifier.face.photos import Faces
from tests.verifier.face.pictures_made import encode, pattern
from tests.verifier.issuer.asking import as_client, log_of
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.issuer.ways.test_face import consent, put_reference
from verifier.face.frames import FrameReader
from verifier.face.lab.puppet import Puppet


@pytest.fixture
def camera(faces: Faces, reader: FrameReader) -> Camera:
    return Camera(Puppet(faces.lender, reader), random.Random(5))


def test_a_moved_photo_gets_its_credential_by_a_session(client: TestClient, papers: IssuerPapers, faces: Faces, camera: Camera) -> None:
    put_reference(client, papers, 7, faces.lender)
    consent(client, papers, 7)
    credential = camera.credential(as_client(client), papers.request(7))
    assert credential is not None
    assert 1 <= camera.sessions <= MOST_SESSIONS
    entry = log_of(client)[-1]
    assert entry["kind"] == "credential"
    assert entry["liveness"][0]["step"] == "neutral"


def test_who_is_not_accepted_goes_to_officials_after_a_few_sessions(
    client: TestClient, papers: IssuerPapers, faces: Faces, camera: Camera
) -> None:
    put_reference(client, papers, 8, faces.stranger)
    for index in (8, 9):
        consent(client, papers, index)
    assert camera.credential(as_client(client), papers.request(8)) is None
    assert 1 <= camera.sessions <= MOST_SESSIONS
    seen = camera.sessions
    assert camera.credential(as_client(client), papers.request(9)) is None, "no reference: officials at once"
    assert camera.sessions == seen


def test_the_straightest_photo_is_moved(tmp_path: Path, faces: Faces, reader: FrameReader) -> None:
    photos = {"straight": faces.lender, "turned": faces.lender_again, "nobody": encode(pattern())}
    paths = [tmp_path / f"{name}.jpg" for name in photos]
    for path, photo in zip(paths, photos.values(), strict=True):
        path.write_bytes(photo)
    yaws = [abs(reader.read(path.read_bytes(), None).pose.yaw) for path in paths[:2]]
    assert straightest(paths, reader) == paths[yaws.index(min(yaws))]
    assert straightest(paths[2:], reader) is None
