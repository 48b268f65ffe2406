"""What an installed part must do before it is released: each from an empty folder, with nothing of the checkout in reach."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from scripts.build.environment import Environment
from scripts.build.parts import ROOT

#: Made by the first release; its blocks are tied to no hash, so the recount says `not proved` and nothing worse.
BUNDLE = ROOT / "tests" / "releases" / "1" / "evidence.zip"
NOT_PROVED = 4
COMMAND_SECONDS, START_SECONDS = 180, 90
LOAD_FACES = """\
from verifier.face.worker import FaceRoom

if __name__ == "__main__":
    room = FaceRoom(workers=1)
    room.start()
    room.close()
"""
LOAD_SFACE = """\
import sys

from verifier.face.model_choice import SFACE
from verifier.face.worker import FaceRoom

if __name__ == "__main__":
    room = FaceRoom(workers=1, models=SFACE)
    room.start()
    room.close()
    import importlib.util

    sys.exit("dlib is installed" if importlib.util.find_spec("dlib") else 0)
"""
CONTRACTS = "from backend.ground.chain.artifacts import load; assert load('Poll').bytecode"
MODEL = "from backend.watch.outlook.models.running import model_hash; assert model_hash()"
NO_SCRIPTS = "import importlib.util as u; assert u.find_spec('scripts') is None, 'a package named scripts is installed'"


class Unfit(Exception):
    """An installed part does not do what it is installed for."""


def auditor(made: Environment, folder: Path) -> None:
    """Both recounts read the kept bundle, pip finds nothing missing, and the register tool starts."""
    _run(made, folder, "pip", "check")
    _run(made, folder, "lendervote-register", "--help")
    for name in ("lendervote-recount", "lendervote-second"):
        said = _run(made, folder, name, "--evidence", str(BUNDLE), "--json", status=NOT_PROVED)
        verdict = json.loads(said.splitlines()[-1])["recount"]
        if verdict != "not proved":
            raise Unfit(f"{name} says {verdict!r} of the kept bundle")


def backend(made: Environment, folder: Path) -> None:
    """The command line answers, a database is made, and the service serves with a chain of its own."""
    _run(made, folder, "lendervote", "--help")
    _run(made, folder, "python", "-c", f"{CONTRACTS}; {NO_SCRIPTS}")
    _run(made, folder, "lendervote", "init")
    port = _free_port()
    own = {"LENDERVOTE_PORT": str(port), "LENDERVOTE_ANVIL_PORT": str(_free_port()), "PATH": f"{_anvil()}:{os.environ['PATH']}"}
    _serves(made, folder, ("lendervote", "serve"), f"http://127.0.0.1:{port}/readyz", own)


def issuer(made: Environment, folder: Path) -> None:
    """The verifier starts and answers, without any face library."""
    _run(made, folder, "python", "-c", NO_SCRIPTS)
    port = _free_port()
    own = {
        "LENDERVOTE_ISSUER_PORT": str(port),
        "LENDERVOTE_ISSUER_DATA_DIR": str(folder / "issuer"),
        "LENDERVOTE_ISSUER_RPC_URLS": "DEMO=http://127.0.0.1:9",
        "LENDERVOTE_ISSUER_ONE_NODE": "yes",
    }
    _serves(made, folder, ("python", "-m", "verifier.issuer"), f"http://127.0.0.1:{port}/healthz", own)


def face(made: Environment, folder: Path) -> None:
    """A worker loads dlib and its models."""
    program = folder / "load_faces.py"
    program.write_text(LOAD_FACES)
    _run(made, folder, "python", str(program))


def sface(made: Environment, folder: Path) -> None:
    """The model files are fetched and prepared, and a worker loads them where there is no dlib."""
    _run(made, folder, "python", "-m", "verifier.face", "models")
    program = folder / "load_sface.py"
    program.write_text(LOAD_SFACE)
    _run(made, folder, "python", str(program))


def trustee(made: Environment, folder: Path) -> None:
    """The tool starts, and its word list is there."""
    _run(made, folder, "python", "-c", NO_SCRIPTS)
    _run(made, folder, "python", "-m", "verifier.trustee", "--help")
    _run(made, folder, "python", "-c", "from verifier.trustee.words import twelve_words; assert len(twelve_words(bytes(32))) == 12")


def outlook(made: Environment, folder: Path) -> None:
    """The model loads, and the command line knows its command."""
    _run(made, folder, "python", "-c", f"{MODEL}; {NO_SCRIPTS}")
    _run(made, folder, "lendervote", "outlook", "--help")


SMOKES: dict[str, Callable[[Environment, Path], None]] = {
    "auditor": auditor,
    "backend": backend,
    "issuer": issuer,
    "face": face,
    "sface": sface,
    "trustee": trustee,
    "outlook": outlook,
}


def _run(made: Environment, folder: Path, name: str, *words: str, status: int = 0) -> str:
    command = [made.command(name), *words]
    done = subprocess.run(command, cwd=folder, env=_plain(folder), capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS)
    if done.returncode != status:
        raise Unfit(f"{name} {' '.join(words)[:80]} ended with {done.returncode}: {(done.stderr or done.stdout)[-1500:]}")
    return done.stdout


def _serves(made: Environment, folder: Path, words: tuple[str, ...], url: str, own: dict[str, str]) -> None:
    """Start it, wait until the address answers 200, end it."""
    log = folder / "service.log"
    with log.open("wb") as out:
        command = [made.command(words[0]), *words[1:]]
        process = subprocess.Popen(command, cwd=folder, env=_plain(folder) | own, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unfit(f"{' '.join(words)} does not answer at {url}: {log.read_text(errors='replace')[-1500:]}")
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _plain(folder: Path) -> dict[str, str]:
    """An environment without this project's settings and without a way to its sources."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LENDERVOTE_", "PYTHON", "VIRTUAL_ENV"))}
    return kept | {"LENDERVOTE_DATA_DIR": str(folder / "var"), "PYTHONUTF8": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _anvil() -> Path:
    """Where the local chain's program is: the wheel does not bring it, and the smoke test needs some chain."""
    found = sorted((ROOT / "node_modules" / "@foundry-rs").glob("anvil-*/bin"))
    if not found:
        raise Unfit("node_modules has no Anvil: run `make setup`")
    return found[0]
