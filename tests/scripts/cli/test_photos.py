"""`lendervote photos prepare`: photos named by claim number become an identity file; the others are named, and a second run goes on."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from backend.vote.identities import rules
from scripts.cli import photo_checks
from scripts.cli.photo_checks import CHECKED, FaceChecker, FaceCheckMissing
from scripts.cli.photo_folder import IDENTITIES, REFERENCES, REJECTS
from scripts.cli.photos import prepared
from verifier.face import reasons
from verifier.face.reasons import Reason
from verifier.issuer.bindings.file import photo_hash, read_file

LEAVES = 5
PLACES = {"c0001": 0, "c0002": 1, "c0003": 2, "c0004": 3, "c0005": 0}


class Pretended:
    """Takes every picture but those that say otherwise, and remembers what it was asked."""

    model_id, workers = "pretended", 2

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def refusal(self, image: bytes) -> Reason | None:
        self.asked.append(image)
        if image.startswith(b"slow"):
            return reasons.TOO_SLOW
        return reasons.NO_FACE if image.startswith(b"none") else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    (tmp_path / "out").mkdir()
    return tmp_path / "photos"


def put(folder: Path, **photos: bytes) -> None:
    for name, content in photos.items():
        (folder / f"{name}.jpg").write_bytes(content)


def run(folder: Path, checker: Pretended | None = None, told: object = None) -> dict[str, int]:
    return prepared(folder, folder.parent / "out", PLACES, LEAVES, checker or Pretended(), told or (lambda *_: None))  # type: ignore[arg-type]


def rejected(folder: Path) -> dict[str, tuple[str, str, str]]:
    rows = list(csv.reader(io.StringIO((folder.parent / "out" / REJECTS).read_text("utf-8-sig"))))
    return {file: (rule, zh, en) for file, rule, zh, en in rows[1:]}


def test_photos_are_bound_to_the_lenders_of_their_claims(folder: Path) -> None:
    put(folder, **{"C0001": b"a", "C0001~2": b"b", "c0003": b"c", "C0005": b"of the same lender by another claim"})
    figures = run(folder)
    assert figures == {"photos": 4, "checked_before": 0, "references": 4, "lenders": 2, "lenders_without_photo": 3, "rejects": 0}
    content = (folder.parent / "out" / IDENTITIES).read_bytes()
    assert vars(rules.count(content, LEAVES)) == {"lenders": 2, "photos": 4, "persons": 0}
    first, second = read_file(content, LEAVES)
    assert (first.index, [*first.photos]) == (0, [photo_hash(one) for one in (b"a", b"b", b"of the same lender by another claim")])
    assert (second.index, [*second.photos]) == (2, [photo_hash(b"c")])


def test_what_cannot_be_used_is_named_in_both_languages(folder: Path) -> None:
    put(folder, C0001=b"none", C0002=b"twin", C0003=b"twin", C0004=b"x", X9=b"y", **{"C0004~2": b"x", "=C0007": b"z"})
    (folder / "C0002").mkdir()
    os.symlink(folder / "C0004.jpg", folder / "C0003~2.jpg")
    (folder / ".DS_Store").write_bytes(b"")
    (folder / "Thumbs.db").write_bytes(b"")
    figures = run(folder)
    found = rejected(folder)
    assert {file: rule for file, (rule, _, _) in found.items()} == {
        "C0001.jpg": "NoFace",
        "C0002.jpg": "PhotoOfTwoLenders",
        "C0003.jpg": "PhotoOfTwoLenders",
        "C0004~2.jpg": "PhotoTwice",
        "X9.jpg": "PhotoOfNobody",
        "'=C0007.jpg": "PhotoOfNobody",
        "C0002": "NotAPhotoFile",
        "C0003~2.jpg": "NotAPhotoFile",
    }
    assert "C0003.jpg" in found["C0002.jpg"][1], "which photo it is the same as"
    assert all(zh and en and zh != en for _, zh, en in found.values())
    assert (figures["photos"], figures["references"], figures["rejects"]) == (9, 1, 8)


def test_a_lender_has_at_most_five_photos(folder: Path) -> None:
    put(folder, C0001=b"1", C0005=b"6", **{f"C0001~{number}": b"%d" % number for number in (2, 3, 4, 5)})
    assert (run(folder)["references"], rejected(folder)["C0005.jpg"][0]) == (5, "TooManyPhotos")


def test_a_second_run_checks_nothing_twice_and_gives_the_same_file(folder: Path) -> None:
    put(folder, C0001=b"a", C0002=b"none", C0003=b"slow")
    out = folder.parent / "out"
    run(folder)
    before, checker = (out / IDENTITIES).read_bytes(), Pretended()
    with (out / CHECKED).open("ab") as journal:
        journal.write(b'{"model": "pret')  # cut off by a power cut
    put(folder, C0004=b"d")
    figures = run(folder, checker)
    assert sorted(checker.asked) == [b"d", b"slow"], "what took too long may pass another time"
    assert figures["checked_before"] == 2
    assert rejected(folder)["C0002.jpg"][0] == "NoFace", "what was refused stays refused"
    assert (out / IDENTITIES).read_bytes().startswith(before), "the salts stay"
    (folder / "C0004.jpg").unlink()
    run(folder)
    assert (out / IDENTITIES).read_bytes() == before, "officials' signatures over it stand"


def test_another_model_checks_again(folder: Path) -> None:
    put(folder, C0001=b"a")
    run(folder)
    other = Pretended()
    other.model_id = "another"
    assert run(folder, other)["checked_before"] == 0
    assert other.asked == [b"a"]


@pytest.mark.parametrize(
    "line",
    [
        b"no JSON",
        b"[]",
        b"null",
        b"{}",
        b'{"model": 1, "photo": 2, "refused": 3}',
        b'{"model": "pretended", "photo": "0xzz", "refused": null}',
        b'{"model": "pretended", "photo": "0x61", "refused": {"code": "NoFace"}}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_line_that_no_check_wrote_is_not_believed_and_no_traceback(line: bytes, folder: Path) -> None:
    put(folder, C0001=b"a", C0002=b"none")
    run(folder)
    with (folder.parent / "out" / CHECKED).open("ab") as journal:
        journal.write(line + b"\n")
    assert run(folder)["checked_before"] == 2


def test_an_interrupted_run_keeps_what_it_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_checks, "PORTION", 1)
    put(folder, C0001=b"a", C0002=b"b", C0003=b"c")

    def interrupt(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, told=interrupt)
    assert not (folder.parent / "out" / IDENTITIES).exists(), "nobody signs half of it"
    checker = Pretended()
    assert run(folder, checker)["references"] == 3
    assert checker.asked == [b"c"]


def test_without_a_usable_photo_there_is_no_file_to_sign(folder: Path) -> None:
    put(folder, C0001=b"a")
    run(folder)
    put(folder, C0001=b"none")
    assert run(folder)["references"] == 0
    assert not (folder.parent / "out" / IDENTITIES).exists()
    assert (folder.parent / "out" / REFERENCES).read_bytes() == b""


def test_a_real_process_judges_the_picture(folder: Path) -> None:
    """The face library decodes in a process of its own; what is none, and what is hostile, gets its reason."""
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(picture, "PNG")
    put(folder, C0001=b"text", C0002=picture.getvalue(), C0003=picture.getvalue()[:200])
    checker = FaceChecker()
    try:
        prepared(folder, folder.parent / "out", PLACES, LEAVES, checker, lambda *_: None)
    except FaceCheckMissing as missing:
        pytest.skip(missing.say("en"))
    finally:
        checker.close()
    rules_found = {file: rule for file, (rule, _, _) in rejected(folder).items()}
    assert rules_found["C0001.jpg"] == "NotAPicture"
    assert rules_found["C0002.jpg"] == "NoFace"
    assert set(rules_found) == {"C0001.jpg", "C0002.jpg", "C0003.jpg"}
    assert all(json.loads(line)["refused"] for line in (folder.parent / "out" / CHECKED).read_bytes().splitlines())
