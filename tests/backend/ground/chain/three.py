"""Nodes of three organisations before one real chain; somebody sits on each line."""

from __future__ import annotations

from pathlib import Path

from backend.ground.chain.service import Chain
from tests.backend.ground.chain.lines import Between
from tests.backend.ground.chain.world import RELAY_KEY, open_database, open_test_chain


class Three:
    """The embedded chain, lines of three organisations to it, and an app that knows them only."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.source = open_test_chain(folder, pump=False)
        self.lines = [Between(self.source.rpc_url) for _ in range(3)]
        named = zip(names, self.lines, strict=True)
        self.app = Chain(",".join(f"{name}={line.url}" for name, line in named), open_database(folder / "app.sqlite3"), RELAY_KEY)

    def stop(self) -> None:
        for line in self.lines:
            line.stop()
        self.source.stop()
