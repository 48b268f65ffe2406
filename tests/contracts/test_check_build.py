"""What is deployed is compared with the sources, immutables masked."""

from __future__ import annotations

from scripts.build_contracts import load
from scripts.check_build import deployed, is_built_from, metadata_hash
from tests.contracts.world import OpenPoll


def test_case_and_polls_are_made_of_the_sources(announced: OpenPoll) -> None:
    case, poll = deployed(announced.chain.w3, announced.world.case.address)
    assert (case["matchesSources"], poll["matchesSources"]) == (True, True)
    assert (case["contractName"], poll["contractName"]) == ("Case", "Poll")
    assert (case["args"][1], poll["address"], poll["args"][1]) == (2, announced.contract.address, 0)
    assert case["solc"].startswith("0.8.37+commit.")
    assert poll["metadataHash"] == metadata_hash(bytes.fromhex(load("Poll")["deployedBytecode"][2:]))
    assert poll["metadataHash"].startswith("0x1220")
    assert len(poll["metadataHash"]) == 70


def test_immutables_may_differ_and_nothing_else(announced: OpenPoll) -> None:
    artifact = load("Poll")
    code = bytes(announced.chain.w3.eth.get_code(announced.contract.address))
    places = {at for found in artifact["immutableReferences"].values() for one in found for at in range(one["start"], one["start"] + 32)}
    assert places
    assert code != bytes.fromhex(artifact["deployedBytecode"][2:])
    for at in (0, len(code) // 2, len(code) - 3, min(places)):
        touched = bytearray(code)
        touched[at] ^= 1
        assert is_built_from(bytes(touched), artifact) is (at in places)
    assert not is_built_from(code[:-1], artifact)
    assert not is_built_from(b"", artifact)
