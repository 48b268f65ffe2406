"""A register of 96 lenders is sampled by the commands, from the openings file to a recount by both tools and from a bundle."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from typer.testing import CliRunner

from backend.case.register.openings import new_password, sealed
from scripts.cli.__main__ import main
from scripts.cli.sampling.sheets import FINDING
from scripts.evidence.bundle import write_bundle
from scripts.tampers.recounts import FIRST, SECOND, ask
from tests.contracts.ballot_box import Register, make_register
from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.vote import HeldVote, canonical
from verifier.tally.progress import Progress
from verifier.tally.recount import Options

LENDERS = 96
KEY_PASSWORD = "correct horse battery"


def run(*words: object, **environment: str) -> Any:
    """A command that has to succeed; its last line."""
    done = CliRunner().invoke(main, ["register", "sample", *map(str, words)], env=environment)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.splitlines()[-1])


def refused(*words: object, **environment: str) -> str:
    done = CliRunner().invoke(main, ["register", "sample", *map(str, words)], env=environment)
    assert done.exit_code == 1, done.output
    return done.output


def openings_of(register: Register, vote: HeldVote, password: str) -> bytes:
    header = {
        "case": vote.world.case.address.lower(),
        "chain_id": vote.poll.chain.chain_id,
        "claims_keccak": "0x" + bytes(32).hex(),
        "class_names": register.class_names,
        "register_number": 0,
        "with_related": False,
    }
    leaves = [
        {
            "amount_fen": one.amount_fen,
            "blind": f"0x{one.blind:064x}",
            "index": one.index,
            "rows": [one.index + 2],
            "voting_class": one.voting_class,
        }
        for one in register.lenders
    ]
    return b"".join(sealed(map(canonical, [header, *leaves]), password))


def filled(sheet: Path, words: dict[int, str]) -> None:
    """A work sheet as an official sends it back: in Chinese where nothing is wrong."""
    rows = list(csv.reader(StringIO(sheet.read_text("utf-8-sig"))))
    for row in rows[1:]:
        row[FINDING] = words.get(int(row[0]), "相符")
    target = StringIO()
    csv.writer(target).writerows(rows)
    sheet.write_text(target.getvalue(), "utf-8")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with anvil() as found:
        yield found


@pytest.fixture(scope="module")
def vote(address: str) -> HeldVote:
    held = HeldVote.announce(Chain(address), make_register(LENDERS), rule_name="US_1126C")
    held.hold()
    held.close()
    held.poll.chain.rpc("anvil_mine", "0x8")
    return held


def key_file(path: Path, key: bytes) -> Path:
    path.write_text(json.dumps(Account.encrypt(key, KEY_PASSWORD, kdf="pbkdf2", iterations=1_000)))
    return path


def signed(folder: Path, vote: HeldVote) -> None:
    for number, key in enumerate(vote.world.official_keys[:2]):
        locked = key_file(folder / f"{number}.key", key)
        said = run("sign", folder, "--key", locked, LENDERVOTE_KEY_PASSWORD=KEY_PASSWORD)
        assert said["signatures"] == number + 1
        locked.unlink()


def test_sample__from_openings_to_recounts(vote: HeldVote, address: str, tmp_path: Path) -> None:
    folder, openings, password = tmp_path / "sample", tmp_path / "openings.lvo", new_password()
    openings.write_bytes(openings_of(vote.register, vote, password))
    draw = ("draw", folder, "--openings", openings, "--rpc", address, "--case", vote.world.case.address)
    waits = refused(*draw, "--confirmations", 1_000, LENDERVOTE_OPENINGS_PASSWORD=password)
    assert "种子" in waits
    assert "seed" in waits
    said = run(*draw, LENDERVOTE_OPENINGS_PASSWORD=password)
    assert said["draws"] == 90

    sheet, page = folder / "worksheet.csv", (folder / "worksheet.html").read_text()
    assert page.count("<tr>") == said["lenders"] + 1
    assert "bank records" in page
    assert "银行流水" in page
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    for path in (first, second):
        path.write_bytes(sheet.read_bytes())
    assert "每一行都要填写结论" in refused("findings", folder, first, second)
    index = json.loads((folder / "draw.json").read_bytes())["leaves"][0]
    filled(first, {index: "多记"})
    filled(second, {})
    assert f"{index}" in refused("findings", folder, first, second)
    second.write_bytes(first.read_bytes())
    bound = run("findings", folder, first, second)
    assert bound["bound_millionths"] >= 71_492
    signed(folder, vote)
    recounts(vote, folder, address, tmp_path)


def recounts(vote: HeldVote, folder: Path, address: str, tmp_path: Path) -> None:
    """Both tools, with the node and with a bundle, which has the block that the seed is from; and a finding that is left out is named."""
    published = tmp_path / "published"
    published.mkdir()
    vote.publish(published)
    for name in ("sample.json", "sample_proofs.bin"):
        (published / name).write_bytes((folder / name).read_bytes())
    work = write_bundle(address, published, tmp_path / "evidence.zip", Options(), progress=Progress(quiet=True))
    assert work.findings == []
    assert any("90 draws hit" in note for step in work.steps for note in step.notes)
    assert ask(SECOND, ["--evidence", "evidence.zip"], tmp_path).verdict == "agrees"
    paper = json.loads((published / "sample.json").read_bytes())
    paper["findings"].pop()
    (published / "sample.json").write_bytes(canonical(paper))
    said = ask(FIRST, ["--rpc", address, "--published", "published"], tmp_path)
    assert said.names == {"sample.findings", "sample.signatures"}


def test_small_register__is_looked_at_whole(vote: HeldVote, address: str, tmp_path: Path) -> None:
    folder, openings, password = tmp_path / "sample", tmp_path / "openings.lvo", new_password()
    openings.write_bytes(openings_of(vote.register, vote, password))
    draw = ("draw", folder, "--openings", openings, "--rpc", address, "--case", vote.world.case.address)
    assert "--draws 0" in refused(*draw, "--draws", 459, LENDERVOTE_OPENINGS_PASSWORD=password)
    assert run(*draw, "--draws", 0, LENDERVOTE_OPENINGS_PASSWORD=password)["lenders"] == LENDERS
    sheet = folder / "worksheet.csv"
    filled(sheet, {})
    assert "one file twice" in refused("findings", folder, sheet, sheet)
    other = tmp_path / "other.csv"
    other.write_bytes(sheet.read_bytes())
    assert run("findings", folder, sheet, other) == {"draws": 0, "bound_millionths": 0, "bound_fen": 0}


def test_openings_of_another_register__are_refused(vote: HeldVote, address: str, tmp_path: Path) -> None:
    openings, password = tmp_path / "openings.lvo", new_password()
    openings.write_bytes(openings_of(make_register(LENDERS - 1), vote, password))
    draw = ("draw", tmp_path / "sample", "--openings", openings, "--rpc", address, "--case", vote.world.case.address)
    assert "root 0x" in refused(*draw, LENDERVOTE_OPENINGS_PASSWORD=password)
