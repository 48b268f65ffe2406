"""`python -m scripts.releases`: write down what the contracts of this release compile to, for recounts that have no compiler at hand.

`verifier/releases/N.json` has, for each contract, the hash of its creation code, and of its deployed code with zeros where it keeps its
immutables. A file of an earlier release is never written again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from scripts.build_contracts import ROOT, build, load

RELEASE = 2
FOLDER = ROOT / "verifier" / "releases"
NAMES = ("Case", "Poll", "PollFactory", "PasskeyVerifier")


def described(name: str, folder: Path) -> dict[str, Any]:
    """One contract of the build."""
    artifact = load(name, folder)
    runtime, creation = (bytes.fromhex(artifact[key][2:]) for key in ("deployedBytecode", "bytecode"))
    spots = sorted([int(one["start"]), int(one["length"])] for many in artifact["immutableReferences"].values() for one in many)
    masked = bytearray(runtime)
    for start, length in spots:
        masked[start : start + length] = bytes(length)
    return {
        "runtime_bytes": len(runtime),
        "runtime_keccak": "0x" + keccak(bytes(masked)).hex(),
        "immutables": spots,
        "creation_bytes": len(creation),
        "creation_keccak": "0x" + keccak(creation).hex(),
    }


def release() -> str:
    """The file of this release."""
    folder = build()
    return json.dumps({"release": RELEASE, "contracts": {name: described(name, folder) for name in NAMES}}, indent=1) + "\n"


if __name__ == "__main__":
    (FOLDER / f"{RELEASE}.json").write_text(release())
    print(json.dumps({"release": RELEASE, "contracts": len(NAMES)}))
