"""Import and freeze of 50,000 and 400,000 lenders; the freeze without its transaction. One JSON line at the end."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from scripts.rig.memory import peak_mb

SIZES = (50_000, 400_000)
say = Console(stderr=True)


def measure(lenders: int, folder: Path) -> dict[str, float]:
    """Seconds and megabytes for one size, in a process of its own so that sizes do not share a peak. Raises: RuntimeError."""
    context = multiprocessing.get_context("spawn")
    maker = context.Process(target=_make_file, args=(lenders, folder))  # apart, because a child inherits its parent's peak
    maker.start()
    maker.join()
    path = next(folder.glob(f"claims-{lenders}-*"))
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measure_into, args=(sender, path, folder / f"{lenders}.sqlite3"))
    process.start()
    sender.close()
    try:
        figures: dict[str, float] = receiver.recv()
    except EOFError:
        raise RuntimeError(f"the measurement of {lenders} lenders ended early") from None
    finally:
        process.join()
    return figures


def _make_file(lenders: int, folder: Path) -> None:
    from scripts.generate.claims import generate

    generate(lenders, seed=7, out=folder, classes=2)


def _measure_into(sender: Connection, path: Path, database: Path) -> None:
    from backend.case.register.drawing import RegisterDrawer
    from backend.case.register.imports import ImportDesk
    from backend.case.register.sealing import RegisterSeal
    from backend.case.register.trees import TreeShelf
    from backend.ground.common.clock import SystemClock
    from backend.ground.common.sealed import FieldCipher
    from backend.ground.db.base import Base
    from backend.ground.db.sessions import open_engine, open_sessions

    engine = open_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine, tables=[table for name, table in Base.metadata.tables.items() if name.startswith("register_")])
    sessions, seal = open_sessions(engine), RegisterSeal(FieldCipher(bytes(32)))
    with Progress(console=say, transient=True) as progress:
        task = progress.add_task("importing")
        began = time.monotonic()
        report = ImportDesk(sessions, seal, SystemClock()).run(
            "bench", path, path.name, dry_run=False, progress=lambda done, total: progress.update(task, completed=done, total=total)
        )
        imported = time.monotonic()
    RegisterDrawer(sessions, seal, TreeShelf(sessions), SystemClock()).prepare("bench", 0, with_related=False)
    frozen = time.monotonic()
    # The largest process; the freeze's workers hold one chunk each.
    sender.send({"import_s": imported - began, "freeze_s": frozen - imported, "mb": peak_mb(), "rows": report.rows})


def main() -> int:
    """0 when all sizes were measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    figures: dict[str, float] = {"peak_mb": 0}
    with tempfile.TemporaryDirectory() as folder:
        for lenders in parser.parse_args().sizes:
            found = measure(lenders, Path(folder))
            name = f"{lenders // 1000}k" if lenders >= 1000 else str(lenders)
            figures[f"import_{name}_s"] = round(found["import_s"], 1)
            figures[f"freeze_{name}_s"] = round(found["freeze_s"], 1)
            figures["peak_mb"] = max(figures["peak_mb"], round(found["mb"]))
            say.print(f"{lenders} lenders: {found['rows']} rows, import {found['import_s']:.1f} s, freeze {found['freeze_s']:.1f} s")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
