"""Compile the contracts with the compiler of node_modules into build/contracts.

Run `python -m scripts.build.contracts`; it does nothing when no source has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from solcx import compile_standard

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "contracts"
OUTPUT = ROOT / "build" / "contracts"
COMPILER = ROOT / "scripts" / "build" / "solc"

#: The compiler's settings; they are part of what an auditor needs to get the same bytes.
SETTINGS: dict[str, Any] = {
    "evmVersion": "cancun",
    "viaIR": True,
    "optimizer": {"enabled": True, "runs": 10_000},
    "metadata": {"bytecodeHash": "ipfs", "useLiteralContent": False},
    "outputSelection": {
        "*": {
            "*": [
                "abi",
                "metadata",
                "storageLayout",
                "evm.bytecode.object",
                "evm.deployedBytecode.object",
                "evm.deployedBytecode.immutableReferences",
            ]
        }
    },
}

_IMPORT = re.compile(r'^\s*import\s+(?:[^"\';]*\sfrom\s+)?["\']([^"\']+)["\']\s*;', re.MULTILINE)


class ContractsRefused(Exception):
    """The compiler refused our sources or warned about them."""


def build(force: bool = False) -> Path:
    """Compile contracts/ unless the same sources are compiled already.

    Returns the folder with one `<Name>.json` a contract and `standard-input.json`; raises ContractsRefused.
    """
    return compile_folder(SOURCES, OUTPUT, force=force)


def compile_folder(folder: Path, output: Path, force: bool = False) -> Path:
    """Compile every Solidity file under `folder` and write what it yields to `output`; of two at a time, one does it."""
    standard_input = _standard_input(sorted(folder.rglob("*.sol")))
    text = json.dumps(standard_input, indent=1, sort_keys=True)
    stamp = hashlib.sha256(text.encode() + COMPILER.read_bytes()).hexdigest()
    if not force and _is_built(output, stamp):
        return output
    output.mkdir(parents=True, exist_ok=True)
    with (output / ".alone").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if force or not _is_built(output, stamp):
            own = folder.relative_to(ROOT).as_posix() + "/"
            names = _write_contracts(_compile(standard_input, own), own, output)
            _remove_stale(output, names)
            _write(output / "standard-input.json", text)
            _write(_stamp_file(output), stamp)
    return output


def _stamp_file(output: Path) -> Path:
    return output / "sources.sha256"


def _is_built(output: Path, stamp: str) -> bool:
    return _stamp_file(output).exists() and _stamp_file(output).read_text() == stamp


def load(name: str, output: Path = OUTPUT) -> dict[str, Any]:
    """Return the compiled contract `name` as build() wrote it: abi, bytecode, deployedBytecode and the rest."""
    artifact: dict[str, Any] = json.loads((output / f"{name}.json").read_text())
    return artifact


def _standard_input(files: Iterable[Path]) -> dict[str, Any]:
    """Return compiler input that holds every source, the imported ones too, so that it compiles anywhere."""
    sources: dict[str, dict[str, str]] = {}
    waiting = [path.relative_to(ROOT).as_posix() for path in files]
    while waiting:
        unit = waiting.pop()
        if unit in sources:
            continue
        content = _locate(unit).read_text(encoding="utf-8")
        sources[unit] = {"content": content}
        waiting += [_imported_unit(unit, target) for target in _IMPORT.findall(content)]
    return {"language": "Solidity", "sources": sources, "settings": SETTINGS}


def _locate(unit: str) -> Path:
    return ROOT / "node_modules" / unit if unit.startswith("@") else ROOT / unit


def _imported_unit(importer: str, target: str) -> str:
    if not target.startswith("."):
        return target
    return os.path.normpath(os.path.join(os.path.dirname(importer), target))


def _compile(standard_input: dict[str, Any], own: str) -> dict[str, Any]:
    compiled: dict[str, Any] = compile_standard(standard_input, solc_binary=COMPILER)
    # A library's warning is its author's business; a warning about our own source is an error.
    ours = [
        found["formattedMessage"]
        for found in compiled.get("errors", [])
        if found.get("sourceLocation", {}).get("file", own).startswith((own, "contracts/"))
    ]
    if ours:
        raise ContractsRefused("\n".join(ours))
    return compiled


def _write_contracts(compiled: dict[str, Any], own: str, output: Path) -> set[str]:
    names: set[str] = set()
    for unit, contracts in sorted(compiled["contracts"].items()):
        if not unit.startswith(own):
            continue
        for name, contract in contracts.items():
            if name in names:
                raise ContractsRefused(f"two contracts are named {name}")
            names.add(name)
            _write(output / f"{name}.json", json.dumps(_artifact(name, contract), indent=1))
    return names


def _artifact(name: str, contract: dict[str, Any]) -> dict[str, Any]:
    deployed = contract["evm"]["deployedBytecode"]
    return {
        "contractName": name,
        "abi": contract["abi"],
        "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
        "deployedBytecode": "0x" + deployed["object"],
        "immutableReferences": deployed.get("immutableReferences", {}),
        "storageLayout": contract.get("storageLayout", {}),
        "metadata": contract["metadata"],
    }


def _remove_stale(output: Path, names: set[str]) -> None:
    for path in output.glob("*.json"):
        if path.stem not in names and path.name != "standard-input.json":
            path.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    """Replace the file in one step: two builds at a time must not leave half a file.

    The partial file has the mode of any new file. `tempfile` would make it its maker's alone, and a service's user could not read what root
    built.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def main() -> None:
    """Build, then print the size of every contract that has code (bytes; the limit is 24,576)."""
    folder = build()
    sizes = {}
    for path in sorted(folder.glob("*.json")):
        if path.name != "standard-input.json":
            artifact = json.loads(path.read_text())
            if len(artifact["deployedBytecode"]) > 2:
                sizes[artifact["contractName"]] = (len(artifact["deployedBytecode"]) - 2) // 2
    print(json.dumps({"deployed_bytes": sizes}))


if __name__ == "__main__":
    main()
