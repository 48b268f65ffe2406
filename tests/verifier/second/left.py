"""What earlier releases left (tests/releases/README.md), for both recounts: their chain, and the poll that they decided."""

from __future__ import annotations

import tarfile
from contextlib import AbstractContextManager
from pathlib import Path

from tests.contracts.chain import anvil
from tests.verifier.second.second import ROOT

RELEASES = ROOT / "tests" / "releases"


def unpack(release: int, folder: Path) -> Path:
    """The installation of a release, in a folder of its own."""
    with tarfile.open(RELEASES / str(release) / "installation.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


def chain_of(installation: Path) -> AbstractContextManager[str]:
    """Its chain, running; gives the node's address."""
    return anvil("--load-state", str(installation / "chain" / "state.json"))


def decided(installation: Path) -> Path:
    """The published files of the one poll with a result."""
    (folder,) = (one.parent for one in (installation / "published").glob("*/result.json"))
    return folder
