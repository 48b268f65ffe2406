"""What the contracts of each release are, in figures that need no sources: verifier/releases/<number>.json.

    python -m scripts.build.releases          # write the newest release's file again, from the build

The files of earlier releases stay as they are: their cases are on chains, and are still carried on and recounted. The recounts compare
what is deployed with these figures (protocol, section 13).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from scripts.build.contracts import ROOT, build, load

FOLDER = ROOT / "verifier" / "releases"
#: The release that the sources make.
NEWEST = 5
#: Sealed polls are there since release 4, successions since release 5.
CONTRACTS = ("Case", "Poll", "PollFactory", "PasskeyVerifier", "SealedPoll")


def masked(code: bytes, places: list[list[int]]) -> bytes:
    """The code with zeros at its immutables, given as (start, length) in bytes."""
    blank = bytearray(code)
    for start, length in places:
        blank[start : start + length] = bytes(length)
    return bytes(blank)


def facts(artifact: dict[str, Any]) -> dict[str, Any]:
    """Lengths and hashes of one compiled contract; hashes are 0x hex, the deployed code's with zeros at the immutables."""
    found = [place for places in artifact["immutableReferences"].values() for place in places]
    places = sorted([place["start"], place["length"]] for place in found)
    runtime, creation = (bytes.fromhex(artifact[name][2:]) for name in ("deployedBytecode", "bytecode"))
    return {
        "runtime_bytes": len(runtime),
        "runtime_keccak": "0x" + keccak(masked(runtime, places)).hex(),
        "immutables": places,
        "creation_bytes": len(creation),
        "creation_keccak": "0x" + keccak(creation).hex(),
    }


def built() -> dict[str, Any]:
    """The newest release as these sources compile to it."""
    build()
    return {"release": NEWEST, "contracts": {name: facts(load(name)) for name in CONTRACTS}}


def known() -> dict[int, dict[str, Any]]:
    """The contracts of every release by its number, as the files have them."""
    files = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return {one["release"]: one["contracts"] for one in files}


def release_of(name: str, code: bytes) -> int:
    """The newest release whose contract of that name has this deployed code, whatever its immutables hold; 0 when none has."""
    for number, contracts in sorted(known().items(), reverse=True):
        one = contracts.get(name)
        if one and len(code) == one["runtime_bytes"] and "0x" + keccak(masked(code, one["immutables"])).hex() == one["runtime_keccak"]:
            return number
    return 0


def text_of(release: dict[str, Any]) -> str:
    """JSON to read: a line for each figure, each place of an immutable in brackets of its own."""
    return re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", json.dumps(release, indent=1)) + "\n"


def write(release: dict[str, Any], folder: Path = FOLDER) -> Path:
    """Write the file of a release; its path."""
    path = folder / f"{release['release']}.json"
    path.write_text(text_of(release))
    return path


def main() -> None:
    """Write the newest release's file and say how large its contracts are."""
    release = built()
    path = write(release)
    sizes = {name: one["runtime_bytes"] for name, one in release["contracts"].items()}
    print(json.dumps({"release": NEWEST, "file": path.relative_to(ROOT).as_posix(), "runtime_bytes": sizes}))


if __name__ == "__main__":
    main()
