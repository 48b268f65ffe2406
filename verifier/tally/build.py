"""The reproducible build of the contracts: whoever compiles the published sources gets the code that must stand on the chain."""

import json
from pathlib import Path
from typing import Any

from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak
from verifier.tally.published import parse

#: Where `python -m scripts.build_contracts` writes; there only when the recount runs from a checkout of the sources.
OF_THIS_CHECKOUT = Path(__file__).resolve().parents[2] / "build" / "contracts"
NAMES = {"case": "Case", "poll": "Poll"}


def _spots(references: dict[str, Any]) -> list[tuple[int, int]]:
    return [(int(spot["start"]), int(spot["length"])) for spots in references.values() for spot in spots]


def without_immutables(code: bytes, spots: list[tuple[int, int]]) -> bytes:
    """The code with zeros where a contract keeps what it was created with; that is read and checked through its views."""
    masked = bytearray(code)
    for start, length in spots:
        masked[start : start + length] = bytes(length)
    return bytes(masked[: len(code)])


def check_code(build: Path, contract: str, code: bytes, log: StepLog) -> None:
    """The contract's code is the build's, but for what it was created with; a finding when not. Raises Wrong for an unreadable build."""
    path = build / f"{NAMES[contract]}.json"
    try:
        artifact = parse(path.read_bytes(), str(path))
        expected = bytes.fromhex(artifact["deployedBytecode"][2:])
        spots = _spots(artifact["immutableReferences"])
    except (OSError, KeyError, TypeError, ValueError, json.JSONDecodeError) as error:
        raise Wrong(str(path), "is no build of the contract", "deployedBytecode and immutableReferences", error) from error
    hashes = [keccak(without_immutables(one, spots)) for one in (expected, code)]
    if log.equal(f"node: code of the {contract}", "is not the code that the sources compile to", hashes[0], hashes[1]):
        log.note(f"{contract}: the code is that of the build, hash 0x{hashes[0].hex()} without what it was created with")
