"""`lendervote case`: a file is filled in from the sample, checked, and opened, and a mistake in it is a sentence."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.node import Node
from backend.ground.common import settings as settings_module
from backend.ground.common.settings import read_settings
from backend.ground.db.sessions import open_engine
from scripts.cli.__main__ import main
from scripts.cli.cases import SAMPLE

PASSWORD = "correct horse battery"


def call(*words: object, answer: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(main, [*map(str, words)], input=answer, env={"LENDERVOTE_NEW_PASSWORD": PASSWORD})
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation beside a chain that runs, as a service would run it; accounts as in the sample."""
    folder = tmp_path_factory.mktemp("case")
    anvil = EmbeddedAnvil(folder / "state.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("LENDERVOTE_")]:
            patch.delenv(name)
        patch.setattr(settings_module, "USUAL_FILES", (folder / ".env",))
        patch.setenv("LENDERVOTE_RPC_URL", anvil.url)
        anvil.start()
        try:
            assert call("init")[0] == 0
            for number in (1, 2, 3):
                assert call("account", "create", f"demo-official-{number}", "--role", "official")[0] == 0
            assert call("account", "create", "demo-institution", "--role", "institution")[0] == 0
            anvil.fund(json.loads(call("key", "relay")[1])["address"])
            anvil.node.ask("evm_setIntervalMining", 0)
            anvil.node.ask("evm_setAutomine", True)
            yield folder
        finally:
            anvil.stop()


def filled_in() -> dict[str, Any]:
    """The sample as people without passkeys fill it in."""
    body: dict[str, Any] = json.loads(call("case", "sample")[1])
    body["institution"]["signer"] = "0x" + "11" * 20
    body["officials"][0]["signer"] = "0x" + "22" * 20
    return body


def written(folder: Path, content: object) -> Path:
    file = folder / "case.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
    return file


@pytest.mark.parametrize("command", ["check", "open"])
def test_it_is_said_which_installation_is_worked_on_and_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LENDERVOTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(settings_module, "USUAL_FILES", (Path(".env"),))
    file = written(tmp_path, SAMPLE)
    code, out, told = call("case", command, file)
    assert (code, out) == (1, "")
    assert str(tmp_path / "var" / "lendervote.sqlite3") in told
    assert "lendervote init" in told
    assert list(tmp_path.iterdir()) == [file]


def test_the_sample_says_that_it_is_a_demo_and_is_what_the_api_reads(installed: Path) -> None:
    code, out, _ = call("case", "sample")
    assert (code, json.loads(out)) == (0, SAMPLE)
    assert "DEMO" in SAMPLE["name"]
    code, _, told = call("case", "check", written(installed, out))
    assert code == 1
    assert "通行密钥" in told, "nobody of the sample has a passkey yet: that is the only thing wrong with it"


def test_a_case_is_checked_and_opened_once_and_its_paper_is_printed(installed: Path) -> None:
    body = filled_in()
    file = written(installed, body)
    code, checked, told = call("case", "check", file)
    assert code == 0, told
    assert str(installed / "var" / "lendervote.sqlite3") in told
    assert [official["signer"] for official in json.loads(checked)["officials"]] == [each["signer"] for each in body["officials"]]
    code, out, told = call("case", "open", file, answer="n\n")
    assert code == 1
    assert "fingerprint" not in out
    assert "the mark never changes" in told
    assert "是否为演练不能更改" in told
    assert call("case", "check", file)[0] == 0, "whoever says no has opened nothing"
    code, out, told = call("case", "open", file, "--yes")
    assert code == 0, told
    opened = json.loads(out)
    assert sorted(opened) == ["address", "chain_id", "fingerprint", "id", "name", "rehearsal"]
    assert (opened["rehearsal"], "No rehearsal" in told) == (False, True)
    accounts = [json.loads(line) for line in call("account", "list")[1].splitlines()]
    assert {each["case_id"] for each in accounts} == {opened["id"]}
    signers = {each["name"]: (each["signing"], each["signer"]) for each in accounts}
    assert signers["demo-official-2"] == ("key_file", body["officials"][1]["signer"])
    assert call("case", "open", file, "--yes")[0] == 1
    see_it_shown(opened)


def see_it_shown(opened: dict[str, Any]) -> None:
    """Fingerprint and block of creation are the chain's: both recounts take them by --fingerprint and --creation."""
    code, out, told = call("case", "show")
    assert code == 0, told
    assert "书面文件一致" in told
    assert "working group's paper" in told
    shown = json.loads(out)
    node = Node(os.environ["LENDERVOTE_RPC_URL"])
    block = node.block(shown["creation"]["block"])
    in_office = shown.pop("generation")
    assert (in_office["number"], in_office["threshold"]) == (0, 2)
    assert shown == opened | {"creation": {"block": block.number, "hash": block.hash}}
    code_at = [node.ask("eth_getCode", opened["address"], hex(number)) for number in (block.number - 1, block.number)]
    assert [len(code) > 2 for code in code_at] == [False, True], "the contract stands since that block"
    assert call("case", "show", opened["id"])[1] == out
    code, out, told = call("case", "show", "none")
    assert (code, out) == (1, "")
    assert "没有找到这个案件" in told
    see_a_database_that_the_chain_contradicts()


def see_a_database_that_the_chain_contradicts() -> None:
    """Another threshold in the database: no fingerprint is printed, and what differs is said in both languages."""
    engine = open_engine(read_settings().resolved_database_url)
    try:
        for threshold in (3, 2):
            with engine.begin() as connection:
                connection.execute(text("UPDATE cases SET threshold = :threshold"), {"threshold": threshold})
            code, out, told = call("case", "show")
            if threshold == 3:
                assert (code, out) == (1, "")
                assert "与区块链不一致" in told
                assert "not what the chain has" in told
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda body: body.pop("threshold"), ("threshold 没有填写", "threshold: Field required")),
        (lambda body: body.update(limit=3), ("limit 没有这一项", "limit")),
        (lambda body: body.update(threshold=1), ("超过成员的一半", "more than half")),
        (lambda body: body["institution"].update(credit_code="NOT-A-CODE"), ("统一社会信用代码不正确", "credit code is wrong")),
        (lambda body: body["officials"][1].update(account_name="nobody"), ("没有名为“nobody”的账户", "no account “nobody”")),
        (lambda body: body["officials"][1].update(signer="0x12"), ("officials.1.signer", "20 bytes")),
    ],
)
def test_a_mistake_is_a_sentence_in_both_languages(installed: Path, spoil: Any, words: tuple[str, str]) -> None:
    body = filled_in()
    spoil(body)
    for command in ("check", "open"):
        code, out, told = call("case", command, written(installed, body))
        assert (code, out) == (1, "")
        assert all(each in told for each in words), told


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00", '"x"', "[" * 100_000, '{"name": ' * 2000])
def test_what_is_no_case_file_is_told_in_words(installed: Path, content: str) -> None:
    code, out, told = call("case", "check", written(installed, content))
    assert (code, out) == (1, "")
    assert "案件文件" in told
    assert "case file" in told
