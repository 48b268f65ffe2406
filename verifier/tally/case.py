"""A case by itself: its fingerprint, the addresses of its polls, and the releases whose code it may be (protocol §8.1)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.tally import abi, rlp
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.published import canonical

RELEASES = Path(__file__).resolve().parents[1] / "releases"
#: What a case is created with; before protocol 4 it had no trustees and no sealed polls, before protocol 3 no mark.
CREATION, CREATION_3, CREATION_2 = "(bytes[],uint256,bytes,bool,bytes[],bytes32)", "(bytes[],uint256,bytes,bool)", "(bytes[],uint256,bytes)"


def fingerprint(chain_id: int, case: bytes, officials: list[bytes], threshold: int, institution: bytes, rehearsal: bool) -> str:
    """Eight groups of four hex digits, as the working group prints them on paper."""
    facts = {
        "case": "0x" + case.hex(),
        "chain_id": chain_id,
        "institution": "0x" + institution.hex(),
        "officials": ["0x" + official.hex() for official in officials],
        "threshold": threshold,
        **({"rehearsal": True} if rehearsal else {}),
    }
    digits = keccak(canonical(facts))[:16].hex()
    return " ".join(digits[i : i + 4] for i in range(0, 32, 4))


def created_address(creator: bytes, nonce: int) -> bytes:
    """The address of the contract that an account or contract creates with this nonce."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    return keccak(rlp.encode([creator, number]))[12:]


def poll_address(case: bytes, number: int) -> bytes:
    """Where a case's poll of that number stands, since protocol 2: its first creation is its factory, whose creations are the polls."""
    return created_address(created_address(case, 1), number + 1)


@dataclass(frozen=True)
class Code:
    """One contract of a release: hashes of its creation code, and of its deployed code with zeros where it keeps its immutables."""

    creation_bytes: int
    creation_keccak: bytes
    runtime_keccak: bytes
    immutables: tuple[tuple[int, int], ...]

    def is_deployed(self, code: bytes) -> bool:
        """Whether code found on a chain is this contract's."""
        masked = bytearray(code)
        for start, length in self.immutables:
            masked[start : start + length] = bytes(length)
        return keccak(bytes(masked[: len(code)])) == self.runtime_keccak


@dataclass(frozen=True)
class Release:
    """One release of the contracts by its number, which is also the number of its protocol."""

    number: int
    contracts: dict[str, Code]

    def created_with(self, data: bytes) -> tuple[list[bytes], int, bytes, bool] | None:
        """Officials, threshold, institution and mark of a creation by this release; None when code, also of sealed polls, is another."""
        case = self.contracts["Case"]
        if keccak(data[: case.creation_bytes]) != case.creation_keccak:
            return None
        if self.number < 3:
            return *abi.decode(CREATION_2, data, case.creation_bytes), False
        if self.number < 4:
            officials, threshold, institution, rehearsal = abi.decode(CREATION_3, data, case.creation_bytes)
            return officials, threshold, institution, rehearsal
        officials, threshold, institution, rehearsal, _, sealed_code_hash = abi.decode(CREATION, data, case.creation_bytes)
        if sealed_code_hash != self.contracts["SealedPoll"].creation_keccak:
            return None
        return officials, threshold, institution, rehearsal


def releases(folder: Path = RELEASES) -> dict[int, Release]:
    """All releases that this tool knows, by number."""
    found = [_release(json.loads(path.read_bytes())) for path in sorted(folder.glob("*.json"))]
    return {release.number: release for release in found}


def _release(value: dict[str, Any]) -> Release:
    return Release(value["release"], {name: _code(one) for name, one in value["contracts"].items()})


def _code(one: dict[str, Any]) -> Code:
    creation, runtime = (bytes.fromhex(one[key][2:]) for key in ("creation_keccak", "runtime_keccak"))
    return Code(one["creation_bytes"], creation, runtime, tuple((start, length) for start, length in one["immutables"]))


def built(folder: Path, number: int) -> Release:
    """A build of the sources by whoever verifies, in place of the release of that number. Raises Wrong for an unreadable one."""
    contracts = {}
    for name in ("Case", "Poll", "PollFactory", "PasskeyVerifier", *(["SealedPoll"] if number > 3 else [])):
        path = folder / f"{name}.json"
        try:
            artifact = json.loads(path.read_bytes())
            creation, runtime = (bytes.fromhex(artifact[key][2:]) for key in ("bytecode", "deployedBytecode"))
            spots = [(int(one["start"]), int(one["length"])) for many in artifact["immutableReferences"].values() for one in many]
        except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise Wrong(
                "case.code", str(path), "is no build of the contract", "bytecode, deployedBytecode, immutableReferences", error
            ) from error
        masked = bytearray(runtime)
        for start, length in spots:
            masked[start : start + length] = bytes(length)
        contracts[name] = Code(len(creation), keccak(creation), keccak(bytes(masked)), tuple(sorted(spots)))
    return Release(number, contracts)
