"""The build skips what is built, and refuses our own warnings."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from eth_utils.crypto import keccak
from solcx import compile_standard

from scripts.build.contracts import COMPILER, ROOT, ContractsRefused, build, compile_folder, load

CAREFUL = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
contract Careful { function twice(uint256 a) external pure returns (uint256) { return 2 * a; } }
"""
CARELESS = CAREFUL.replace("return 2 * a;", "uint256 unused; return 2 * a;")


def test_sources_that_did_not_change_are_not_compiled_again() -> None:
    stamp = build() / "Poll.json"
    before = stamp.stat().st_mtime_ns
    assert build() == stamp.parent
    assert stamp.stat().st_mtime_ns == before


def test_a_changed_source_is_compiled_and_a_warning_is_refused() -> None:
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        folder, output = Path(name) / "sources", Path(name) / "output"
        folder.mkdir()
        (folder / "Careful.sol").write_text(CAREFUL)
        compile_folder(folder, output)
        first = load("Careful", output)["deployedBytecode"]
        (folder / "Careful.sol").write_text(CAREFUL.replace("2 * a", "3 * a"))
        compile_folder(folder, output)
        assert load("Careful", output)["deployedBytecode"] != first
        (folder / "Careful.sol").write_text(CARELESS)
        with pytest.raises(ContractsRefused, match="Unused local variable"):
            compile_folder(folder, output)


def test_the_compiler_s_input_is_what_the_code_says_it_was_made_from() -> None:
    """Each contract's metadata, whose hash ends its code, has the hash of every source and the settings."""
    given = json.loads((build() / "standard-input.json").read_text())
    for name in ("Case", "Poll", "PollFactory", "PasskeyVerifier", "SealedPoll"):
        metadata = json.loads(load(name)["metadata"])
        hashes = {unit: "0x" + keccak(text=source["content"]).hex() for unit, source in given["sources"].items()}
        assert {unit: source["keccak256"] for unit, source in metadata["sources"].items()}.items() <= hashes.items(), name
        for setting in ("evmVersion", "viaIR", "optimizer"):
            assert metadata["settings"][setting] == given["settings"][setting], name


@pytest.mark.drill
def test_the_compiler_s_input_alone_gives_the_same_code() -> None:
    """standard-input.json is what an auditor compiles: it needs neither this folder nor node_modules."""
    given = json.loads((build() / "standard-input.json").read_text())
    compiled = compile_standard(given, solc_binary=COMPILER)
    poll = compiled["contracts"]["contracts/Poll.sol"]["Poll"]["evm"]["bytecode"]["object"]
    assert load("Poll")["bytecode"] == "0x" + poll
