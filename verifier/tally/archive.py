"""An evidence bundle, unpacked and recounted without a node (protocol §16)."""

import hashlib
import zipfile
from pathlib import Path
from typing import Any

from verifier.tally.findings import StepLog, Wrong
from verifier.tally.published import parse

MANIFEST, ANSWERS, PUBLISHED, CONTRACTS = "manifest.json", "node.jsonl", "published", "contracts"
MOST_FILES, MOST_BYTES = 1_000, 2**35  # of all files together


def _unpacked(path: Path, folder: Path) -> list[str]:
    """Unpack into the folder; the files' names. Raises Wrong for what is no bundle, or one too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [one for one in archive.infolist() if not one.is_dir()]
            total = sum(one.file_size for one in found)
            if len(found) > MOST_FILES or total > MOST_BYTES:
                raise Wrong(path.name, "is too large", f"{MOST_FILES} files, {MOST_BYTES} bytes", f"{len(found)} files, {total} bytes")
            archive.extractall(folder, found)  # zipfile keeps every name inside the folder
            return [one.filename for one in found]
    except (OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile) as error:
        raise Wrong(path.name, "cannot be unpacked", "an evidence bundle", f"{type(error).__name__}: {error}") from error


def _listed(folder: Path) -> dict[str, tuple[Any, Any]]:
    """What the manifest says of each file: length and SHA-256."""
    try:
        rows = parse((folder / MANIFEST).read_bytes(), MANIFEST)["files"]
        return {row["name"]: (row["bytes"], row["sha256"]) for row in rows}
    except (OSError, KeyError, TypeError) as error:
        raise Wrong(MANIFEST, "is no list of files", "name, bytes and sha256 of each", f"{type(error).__name__}: {error}") from error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(path: Path, folder: Path) -> StepLog:
    """Unpack the bundle and hold its files against its manifest; step 0 of a recount without a node."""
    log = StepLog(0, "Bundle")
    try:
        names = _unpacked(path, folder)
        listed = _listed(folder)
        for name in sorted({*names, *listed} - {MANIFEST}, key=str):
            if not isinstance(name, str) or name not in names or name not in listed:
                log.wrong(str(name), "stands in the bundle or in its manifest, not in both")
                continue
            found = (folder / name).stat().st_size, _hash(folder / name)
            log.equal(name, "is not the file that the manifest names", listed[name], found)
    except (Wrong, OSError) as error:
        wrong = error if isinstance(error, Wrong) else Wrong(path.name, "cannot be read", "", error)
        log.wrong(wrong.place, wrong.what, wrong.expected, wrong.found)
    if log.clean:
        log.note(f"{len(names)} files; SHA-256 of {MANIFEST}: {_hash(folder / MANIFEST)}")
        log.note("no node is asked: hold number and hash of the block in step 1 against nodes that you trust")
    return log
