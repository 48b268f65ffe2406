"""The slots named in the sources' comments are those of the compiler, and contracts keep within the limit of size."""

from __future__ import annotations

import re

import pytest

from scripts.build.contracts import ROOT, build, load

SLOT_COMMENT = re.compile(r"\b(_\w+)(?: = [^;]*)?; // slots? (\d+)")


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    build()


@pytest.mark.parametrize("name", ["Case", "Poll"])
def test_slot_comments_are_true(name: str) -> None:
    stored = {(row["contract"].split(":")[0], row["label"]): int(row["slot"]) for row in load(name)["storageLayout"]["storage"]}
    ours = {label: slot for (_, label), slot in stored.items() if not label.endswith("Fallback")}  # OpenZeppelin keeps slots 0 and 1
    said: dict[str, int] = {}
    for path in (ROOT / "contracts").rglob("*.sol"):
        said |= {label: int(slot) for label, slot in SLOT_COMMENT.findall(path.read_text(encoding="utf-8"))}
    assert ours
    assert {label: said.get(label) for label in ours} == ours


@pytest.mark.parametrize("name", ["Case", "Poll", "PollFactory", "PasskeyVerifier"])
def test_contracts_fit_into_the_limit(name: str) -> None:
    artifact = load(name)
    assert (len(artifact["deployedBytecode"]) - 2) // 2 <= 24_576
    assert (len(artifact["bytecode"]) - 2) // 2 <= 49_152
