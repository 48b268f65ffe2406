"""An evidence bundle, unpacked, held against its manifest, and recounted without a node (protocol §16, step 0)."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.tally.chain.bundle import BundleSource
from verifier.tally.chain.finality import said
from verifier.tally.chain.kinds import RULES
from verifier.tally.chain.recorded import Recorded, RecordedSource
from verifier.tally.chain.sight import Source
from verifier.tally.chain.zip_file import ZipFile, broken
from verifier.tally.findings import Blocked, StepLog, Wrong
from verifier.tally.progress import Progress
from verifier.tally.published import FINDINGS, Published, bounded, parse
from verifier.tally.recount import Options, Recount

MANIFEST, ANSWERS, BLOCKS, STATE, PUBLISHED = "manifest.json", "node.jsonl", "blocks.jsonl", "state.jsonl", "published"
CODES = "code.jsonl"
MOST_MANIFEST_BYTES = 2**24
#: What is recounted, and what people read beside it, which is compared with nothing (protocol §16).
RECOUNTED = {MANIFEST, BLOCKS, STATE, CODES, *(f"{PUBLISHED}/{name}" for name in FINDINGS)}
FOR_PEOPLE = {"events.jsonl", "openings.json", "approvals.json", "recount.json", "ABOUT.txt", "说明.txt"}
FOLDERS_FOR_PEOPLE = ("certificate/", "tool/")


def recount_bundle(path: Path, options: Options, *, progress: Progress, steps: Any, told: Callable[[StepLog], object]) -> Recount:
    """A finished recount of an evidence bundle, without a node."""
    with tempfile.TemporaryDirectory() as name:
        folder, first = Path(name), StepLog(0, "Bundle")
        try:
            source = _opened(path, folder, options, first, progress)
        except Wrong as wrong:
            first.take(wrong)
            source = Nothing()
        work = Recount(source, Published(folder / PUBLISHED), progress, options, steps=[first])
        told(first)
        work.run(steps, told)
        return work


class Nothing(Source):
    """A bundle in which there is nothing to look at."""

    def open(self, place: Any, log: StepLog) -> Any:
        del place, log
        raise Blocked(0)


def _opened(path: Path, folder: Path, options: Options, log: StepLog, progress: Progress) -> Source:
    names = _unpacked(path, folder)
    manifest = _manifest(folder)
    _check_files(folder, names, manifest, log)
    log.note(f"{len(names)} files; SHA-256 of {MANIFEST}: {_hash(folder / MANIFEST)}")
    if "bundle" not in manifest:
        log.note("a bundle of protocol 1: what a node answered, tied to no block")
        return RecordedSource(Recorded(folder / ANSWERS))
    if manifest["bundle"] != 2 or not isinstance(manifest.get("head"), dict) or type(manifest["head"].get("number")) is not int:
        raise Wrong("bundle.unreadable", MANIFEST, "is of a kind that this tool does not know", "bundle 2", manifest["bundle"])
    _check_names(names, log)
    head = _head(manifest["head"])
    if options.expected.head:
        log.equal("bundle.head", MANIFEST, "names another block than the one given", options.expected.head, head)
    else:
        log.note(f"the bundle stands and falls with block 0x{head.hex()}: hold it against nodes that you trust (--head)")
    source = BundleSource(folder / BLOCKS, folder / STATE, folder / CODES, head, RULES[options.rule], options.expected.creation)
    source.verify(_case_of(folder), log, progress)
    found = max(source.lines)
    log.equal("bundle.head", MANIFEST, "gives its block another number", found, manifest["head"].get("number"))
    if options.validators is not None and options.validators.check(source.lines[found].block, "proof.finality", log):
        source.certified = said(source.lines[found].block, options.validators)
        log.note(source.certified)
    return source


def _unpacked(path: Path, folder: Path) -> list[str]:
    """Unpack into the folder; the files' names. Raises Wrong for what is no bundle, too large, or has names that it must not have."""
    archive = ZipFile(path)
    for entry in archive.entries:
        target = folder / entry.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for part in archive.parts(entry):
                    file.write(part)
        except (OSError, ValueError) as error:
            raise broken("cannot be unpacked", f"{entry.name}: {error}") from error
    return [entry.name for entry in archive.entries]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        path = folder / MANIFEST
        content = path.read_bytes() if path.stat().st_size <= MOST_MANIFEST_BYTES else b""
    except OSError as error:
        raise Wrong("bundle.unreadable", MANIFEST, "cannot be read", "the manifest", error) from error
    found = parse(content, MANIFEST, "bundle.unreadable")
    if not isinstance(found, dict) or not isinstance(found.get("files"), list):
        raise Wrong("bundle.unreadable", MANIFEST, "is no list of files", "files", type(found).__name__)
    return found


def _row(row: Any) -> tuple[str, int, str]:
    """A file as the manifest has it; True is no number of bytes. Raises KeyError, TypeError."""
    name, length, digest = row["name"], row["bytes"], row["sha256"]
    if (type(name), type(length), type(digest)) != (str, int, str):
        raise TypeError("of another type")
    return name, length, digest


def _check_files(folder: Path, names: list[str], manifest: dict[str, Any], log: StepLog) -> None:
    """Every file but the manifest is in it once, with its length and SHA-256, and no other file is there."""
    try:
        rows = [_row(row) for row in manifest["files"]]
        listed = {name: (length, digest) for name, length, digest in rows}
    except (KeyError, TypeError) as error:
        raise Wrong("bundle.unreadable", MANIFEST, "is no list of files", "name, bytes and sha256 of each", error) from error
    log.equal("bundle.file", MANIFEST, "names a file twice", len(rows), len(listed))
    for name in sorted({*names, *listed} - {MANIFEST}, key=str):
        if name not in names or name not in listed:
            log.wrong("bundle.file", str(name), "stands in the bundle or in its manifest, not in both")
            continue
        found = (folder / name).stat().st_size, _hash(folder / name)
        log.equal("bundle.file", name, "is not the file that the manifest names", listed[name], found)


def _check_names(names: list[str], log: StepLog) -> None:
    """Every file is one that a bundle has: what is not looked at must not look as if it had been."""
    read = [name for name in names if name in FOR_PEOPLE or name.startswith(FOLDERS_FOR_PEOPLE)]
    for name in sorted({*names} - RECOUNTED - {*read}):
        log.wrong("bundle.file", name, "is no file of a bundle")
    told = sorted({name.split("/")[0] for name in read})
    if told:
        log.note(f"for people to read, and compared with nothing: {', '.join(told)}")


def _head(value: dict[str, Any]) -> bytes:
    text = value.get("hash")
    try:
        head = bytes.fromhex(text[2:]) if isinstance(text, str) and text.startswith("0x") else b""
    except ValueError:
        head = b""
    if len(head) != 32:
        raise Wrong("bundle.unreadable", MANIFEST, "does not name its block", "head: number and hash", value)
    return head


def _case_of(folder: Path) -> bytes:
    """The case whose checkpoints count; nothing where poll.json cannot be read, which its own step says."""
    try:
        value = parse(bounded(folder / PUBLISHED / "poll.json", "poll.file"), "poll.json", "poll.file")
        return bytes.fromhex(value["case"][2:])
    except (Wrong, KeyError, TypeError, ValueError):
        return b""


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
