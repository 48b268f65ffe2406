"""From sources to bytes, twice, and to what is deployed.

    python -m scripts.check_build                                              # two compilations give the same bytes
    python -m scripts.check_build --rpc-url URL --case ADDRESS                 # the case and its polls are made of this code
    python -m scripts.check_build --rpc-url URL --case ADDRESS --write deployments.json

Deployed code is compared with the immutables masked, for they differ by contract; all else, the hash of the sources in the metadata
included, must be equal byte by byte. Ends with one JSON line; status 1 when something differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak
from solcx import compile_standard
from web3 import Web3

from scripts.build_contracts import COMPILER, build, load

OURS = ("Case", "Poll", "PollFactory", "PasskeyVerifier")


def twice() -> list[str]:
    """Compile the build's own input a second time and compare; names of the contracts that differ."""
    given = json.loads((build() / "standard-input.json").read_text())
    units = compile_standard(given, solc_binary=COMPILER)["contracts"]
    again = {name: contract for unit in units.values() for name, contract in unit.items()}
    differ = []
    for name in OURS:
        built, evm = load(name), again[name]["evm"]
        compiled = ["0x" + evm[kind]["object"] for kind in ("bytecode", "deployedBytecode")]
        if [built["bytecode"], built["deployedBytecode"], built["metadata"]] != [*compiled, again[name]["metadata"]]:
            differ.append(name)
    return differ


def masked(code: bytes, references: dict[str, list[dict[str, int]]]) -> bytes:
    """The code with zeros in place of its immutables."""
    blank = bytearray(code)
    for places in references.values():
        for place in places:
            blank[place["start"] : place["start"] + place["length"]] = bytes(place["length"])
    return bytes(blank)


def is_built_from(code: bytes, artifact: dict[str, Any]) -> bool:
    """Whether deployed code is the artifact's, whatever its immutables hold."""
    built = bytes.fromhex(artifact["deployedBytecode"][2:])
    references = artifact["immutableReferences"]
    return len(code) == len(built) and masked(code, references) == masked(built, references)


def metadata_hash(code: bytes) -> str:
    """The IPFS multihash of the metadata at the end of a contract's code (CBOR, its length in the last two bytes)."""
    trailer = code[-2 - int.from_bytes(code[-2:], "big") : -2]
    at = trailer.find(b"\x64ipfs\x58\x22")
    return "0x" + trailer[at + 7 : at + 41].hex() if at >= 0 else ""


def deployment(name: str, address: str, code: bytes, arguments: list[Any]) -> dict[str, Any]:
    """One contract in the shape in which deployments are usually written down."""
    artifact = load(name)
    return {
        "contractName": name,
        "address": address,
        "codeHash": "0x" + keccak(code).hex(),
        "abi": artifact["abi"],
        "args": arguments,
        "solc": json.loads(artifact["metadata"])["compiler"]["version"],
        "metadataHash": metadata_hash(code),
        "matchesSources": is_built_from(code, artifact),
    }


def deployed(w3: Web3, address: str) -> list[dict[str, Any]]:
    """The case at the address and every poll that it announced, each compared with the build."""
    case = w3.eth.contract(address=Web3.to_checksum_address(address), abi=load("Case")["abi"])
    code = bytes(w3.eth.get_code(case.address))
    officials = ["0x" + signer.hex() for signer in case.functions.officials().call()]
    opened = [officials, case.functions.threshold().call(), "0x" + case.functions.institution().call().hex()]
    found = [deployment("Case", case.address, code, opened)]
    for number in range(case.functions.pollCount().call()):
        poll = w3.eth.contract(address=case.functions.poll(number).call(), abi=load("Poll")["abi"])
        terms = json.loads(Web3.to_json(poll.functions.parameters().call()))
        found.append(deployment("Poll", poll.address, bytes(w3.eth.get_code(poll.address)), [case.address, number, terms]))
    return found


def main() -> int:
    """Compile, compare, print; 0 when all is the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rpc-url")
    parser.add_argument("--case")
    parser.add_argument("--write", type=Path, help="write what is deployed to this file")
    chosen = parser.parse_args()
    if (chosen.rpc_url is None) != (chosen.case is None):
        parser.error("--rpc-url and --case belong together")
    differ = twice()
    print("a second compilation: " + (f"different for {', '.join(differ)}" if differ else "the same bytes"))
    found = deployed(Web3(Web3.HTTPProvider(chosen.rpc_url)), chosen.case) if chosen.case else []
    for one in found:
        said = "made of these sources" if one["matchesSources"] else "NOT made of these sources"
        print(f"{one['contractName']:>6} {one['address']}  code hash {one['codeHash']}: {said}")
    if chosen.write:
        chosen.write.write_text(json.dumps(found, indent=2) + "\n")
    strangers = [one["address"] for one in found if not one["matchesSources"]]
    print(json.dumps({"contracts": len(OURS), "differ": differ, "deployed": len(found), "not_from_sources": strangers}))
    return 1 if differ or strangers else 0


if __name__ == "__main__":
    sys.exit(main())
