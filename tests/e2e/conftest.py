"""One running stack and one browser for all journeys that leave its poll open; what closes a poll opens a stack of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scripts.rig.chromium import chromium_path
from tests.e2e.figures import COUNTED, FIGURES, note_most
from tests.e2e.stack import OpenVote, open_vote

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: Set by `make e2e`, whose last line the figures are.
ASKED_FOR_FIGURES = "LENDERVOTE_E2E_FIGURES"
ROOT = Path(__file__).resolve().parents[2]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The closing line, after everything else."""
    if os.environ.get(ASKED_FOR_FIGURES) and not is_worker(config):
        print(json.dumps(FIGURES))


def is_worker(config: pytest.Config) -> bool:
    """Whether this is one of pytest-xdist's processes that run tests, and another one tells of them."""
    return hasattr(config, "workerinput")


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Every test of this folder that went through is one journey."""
    if call.when == "call" and call.excinfo is None and item.nodeid.startswith("tests/e2e/"):
        FIGURES["journeys"] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a worker counted goes to the process that tells."""
    if is_worker(session.config):
        session.config.workeroutput["e2e_figures"] = FIGURES  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One worker has ended: how often is added, the most stays the most."""
    for name, value in getattr(node, "workeroutput", {}).get("e2e_figures", {}).items():
        if name in COUNTED:
            FIGURES[name] += value
        else:
            note_most(name, value)


@pytest.fixture(scope="session")
def camera_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's camera sees: a file that a test may replace; it is read anew whenever the camera is opened."""
    return tmp_path_factory.mktemp("camera") / "clip.mjpeg"


def ready_to_browse() -> str:
    """The browser's path; skips the test when this machine lacks what journeys need."""
    path = chromium_path()
    if path is None:
        pytest.skip("needs Chromium: install it with your system's packages (Debian: `apt-get install chromium`)")
    if not (ROOT / "node_modules" / "esbuild").exists():
        pytest.skip("needs the page bundler: run `make setup`")
    return path


@pytest.fixture(scope="session")
def browser(camera_clip: Path) -> Iterator[Browser]:
    path = ready_to_browse()
    from playwright.sync_api import sync_playwright

    from scripts.build.web import build

    build()
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera_clip}"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *camera])
        yield started
        started.close()


@pytest.fixture(scope="session")
def vote(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    """Backend, issuer and chain with an open poll; `browser` comes first so that a machine without one starts nothing."""
    with open_vote(tmp_path_factory.mktemp("e2e")) as opened:
        yield opened
