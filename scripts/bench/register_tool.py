"""The officials' tool on a register of 100,000 claims, beside what the service takes to import and draw it up. One JSON line at the end."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

SECONDS_AT_MOST = 60
PASSWORD = "bench bench"  # noqa: S105 seals invented lenders in a folder that is deleted
CASE = "0x" + "11" * 20
say = Console(stderr=True)


def make_papers(lenders: int, folder: Path, file_format: str) -> dict[str, float]:
    """Claims file and openings, as service and desk make them; in a process of its own, so that the tool's memory is its own."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_make_papers, args=(sender, lenders, folder, file_format))
    process.start()
    sender.close()
    try:
        figures: dict[str, float] = receiver.recv()
    except EOFError:
        raise RuntimeError("the papers could not be made") from None
    finally:
        process.join()
    return figures


def _make_papers(sender: Any, lenders: int, folder: Path, file_format: str) -> None:
    from backend.case.register.drawing import RegisterDrawer
    from backend.case.register.imports import ImportDesk
    from backend.case.register.openings import OpeningLines, sealed
    from backend.case.register.sealing import RegisterSeal
    from backend.case.register.trees import TreeShelf
    from backend.ground.common.clock import SystemClock
    from backend.ground.common.sealed import FieldCipher
    from backend.ground.db.base import Base
    from backend.ground.db.sessions import open_engine, open_sessions
    from scripts.generate.claims import generate

    path, _ = generate(lenders, seed=7, out=folder, file_format=file_format, classes=3)
    engine = open_engine(f"sqlite:///{folder / 'bench.sqlite3'}")
    Base.metadata.create_all(engine, tables=[table for name, table in Base.metadata.tables.items() if name.startswith("register_")])
    sessions, seal = open_sessions(engine), RegisterSeal(FieldCipher(bytes(32)))
    began = time.monotonic()
    report = ImportDesk(sessions, seal, SystemClock()).run("bench", path, path.name, dry_run=False, progress=lambda *_: None)
    imported = time.monotonic()
    register = RegisterDrawer(sessions, seal, TreeShelf(sessions), SystemClock()).prepare("bench", 0, with_related=False)
    drawn = time.monotonic()
    with (folder / "openings.lvo").open("wb") as file:
        for piece in sealed(OpeningLines(sessions, seal).of(register, CASE, 1, report.claims_keccak), PASSWORD):
            file.write(piece)
    made = time.monotonic()
    path.rename(folder / "claims")
    sender.send({"import_s": imported - began, "draw_s": drawn - imported, "openings_s": made - drawn, "claims": report.rows})


def run_tool(folder: Path) -> dict[str, Any]:
    """The tool as an official runs it: its own answer, with seconds and megabytes. Raises: RuntimeError when it finds anything."""
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    files = ["--claims", str(folder / "claims"), "--openings", str(folder / "openings.lvo"), "--password-file", str(folder / "password")]
    measured = (
        "import sys; from scripts.rig.memory import peak_mb; from verifier.register.__main__ import main; status = main(sys.argv[1:]); "
    )
    measured += "print(peak_mb()); sys.exit(status)"
    command = [
        sys.executable,
        "-c",
        measured,
        *files,
        "--case",
        CASE,
        "--chain-id",
        "1",
        "--register-number",
        "0",
        "--json",
        "--protocol",
        "3",
    ]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    *_, answer, megabytes = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(answer)
    return found | {"tool_s": seconds, "peak_mb": int(megabytes)}


def main() -> int:
    """0 when the tool found nothing wrong in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=100_000, help="about so many claims")
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    given = parser.parse_args()
    figures: dict[str, Any] = {"claims": 0, "leaves": 0, "findings": -1, "tool_ms": -1, "at_most_ms": SECONDS_AT_MOST * 1000}
    try:
        with tempfile.TemporaryDirectory() as folder:
            made = make_papers(round(given.claims / 1.06), Path(folder), given.format)
            found = run_tool(Path(folder))
    except RuntimeError as error:
        say.print(str(error), markup=False)
        print(json.dumps(figures))
        return 1
    figures |= {"claims": int(made["claims"]), "leaves": found["leaves"], "findings": found["findings"], "peak_mb": found["peak_mb"]}
    figures |= {"tool_ms": round(found["tool_s"] * 1000)} | {f"{name}_ms": round(s * 1000) for name, s in found["seconds"].items()}
    service_s = made["import_s"] + made["draw_s"]
    figures |= {"service_ms": round(service_s * 1000), "openings_ms": round(made["openings_s"] * 1000)}
    figures["tool_percent_of_service"] = round(100 * found["tool_s"] / service_s)
    say.print(f"{figures['claims']:,} claims: {found['tool_s']:.1f} s, {found['peak_mb']} MB; import and draft: {service_s:.1f} s")
    print(json.dumps(figures))
    return 0 if figures["tool_ms"] <= figures["at_most_ms"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
