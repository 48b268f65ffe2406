"""Whatever bytes, files or answers hold, the second recount ends with its verdict, and agrees to nothing else than the truth."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from scripts.tampers.forge.bundle import write
from scripts.tampers.forge.vote import ForgedVote
from tests.verifier.second.mutations import in_bytes, in_json, in_value, says_the_same
from tests.verifier.second.second import needs_node, recount, recount_all
from tests.verifier.tally.proxy import Lie, lying

pytestmark = needs_node
ARCHIVES, CONTENTS, FOLDERS, NODES = 100, 200, 80, 40
FILES = ("poll.json", "leaves.csv", "register.json", "plan.json", "plan.pdf", "receipts.jsonl", "result.json")


def contents(path: Path) -> dict[str, bytes] | None:
    """What another reader finds in an archive; nothing where it finds no archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError, EOFError, zlib.error):
        return None


def assert_sound(last: dict[str, Any], same: bool, what: object) -> None:
    """Never a failure of the tool; "agrees" only to what says the same as the honest one."""
    assert "step.failed" not in last["names"], (what, last)
    assert last["recount"] in ("agrees", "differs"), (what, last)
    assert same or last["recount"] == "differs", (what, last)


def test_archive__of_changed_bytes(bundle: Path, tmp_path: Path) -> None:
    honest, raw = contents(bundle), bundle.read_bytes()
    for number in range(ARCHIVES):
        (tmp_path / f"{number}.zip").write_bytes(in_bytes(raw, random.Random(f"archive {number}")))
    told = recount_all(tmp_path, [["--evidence", f"{number}.zip"] for number in range(ARCHIVES)])
    for number, last in enumerate(told):
        assert_sound(last, contents(tmp_path / f"{number}.zip") == honest, number)


def test_bundle__of_changed_files_that_its_manifest_lists(forged: ForgedVote, tmp_path: Path) -> None:
    """The manifest fits what was changed, so that the change itself has to be found."""
    same: list[bool] = []
    for number in range(CONTENTS):
        dice = random.Random(f"content {number}")

        def changed(files: list[tuple[str, bytes]], dice: random.Random = dice) -> list[tuple[str, bytes]]:
            at = dice.randrange(len(files))
            name, before = files[at]
            is_json = name.endswith((".json", ".jsonl")) and dice.random() < 0.6
            after = in_json(before, dice) if is_json else in_bytes(before, dice)
            same.append(says_the_same(name, before, after))
            return [*files[:at], (name, after), *files[at + 1 :]]

        write(forged, tmp_path / f"{number}.zip", files=changed)
    told = recount_all(tmp_path, [["--evidence", f"{number}.zip"] for number in range(CONTENTS)])
    for number, last in enumerate(told):
        assert_sound(last, same[number], number)
    assert sum(last["recount"] == "differs" for last in told) > CONTENTS * 0.8


def test_manifest__of_changed_values(bundle: Path, tmp_path: Path) -> None:
    files = contents(bundle)
    assert files is not None
    honest = json.loads(files["manifest.json"])
    bound = ("bundle", "head", "files")
    for number in range(60):
        dice = random.Random(f"manifest {number}")
        manifest = json.loads(files["manifest.json"])
        key = dice.choice(bound)
        manifest[key] = in_value(manifest[key], dice) if isinstance(manifest[key], dict | list) else dice.choice([None, 1, 3, "2"])
        with zipfile.ZipFile(tmp_path / f"{number}.zip", "w") as archive:
            for name, content in files.items():
                archive.writestr(name, json.dumps(manifest).encode() if name == "manifest.json" else content)
    told = recount_all(tmp_path, [["--evidence", f"{number}.zip"] for number in range(60)])
    for number, last in enumerate(told):
        manifest = json.loads((contents(tmp_path / f"{number}.zip") or {})["manifest.json"])
        assert_sound(last, _bound(manifest) == _bound(honest), manifest)


def _bound(manifest: dict[str, Any]) -> Any:
    """What of a manifest binds anything: hex in either case, and of each file the name, the length and the SHA-256."""
    try:
        rows = [(row["name"], row["bytes"], row["sha256"]) for row in manifest["files"]]
        return manifest["bundle"], manifest["head"]["number"], manifest["head"]["hash"].lower(), rows
    except (KeyError, TypeError, AttributeError):
        return manifest


def test_folder__of_changed_files(honest_folder: Path, node_address: str, tmp_path: Path) -> None:
    same = []
    for number in range(FOLDERS):
        dice, name = random.Random(f"folder {number}"), FILES[number % len(FILES)]
        folder = Path(shutil.copytree(honest_folder, tmp_path / str(number)))
        before = (folder / name).read_bytes()
        is_json = name.endswith((".json", ".jsonl")) and dice.random() < 0.6
        after = in_json(before, dice) if is_json else in_bytes(before, dice)
        (folder / name).write_bytes(after)
        same.append(says_the_same(name, before, after))
    told = recount_all(tmp_path, [["--rpc", node_address, "--published", str(number)] for number in range(FOLDERS)])
    for number, last in enumerate(told):
        assert_sound(last, same[number], number)


def _one_changed(seed: int) -> Lie:
    """One of a node's answers, changed somewhere."""
    dice = random.Random(f"node {seed}")
    chosen, seen = dice.randrange(45), [0]

    def lie(_: str, __: list[Any], result: Any) -> Any:
        seen[0] += 1
        if seen[0] - 1 != chosen:
            return result
        if isinstance(result, dict | list):
            return in_value(result, dice)
        return in_bytes(str(result).encode(), dice).decode("utf-8", "replace")

    return lie


def test_node__of_changed_answers(honest_folder: Path, node_address: str, tmp_path: Path) -> None:
    """What it agrees to is the honest result: a field that was changed then bears nothing."""
    honest = recount("--rpc", node_address, "--published", honest_folder).last
    with contextlib.ExitStack() as stack:
        liars = [stack.enter_context(lying(node_address, _one_changed(seed))) for seed in range(NODES)]
        told = recount_all(tmp_path, [["--rpc", address, "--published", str(honest_folder)] for address in liars])
    for seed, last in enumerate(told):
        assert_sound(last, last == honest, seed)


@pytest.mark.parametrize("name", ["blocks.jsonl", "published/receipts.jsonl"])
def test_lines__by_the_hundred_thousand_end_soon(name: str, forged: ForgedVote, tmp_path: Path) -> None:
    """Rubbish by the line is named, in bounded time, and ends."""
    write(forged, tmp_path / "long.zip", files=lambda files: [(n, b"[]\n" * 100_000 if n == name else c) for n, c in files])
    last = recount("--evidence", tmp_path / "long.zip").last
    assert last["recount"] == "differs"


def test_file__with_a_digest_of_its_own(bundle: Path) -> None:
    """The honest bundle is honest by this file's own arithmetic, too."""
    files = contents(bundle)
    assert files is not None
    rows = {row["name"]: row["sha256"] for row in json.loads(files["manifest.json"])["files"]}
    assert rows == {name: hashlib.sha256(one).hexdigest() for name, one in files.items() if name != "manifest.json"}
