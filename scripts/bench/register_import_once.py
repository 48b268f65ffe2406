"""One import into a new database, by the sources of the working folder: `python scripts/bench/register_import_once.py FILE`. One JSON line.

It stands alone, because an earlier checkout's `scripts` has no such file and its rooms may have other addresses.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

#: Where a room may stand, newest first.
STOREYS = ("backend.ground.", "backend.case.", "backend.")


def module(name: str) -> ModuleType:
    """A module of the backend wherever this checkout has it. Raises: ModuleNotFoundError."""
    for storey in STOREYS:
        try:
            return importlib.import_module(storey + name)
        except ModuleNotFoundError as error:
            if error.name is None or not (storey + name).startswith(error.name):
                raise  # it is there, and lacks a library
    raise ModuleNotFoundError(name)


def stay_inside(checkout: Path) -> None:
    """An installed backend would be found where the checkout has none, and be measured against itself. Raises: ModuleNotFoundError."""
    found = importlib.import_module("backend").__file__
    if found is None or not Path(found).is_relative_to(checkout):
        raise ModuleNotFoundError(f"no backend in {checkout}")


def main(file: Path) -> None:
    """Read, check, merge, seal and store every row."""
    base, sessions = module("db.base").Base, module("db.sessions")
    seal = module("register.sealing").RegisterSeal(module("common.sealed").FieldCipher(bytes(32)))
    desk, clock = module("register.imports").ImportDesk, module("common.clock").SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        engine = sessions.open_engine(f"sqlite:///{folder}/register.sqlite3")
        base.metadata.create_all(engine, tables=[table for name, table in base.metadata.tables.items() if name.startswith("register_")])
        began = time.monotonic()
        report = desk(sessions.open_sessions(engine), seal, clock).run("bench", file, file.name, dry_run=False, progress=lambda *_: None)
        print(json.dumps({"rows": report.rows, "milliseconds": round(1000 * (time.monotonic() - began))}))


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    stay_inside(Path.cwd())
    main(Path(sys.argv[1]))
