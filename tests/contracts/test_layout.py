"""The slots named in the sources' comments are those of the compiler, and contracts keep within the limit of size."""

from __future__ import annotations

import re

import pytest

from scripts.build.contracts import ROOT, build, load

#: Of a variable that both kinds of polls have, the slot in the sealed one stands behind the other.
SLOT_COMMENT = re.compile(r"\b(_\w+)(?: = [^;]*)?; // slots? (\d+)(?: to \d+)?(?:; sealed (\d+))?")


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    build()


@pytest.mark.parametrize("name", ["Case", "Poll", "SealedPoll"])
def test_slot_comments_are_true(name: str) -> None:
    stored = {(row["contract"].split(":")[0], row["label"]): int(row["slot"]) for row in load(name)["storageLayout"]["storage"]}
    ours = {label: slot for (_, label), slot in stored.items() if not label.endswith("Fallback")}  # OpenZeppelin keeps slots 0 and 1
    said: dict[str, int] = {}
    for path in (ROOT / "contracts").rglob("*.sol"):
        for label, slot, in_sealed in SLOT_COMMENT.findall(path.read_text(encoding="utf-8")):
            said[label] = int(in_sealed if in_sealed and name == "SealedPoll" else slot)
    assert ours
    assert {label: said.get(label) for label in ours} == ours


@pytest.mark.parametrize("name", ["Case", "Poll", "PollFactory", "PasskeyVerifier", "SealedPoll"])
def test_contracts_fit_into_the_limit(name: str) -> None:
    artifact = load(name)
    assert (len(artifact["deployedBytecode"]) - 2) // 2 <= 24_576
    assert (len(artifact["bytecode"]) - 2) // 2 <= 49_152
