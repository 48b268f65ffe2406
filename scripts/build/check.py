"""From sources to bytes, twice, and to what is deployed.

    python -m scripts.build.check                                              # two compilations give the same bytes
    python -m scripts.build.check --rpc-url URL --case ADDRESS                 # the case and all around it are of a release
    python -m scripts.build.check --rpc-url URL --case ADDRESS --write deployments.json

Looked at are the case, its factory, its polls, and the contracts that verify its signers' passkeys. Deployed code is compared with the
immutables masked, for they differ by contract; all else, the hash of the sources in the metadata included, must be equal byte by byte to
these sources or to an earlier release (verifier/releases), to one and the same for all. Ends with one JSON line; status 1 when something
differs.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import rlp
from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak
from solcx import compile_standard
from web3 import Web3
from web3.contract import Contract

from scripts.build.contracts import COMPILER, build, load
from scripts.build.releases import CONTRACTS, NEWEST, built, known, release_of

PASSKEY_BYTES = 84
#: The release from which on cases can have sealed polls.
FIRST_SEALED = 4


def twice() -> list[str]:
    """Compile the build's own input a second time and compare; names of the contracts that differ."""
    given = json.loads((build() / "standard-input.json").read_text())
    units = compile_standard(given, solc_binary=COMPILER)["contracts"]
    again = {name: contract for unit in units.values() for name, contract in unit.items()}
    differ = []
    for name in CONTRACTS:
        built, evm = load(name), again[name]["evm"]
        compiled = ["0x" + evm[kind]["object"] for kind in ("bytecode", "deployedBytecode")]
        if [built["bytecode"], built["deployedBytecode"], built["metadata"]] != [*compiled, again[name]["metadata"]]:
            differ.append(name)
    return differ


def metadata_hash(code: bytes) -> str:
    """The IPFS multihash of the metadata at the end of a contract's code (CBOR, its length in the last two bytes)."""
    trailer = code[-2 - int.from_bytes(code[-2:], "big") : -2]
    at = trailer.find(b"\x64ipfs\x58\x22")
    return "0x" + trailer[at + 7 : at + 41].hex() if at >= 0 else ""


def deployment(name: str, address: str, code: bytes, arguments: list[Any]) -> dict[str, Any]:
    """One contract in the shape in which deployments are usually written down; ABI and compiler where the sources are these."""
    artifact, release = load(name), release_of(name, code)
    ours = release == NEWEST
    return {
        "contractName": name,
        "address": address,
        "codeHash": "0x" + keccak(code).hex(),
        "abi": artifact["abi"] if ours else [],
        "args": arguments,
        "solc": json.loads(artifact["metadata"])["compiler"]["version"] if ours else "",
        "metadataHash": metadata_hash(code),
        "release": release,
    }


def created_by(creator: str, nonce: int) -> str:
    """Address of the contract that a contract creates with its nonce."""
    return Web3.to_checksum_address(keccak(rlp.encode([bytes.fromhex(creator[2:]), nonce]))[12:])


def encoded_parameters(poll: Contract) -> str:
    """What a poll was created with, as 0x hex."""
    parameters = poll.get_function_by_name("parameters")
    kinds = [collapse_if_tuple(dict(output)) for output in parameters.abi["outputs"]]
    return "0x" + encode(kinds, [parameters().call()]).hex()


def sealed_arguments(poll: Contract) -> list[Any]:
    """What a sealed poll was created with beside its case and number: parameters, then its key."""
    asked = ("motions", "abandonAfterSeconds", "sealKey", "sealKeyHash", "shareKeys")
    motions, seconds, key, key_hash, share_keys = (poll.get_function_by_name(name)().call() for name in asked)
    return [[encoded_parameters(poll), motions, seconds], key, "0x" + key_hash.hex(), share_keys]


def deployed(w3: Web3, address: str) -> list[dict[str, Any]]:
    """The case at the address, its factory, every poll that it announced, and what verifies its signers' passkeys."""

    def one(name: str, at: str, *arguments: Any) -> dict[str, Any]:
        where = Web3.to_checksum_address(at)
        return deployment(name, where, bytes(w3.eth.get_code(where)), list(arguments))

    case = w3.eth.contract(address=Web3.to_checksum_address(address), abi=load("Case")["abi"])
    officials, institution = case.functions.officials().call(), case.functions.institution().call()
    opened = [["0x" + signer.hex() for signer in officials], case.functions.threshold().call(), "0x" + institution.hex()]
    found = [one("Case", case.address, *opened), one("PollFactory", created_by(case.address, 1))]
    for number in range(case.functions.pollCount().call()):
        sealed = found[0]["release"] >= FIRST_SEALED and case.functions.isSealed(number).call()
        poll = w3.eth.contract(address=case.functions.poll(number).call(), abi=load("SealedPoll" if sealed else "Poll")["abi"])
        arguments = sealed_arguments(poll) if sealed else [encoded_parameters(poll)]
        found.append(one("SealedPoll" if sealed else "Poll", poll.address, case.address, number, *arguments))
    # Whatever is no plain key is behind a contract, also one that earlier releases took without a look.
    verifiers = sorted({signer[:20].hex() for signer in (*officials, institution) if len(signer) != 20})
    return found + [one("PasskeyVerifier", "0x" + verifier) for verifier in verifiers]


def strangers(found: list[dict[str, Any]]) -> list[str]:
    """Addresses of contracts that are not of the case's release. The verifier of passkeys is the same in all."""
    releases = {found[0]["release"]} - {0}
    right = {"PasskeyVerifier": set(known())}
    return [one["address"] for one in found if one["release"] not in right.get(one["contractName"], releases)]


def in_words(one: dict[str, Any]) -> str:
    """Of what one contract is made."""
    if one["release"] == NEWEST:
        return "made of these sources"
    return f"of release {one['release']}" if one["release"] else "NOT of any release"


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
    as_released = built()["contracts"] == known()[NEWEST]
    print(
        f"release {NEWEST}: " + ("these sources" if as_released else "NOT these sources (python -m scripts.build.releases writes it again)")
    )
    found = deployed(Web3(Web3.HTTPProvider(chosen.rpc_url)), chosen.case) if chosen.case else []
    for one in found:
        print(f"{one['contractName']:>15} {one['address']}  code hash {one['codeHash']}: {in_words(one)}")
    if chosen.write:
        chosen.write.write_text(json.dumps(found, indent=2) + "\n")
    foreign = strangers(found) if found else []
    wrong = bool(differ or foreign or not as_released)
    figures = {"contracts": len(CONTRACTS), "differ": differ, "as_released": as_released, "deployed": len(found), "strangers": foreign}
    print(json.dumps(figures))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
