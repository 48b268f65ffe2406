"""Photos and a face room; tests that need photos skip with a sentence when there are none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.verifier.face.photos import Faces, find_faces
from verifier.face.worker import FaceRoom


@pytest.fixture(scope="session")
def faces() -> Faces:
    """Two photos of one person, one of another."""
    return find_faces()


@pytest.fixture(scope="session")
def room() -> Iterator[FaceRoom]:
    """One worker."""
    room = FaceRoom(workers=1)
    yield room
    room.close()
