"""A real Anvil with an open poll that names the issuer, and the issuer's application."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.contracts.ballot_box import make_register, secret
from tests.contracts.chain import Chain, anvil
from tests.contracts.world import OpenPoll
from tests.no_power_cuts import without_waiting_for_the_disk
from tests.verifier.face.photos import Faces, find_faces
from tests.verifier.issuer.asking import TOKEN
from tests.verifier.issuer.case_world import CaseWorld, fingerprint_of
from tests.verifier.issuer.lasting_workers import LastingRoom, end_all
from tests.verifier.issuer.papers import IssuerPapers
from verifier.face.errors import FaceLibraryMissing
from verifier.face.frames import FrameReader
from verifier.issuer import service, store
from verifier.issuer.http.app import create_app
from verifier.issuer.settings import IssuerSettings


@pytest.fixture(scope="session", autouse=True)
def _no_power_cuts() -> Iterator[None]:
    with without_waiting_for_the_disk(store):
        yield


@pytest.fixture(scope="session", autouse=True)
def _models_are_loaded_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "FaceRoom", LastingRoom)
        yield
        end_all()


@pytest.fixture
def no_worker_yet() -> None:
    """To be asked for before a client: its face room has to load the models itself."""
    end_all()


@pytest.fixture(scope="session")
def rpc_url() -> Iterator[str]:
    with anvil() as address:
        yield address


@pytest.fixture(scope="session")
def _prepared(rpc_url: str) -> OpenPoll:
    world = CaseWorld(Chain(rpc_url))
    register = make_register(24)
    world.freeze(register)
    world.admit(world.submit())
    poll = OpenPoll.announce(world, register, world.terms())
    poll.chain.warp(poll.terms.opens_at)
    return poll


@pytest.fixture
def poll(_prepared: OpenPoll) -> Iterator[OpenPoll]:
    """Open; what a test does to the chain is undone."""
    chain = _prepared.chain
    snapshot = chain.rpc("evm_snapshot")
    yield _prepared
    assert chain.rpc("evm_revert", snapshot)


@pytest.fixture
def papers(poll: OpenPoll) -> IssuerPapers:
    return IssuerPapers(poll)


@pytest.fixture(scope="session")
def reader() -> FrameReader:
    """Reads frames with the face library's models."""
    try:
        return FrameReader()
    except FaceLibraryMissing as error:
        pytest.skip(str(error))


class Clock:
    """The issuer's own clocks: `seconds` moves both, `stepped` only the one that can step."""

    def __init__(self) -> None:
        self.seconds = 1_767_225_600.0
        self.stepped = 0.0

    def __call__(self) -> float:
        return self.seconds + self.stepped

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path, rpc_url: str, poll: OpenPoll) -> IssuerSettings:
    """Two organisations, both of whom run the one node that there is here."""
    return IssuerSettings(
        _env_file=None,
        data_dir=tmp_path / "issuer",
        cases=fingerprint_of(poll.world),
        rpc_urls=f"Court={rpc_url}, Association={rpc_url.replace('127.0.0.1', 'localhost')}",
        key=SecretStr(secret("verifier").hex()),
        operator_token=SecretStr(TOKEN),
        allowed_origins=["https://vote.test"],
        face_workers=1,
        face_model="dlib",
    )


@pytest.fixture
def client(settings: IssuerSettings, clock: Clock) -> Iterator[TestClient]:
    """The issuer; an unexpected error is an answer 500 here, as it is outside."""
    with TestClient(create_app(settings, clock), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def faces() -> Faces:
    return find_faces()


With = Callable[..., contextlib.AbstractContextManager[TestClient]]


@pytest.fixture
def with_nodes(settings: IssuerSettings, clock: Clock) -> With:
    """An issuer with these nodes by organisation; whatever is not given is as in the settings."""

    @contextlib.contextmanager
    def made(changes: dict[str, Any] | None = None, **nodes: str) -> Iterator[TestClient]:
        rpc_urls = ", ".join(f"{name}={url}" for name, url in nodes.items())
        given = settings.model_copy(update={"rpc_urls": rpc_urls, **(changes or {})})
        with TestClient(create_app(given, clock), raise_server_exceptions=False) as client:
            yield client

    return made
