"""What is deployed is compared with the releases, immutables masked; the newest release is what the sources make."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_abi.abi import encode

from scripts.build.check import deployed, metadata_hash, strangers
from scripts.build.contracts import ROOT, load
from scripts.build.releases import FOLDER, NEWEST, built, facts, known, masked, release_of, text_of
from tests.contracts.ballot_box import PARAMETERS_ABI, created_by, secret, signer_of
from tests.contracts.chain import Chain, anvil
from tests.contracts.world import OpenPoll

RELEASE_1 = ROOT / "tests" / "releases" / "1" / "installation.tar.xz"


def test_the_newest_release_is_what_the_sources_make() -> None:
    """Committed figures would otherwise call a right case a stranger's; `python -m scripts.build.releases` writes them anew."""
    assert known()[NEWEST] == built()["contracts"]
    assert (FOLDER / f"{NEWEST}.json").read_text() == text_of(built())


def test_every_release_has_its_file() -> None:
    assert sorted(known()) == list(range(1, NEWEST + 1))
    assert {path.name for path in FOLDER.iterdir()} == {f"{number}.json" for number in known()}
    for number, contracts in known().items():
        assert set(contracts) == {"Case", "Poll", "PollFactory", "PasskeyVerifier"} | ({"SealedPoll"} if number > 3 else set())


def test_case_and_all_around_it_are_made_of_the_sources(announced: OpenPoll) -> None:
    case, factory, poll = deployed(announced.chain.w3, announced.world.case.address)
    assert [one["contractName"] for one in (case, factory, poll)] == ["Case", "PollFactory", "Poll"]
    assert [one["release"] for one in (case, factory, poll)] == [NEWEST] * 3
    assert strangers([case, factory, poll]) == []
    assert (case["args"][1], factory["address"]) == (2, created_by(announced.world.case.address, 1))
    assert (poll["address"], poll["args"][1]) == (announced.contract.address, 0)
    assert poll["args"][2] == "0x" + encode([PARAMETERS_ABI], [announced.terms.values]).hex()
    assert case["solc"].startswith("0.8.37+commit.")
    assert poll["metadataHash"] == metadata_hash(bytes.fromhex(load("Poll")["deployedBytecode"][2:]))
    assert poll["metadataHash"].startswith("0x1220")
    assert len(poll["metadataHash"]) == 70


def test_what_verifies_passkeys_is_looked_at(chain: Chain) -> None:
    verifier = chain.deploy("PasskeyVerifier").address
    passkey = bytes.fromhex(verifier[2:]) + bytes(64)
    case = chain.open_case([passkey, signer_of(secret("official", 0))], 2, signer_of(secret("institution")))
    found = deployed(chain.w3, case.address)
    assert (found[-1]["contractName"], found[-1]["address"], found[-1]["release"]) == ("PasskeyVerifier", verifier, NEWEST)
    assert strangers(found) == []
    chain.set_code(verifier, "0x" + bytes(chain.w3.eth.get_code(verifier))[:-1].hex() + "00")
    assert strangers(deployed(chain.w3, case.address)) == [verifier]


def test_immutables_may_differ_and_nothing_else(announced: OpenPoll) -> None:
    artifact = load("Poll")
    code = bytes(announced.chain.w3.eth.get_code(announced.contract.address))
    places = {at for start, length in facts(artifact)["immutables"] for at in range(start, start + length)}
    assert places
    assert code != bytes.fromhex(artifact["deployedBytecode"][2:])
    for at in (0, len(code) // 2, len(code) - 3, min(places)):
        touched = bytearray(code)
        touched[at] ^= 1
        assert (release_of("Poll", bytes(touched)) == NEWEST) is (at in places)
    assert [release_of("Poll", other) for other in (code[:-1], b"")] == [0, 0]
    assert release_of("Case", code) == 0


def test_contracts_of_two_releases_do_not_belong_together(announced: OpenPoll) -> None:
    case, factory, poll = deployed(announced.chain.w3, announced.world.case.address)
    assert strangers([case, factory, poll | {"release": 1}]) == [poll["address"]]
    assert strangers([case | {"release": 0}, factory, poll]) == [one["address"] for one in (case, factory, poll)]


@pytest.fixture(scope="module")
def chain_of_release_1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Chain, str]]:
    """The chain that an installation of the first release left, and its case."""
    folder = tmp_path_factory.mktemp("release 1")
    with tarfile.open(RELEASE_1) as packed:
        packed.extractall(folder, filter="data")
    poll_file: Path = next((folder / "published").rglob("poll.json"))
    with anvil("--load-state", str(folder / "chain" / "state.json")) as address:
        yield Chain(address), json.loads(poll_file.read_text())["case"]


def test_a_case_of_the_first_release_is_known(chain_of_release_1: tuple[Chain, str]) -> None:
    chain, case = chain_of_release_1
    found = deployed(chain.w3, case)
    assert [one["contractName"] for one in found[:4]] == ["Case", "PollFactory", "Poll", "Poll"]
    assert {one["release"] for one in found if one["contractName"] != "PasskeyVerifier"} == {1}
    assert strangers(found) == []
    assert found[0]["abi"] == [], "these sources' ABI is another"


def test_masking_blanks_the_places_and_nothing_else() -> None:
    assert masked(bytes(range(1, 9)), [[1, 2], [6, 2]]) == bytes([1, 0, 0, 4, 5, 6, 0, 0])
