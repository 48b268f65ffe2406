"""Folders as people keep them: what cannot be used is counted and named, and nothing ends in a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verifier.face.photos import Faces
from tests.verifier.face.pictures_made import hostile
from verifier.face.lab.folders import left_out, photos_in

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def odd(tmp_path: Path, faces: Faces) -> Path:
    """Two people with photos, and everything that does not belong there."""
    files = {
        "lender/one.jpg": faces.lender,
        "lender/two.jpg": faces.lender_again,
        "lender/notes.txt": b"hello",
        "lender/older/three.jpg": faces.lender,
        "stranger/one.jpg": faces.stranger,
        "stranger/broken.jpg": hostile("truncated JPEG"),
        "stranger/empty.pgm": b"",
        "loose.jpg": faces.lender,
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "nobody").mkdir()
    (tmp_path / "lender" / "folder.jpg").mkdir()
    (tmp_path / "stranger" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    return tmp_path


def test_what_is_passed_over_is_named(odd: Path) -> None:
    assert left_out(odd) == {
        "lender/folder.jpg": "EmptyFolder",
        "lender/notes.txt": "NotAPhoto",
        "lender/older/three.jpg": "NotInAPersonsFolder",
        "loose.jpg": "NotInAPersonsFolder",
        "nobody": "EmptyFolder",
        "stranger/gone.jpg": "NotAPhoto",
    }


def photo_files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"only its name is looked at here")
    return folder


def test_a_group_of_one_person_is_left_out_beside_others(tmp_path: Path) -> None:
    folder = photo_files(tmp_path, "many/a/1.jpg", "many/b/1.jpg", "poses/left.jpg", "poses/more/3.jpg", "one/c/1.jpg", "many/b/notes.txt")
    assert {(group, person) for group, person, _ in photos_in(folder)} == {("many", "many/a"), ("many", "many/b")}
    assert left_out(folder) == {"poses": "FewerThanTwoPeople", "one": "FewerThanTwoPeople", "many/b/notes.txt": "NotAPhoto"}


def test_people_without_groups_stay_and_so_does_one_alone(tmp_path: Path) -> None:
    people = photo_files(tmp_path / "people", "a/1.jpg", "b/1.jpg")
    assert [person for _, person, _ in photos_in(people)] == ["a", "b"]
    alone = photo_files(tmp_path / "alone", "a/1.jpg", "a/2.jpg")
    assert [(group, person) for group, person, _ in photos_in(alone)] == [("alone", "a"), ("alone", "a")]
    assert left_out(people) == left_out(alone) == {}


def test_evaluate_copes_with_odd_folders(odd: Path) -> None:
    command = [sys.executable, "-m", "verifier.face", "evaluate", str(odd), "--json", "--plots", str(odd / "plots")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    (group,) = found["groups"].values()
    assert (group["people"], group["genuine"], group["impostor"]) == (2, 1, 2)
    assert group["not_enrolled"] == {"stranger/broken.jpg": "PictureIncomplete", "stranger/empty.pgm": "NotAPicture"}
    assert {"fmr", "fmr_upper95", "fnmr", "fnmr_at_fmr_1e3"} <= set(group)
    assert "loose.jpg" in found["left_out"]
