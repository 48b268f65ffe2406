"""The file of organisations: what is made of it is the same for all of them, and what is wrong with it is a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from coincurve import PrivateKey

from backend.ground.common.hashing import keccak
from scripts.consortium import genesis
from scripts.consortium.errors import EngineMissing, GenesisDiffers, OrganisationsWrong, ValidatorNotStarted
from scripts.consortium.network import Network, make_key, written
from scripts.consortium.organisations import Consortium, read
from scripts.consortium.validator import PROGRAM, Place, Validator
from verifier.tally import rlp

NAMES = ("working-group", "association", "notary", "institution", "court", "bank", "guarantor")
NEEDS_ENGINE = pytest.mark.skipif(not PROGRAM.exists(), reason="no validator's program: install Go 1.24 or later and run `make engine`")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "organisations.toml"
    found.write_text(written(tmp_path, NAMES[:4], ["0x" + "11" * 20]))
    return found


def consortium(folder: Path, count: int) -> Consortium:
    found = folder / f"of-{count}.toml"
    found.write_text(written(folder, NAMES[:count], []))
    return read(found)


def test_all_parties_make_the_same_first_block_of_public_things_alone(file: Path, tmp_path: Path) -> None:
    one = read(file)
    assert genesis.write(one, tmp_path / "a") == genesis.write(read(file), tmp_path / "b")
    made = (tmp_path / "a" / genesis.FILE).read_text()
    for name in NAMES[:4]:
        secret = (tmp_path / name / "nodekey").read_text().strip()
        assert secret not in made
        public = PrivateKey.from_hex(secret).public_key.format(compressed=False)[1:]
        assert "0x" + keccak(public)[12:].hex() in one.addresses
    extra = bytes.fromhex(json.loads(made)["extraData"][2:])
    addresses = [bytes.fromhex(address[2:]) for address in one.addresses]
    assert extra[32:] == rlp.encode([addresses, bytes(65), []])
    named = json.loads((tmp_path / "a" / "validators.json").read_text())
    assert named == {"validators": [{"from_block": 0, "addresses": one.addresses}]}


def test_fees_are_none_and_a_change_of_validators_needs_more_than_half(file: Path) -> None:
    config = genesis.genesis(read(file))["config"]
    assert config["unitPrice"] == config["governance"]["kip71"]["upperboundbasefee"] == 0
    assert config["governance"]["governanceMode"] == "ballot"
    assert config["istanbul"]["policy"] == genesis.STICKY
    assert all(config[f"{fork}CompatibleBlock"] == 0 for fork in genesis.FORKS)


def test_a_key_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    first = make_key(tmp_path / "notary")
    assert make_key(tmp_path / "notary") == first
    assert (tmp_path / "notary" / "nodekey").stat().st_mode & 0o077 == 0


def twice_the_key(text: str) -> str:
    keys = re.findall(r'node_key = "(0x[0-9a-f]+)"', text)
    return text.replace(keys[1], keys[0])


def twice_the_place(text: str) -> str:
    ports = re.findall(r"port = (\d+)", text)
    return text.replace(f"port = {ports[1]}", f"port = {ports[0]}")


def no_point(text: str) -> str:
    return re.sub(r'node_key = "0x[0-9a-f]+"', f'node_key = "0x{"11" * 64}"', text, count=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (twice_the_key, "working-group and association have the same node_key"),
        (twice_the_place, "working-group and association have the same place"),
        (no_point, "node_key of working-group is no public key"),
        (lambda text: text.replace("association", "Association"), "lower case letters"),
        (lambda text: text.replace("notary", "association"), "the same name"),
        (lambda text: text.replace("chain_id = ", "chain_id = -"), "chain_id has to be"),
        (lambda text: re.sub(r"made_at = .*", "made_at = 2026-11-27", text), "made_at has to be a time"),
        (lambda text: text.replace("port = ", 'colour = "red"\nport = '), "fields that there are not: colour"),
        (lambda text: text.replace("port = ", "port = 7"), "host or port"),
        (lambda text: text.replace('["0x11', '["0xZZ'), "funded has to be"),
        (lambda text: text + "[", "cannot be read"),
        (lambda text: text[: text.rindex("[[")], "it names 3 organisations: at least 4"),
    ],
)
def test_what_is_wrong_with_the_file_is_a_sentence(file: Path, change: Callable[[str], str], said: str) -> None:
    file.write_text(change(file.read_text()))
    with pytest.raises(OrganisationsWrong) as caught:
        read(file)
    assert said in caught.value.say("en")
    assert caught.value.say("zh") != caught.value.say("en")


@pytest.mark.parametrize("count", [4, 5, 7])
def test_numbers_of_organisations_whose_blocks_are_certified(tmp_path: Path, count: int) -> None:
    quorum = -(-2 * count // 3)  # by as many the engine makes a block
    assert 3 * quorum > 2 * len(consortium(tmp_path, count).organisations)


def test_with_six_organisations_a_block_may_rest_on_two_thirds_and_no_more(tmp_path: Path) -> None:
    with pytest.raises(OrganisationsWrong, match="one more, or one fewer"):
        consortium(tmp_path, 6)


def test_without_the_program_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.consortium.validator.PROGRAM", tmp_path / "none")
    network = Network(tmp_path / "net")
    with pytest.raises(EngineMissing, match="make engine"):
        network.start()


@NEEDS_ENGINE
def test_a_folder_of_another_chain_is_told_apart(tmp_path: Path) -> None:
    networks = [Network(tmp_path / name) for name in ("one", "other")]
    victim = networks[0].validators[0]
    first, second = (network.folder / "agreed" / genesis.FILE for network in networks)
    victim.prepare(first, b"[]")
    victim.prepare(first, b"[]")
    with pytest.raises(GenesisDiffers, match=r"compare genesis\.json"):
        victim.prepare(second, b"[]")


@NEEDS_ENGINE
def test_a_first_block_that_is_none_is_said(tmp_path: Path) -> None:
    network = Network(tmp_path / "net")
    broken = tmp_path / "genesis.json"
    broken.write_text("{}")
    with pytest.raises(ValidatorNotStarted, match="working-group"):
        network.validators[0].prepare(broken, b"[]")


@NEEDS_ENGINE
def test_a_validator_without_room_on_its_disk_ends_with_a_reason(tmp_path: Path) -> None:
    network = Network(tmp_path / "net")
    one = network.consortium.organisations[0]
    before = ["prlimit", "--fsize=4096:4096", "--"]
    validator = Validator(one, Place(tmp_path / "net" / one.name, 15_999), network.consortium.chain_id, before=before)
    validator.prepare(network.folder / "agreed" / genesis.FILE, b"[]")
    validator.launch()
    try:
        with pytest.raises(ValidatorNotStarted, match="did not start"):
            validator.await_answer(20)
    finally:
        validator.stop()
