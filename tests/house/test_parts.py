"""Each part says what it needs: all that its files import, nothing else, and at the versions of the one whole lock."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scripts.build.parts import AUDITOR, BACKEND, DRAWN, FACE, FULL, ISSUER, PROJECT, RECOUNT, ROOT, SFACE, Part, name_of
from scripts.house.declared import disagreements, is_unused

OURS = {"backend", "verifier", "scripts"}
#: Needed and imported by nothing of ours, each with whoever takes it up.
TAKEN_UP = {
    "httptools": "uvicorn",
    "uvloop": "uvicorn",
    "python-multipart": "forms of FastAPI",
    "setuptools": "pkg_resources of face-recognition-models",
    "psycopg": "SQLAlchemy, by the database's address",
    "pycryptodome": "eth-hash, and keccak where safe-pysha3 has no wheel",
    "face-recognition-models": "face-recognition",
}
#: Imported only if another has brought it: to put back the recursion limit that it sets.
IF_THERE = {"py-ecc"}


def imported(part: Part) -> set[str]:
    """Distributions whose modules the part's files import anywhere, also inside functions."""
    known = packages_distributions()
    found: set[str] = set()
    for folder in part.packages:
        for path in [*(ROOT / folder).rglob("*.py"), ROOT / folder.split("/")[0] / "__init__.py"]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names.append(node.module)
                found |= {name.split(".")[0] for name in names}
    outside = found - OURS - set(sys.stdlib_module_names)
    return {"dlib-bin" if name == "dlib" else name_of(known[name][0]) if name in known else name_of(name) for name in outside} - IF_THERE


def declared(part: Part) -> set[str]:
    return {name_of(one) for one in part.requirements()}


#: Forecasts need numpy (extra `outlook`), the service does not. A model of one's own may be an ONNX file (extra `onnx`), and each way of
#: comparing faces works without the other's packages.
OPTIONAL = {
    FACE.name: {"onnxruntime", "face-recognition-models", "ai-edge-litert"},
    BACKEND.name: {"numpy"},
    SFACE.name: {"dlib-bin", "face-recognition", "face-recognition-models"},
}


@pytest.mark.parametrize("part", DRAWN, ids=lambda part: part.name)
def test_a_part_declares_what_it_imports_and_nothing_else(part: Part) -> None:
    missing = imported(part) - declared(part) - OPTIONAL.get(part.name, set())
    if part is ISSUER:
        missing -= declared(FACE)  # the search for like faces, which there are none of without the face room
    assert missing == set()
    assert declared(part) - imported(part) - set(TAKEN_UP) == set()


def test_what_the_customer_names_is_named() -> None:
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    named = {name_of(one) for one in project["dependencies"]}
    assert {"fastapi", "web3", "py-solc-x", "face-recognition", "sqlalchemy", "pytest"} <= named
    assert {"issuer", "face", "bench", "dev"} <= set(project["optional-dependencies"])


def pins(lock: Path) -> set[tuple[str, str]]:
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("part", DRAWN, ids=lambda part: part.name)
def test_a_parts_lock_is_drawn_from_the_whole_one(part: Part) -> None:
    lock = part.lock.read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    assert pins(part.lock) <= pins(FULL.lock)
    assert declared(part) <= {name for name, _ in pins(part.lock)}
    assert lock.count("--hash=sha256:") >= len(pins(part.lock))


def test_small_parts_are_small() -> None:
    names = {part.name: {name for name, _ in pins(part.lock)} for part in DRAWN}
    assert len(names[AUDITOR.name]) < 20
    assert not names[AUDITOR.name] & {"fastapi", "sqlalchemy", "numpy", "web3"}
    assert not names[SFACE.name] & {"dlib-bin", "face-recognition", "web3", "typst"}
    assert not names[ISSUER.name] & {"dlib-bin", "numpy", "web3", "typst"}
    assert not names[BACKEND.name] & {"dlib-bin", "numpy", "pytest", "py-solc-x", "playwright"}


def test_both_wheels_have_one_version() -> None:
    assert len({tomllib.loads(path.read_text("utf-8"))["project"]["version"] for path in (PROJECT, RECOUNT)}) == 1


@pytest.mark.parametrize("folder", ["cli", "evidence"])
def test_installed_commands_name_no_package_scripts(folder: str) -> None:
    """In a wheel they are lendervote.cli and lendervote.evidence (setup.py), so they import each other by relative paths."""
    found = [
        path.name
        for path in (ROOT / "scripts" / folder).glob("*.py")
        if re.search(r"^\s*(from|import) scripts\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert found == []


def test_a_disagreement_between_papers_and_imports_is_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["rich"]\n')
    for name in ("backend", "verifier", "scripts", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / "backend" / "room.py").write_text("import nobody_has_this\n")
    found = disagreements(tmp_path)
    assert [one["module"] for one in found if is_unused(one)] == ["rich"]
    assert [one["module"] for one in found if not is_unused(one)] == ["nobody_has_this"]
