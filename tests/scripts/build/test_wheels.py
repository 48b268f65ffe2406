"""What a wheel brings: all that runs, under names of its own, the same bytes each time."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from scripts.build.parts import ROOT
from scripts.build.release import missing_from
from scripts.build.wheels import build, wheel_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "node_modules" / "esbuild").is_dir(), reason="pages are bundled by esbuild: run `make setup`"),
]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels") / "dist"
    build(folder)
    return folder


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def tops(wheel: Path) -> set[str]:
    return {name.split("/")[0] for name in names(wheel) if ".dist-info/" not in name}


def test_no_wheel_has_a_package_named_scripts(dist: Path) -> None:
    assert tops(wheel_of("lendervote", dist)) == {"backend", "verifier", "lendervote"}
    assert tops(wheel_of("lendervote-recount", dist)) == {"verifier"}


def test_the_service_comes_with_contracts_pages_and_revisions(dist: Path) -> None:
    wheel = wheel_of("lendervote", dist)
    assert missing_from(wheel) == []
    found = set(names(wheel))
    assert {"backend/ground/chain/compiled/Poll.json", "backend/web/static/dist/manifest.json", "backend/web/static/dist/booth.js"} <= found
    assert any(name.startswith("backend/ground/db/migrations/versions/") for name in found)
    assert "lendervote/cli/__main__.py" in found
    assert not any("/rig/" in name or "/tests/" in name for name in found)


def test_the_auditors_wheel_has_both_recounts_and_the_register_tool_and_nothing_else(dist: Path) -> None:
    found = names(wheel_of("lendervote-recount", dist))
    for folder in ("tally", "register", "ranges", "sampling", "second", "releases"):
        tracked = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / "verifier" / folder).rglob("*")
            if path.suffix in {".py", ".mjs", ".json", ".txt"}
        }
        assert tracked <= set(found), folder
    assert "verifier/second/node_modules/@noble/curves/secp256k1.js" in found
    assert "verifier/second/node_modules/@noble/hashes/LICENSE" in found
    assert {name.split("/")[1] for name in found if name.startswith("verifier/")} == {
        "__init__.py",
        "tally",
        "register",
        "ranges",
        "sampling",
        "second",
        "releases",
    }


def test_a_file_that_a_wheel_lacks_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "half.whl", "w") as archive:
        archive.writestr("backend/app.py", "")
    lacking = missing_from(tmp_path / "half.whl")
    assert "backend/__init__.py" in lacking
    assert "backend/app.py" not in lacking


def test_the_same_sources_give_the_same_wheels(dist: Path, tmp_path: Path) -> None:
    build(tmp_path / "again")
    for wheel in dist.glob("*.whl"):
        assert (tmp_path / "again" / wheel.name).read_bytes() == wheel.read_bytes()
