"""The command: what it prints in both languages, its exit statuses, and that nothing ends in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.seeds import CASE, CHAIN_ID, hex_of
from tests.verifier.register.papers import PASSWORD, Papers, act_of, write_act
from verifier.register import __main__ as command
from verifier.register.findings import shown, yuan
from verifier.register.freeze import check_code
from verifier.register.sentences import FINDINGS, REFUSALS, RULES

ROOT = Path(__file__).parents[3]


def options(papers: Papers, **changes: str) -> list[str]:
    given = {"claims": str(papers.claims), "openings": str(papers.openings), "case": hex_of(CASE), "chain-id": str(CHAIN_ID)}
    return [word for name, value in ({**given, "register-number": "0", "protocol": "3"} | changes).items() for word in (f"--{name}", value)]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(command.PASSWORD_VARIABLE, PASSWORD)

    def call(words: Sequence[str]) -> tuple[int, str, str]:
        status = command.main(words)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_everything_right_prints_fields_digest_and_code(papers: Papers, run: Any) -> None:
    papers.write_openings()
    freeze = papers.check().worked_out
    assert freeze is not None
    status, out, err = run(options(papers))
    assert (status, err) == (0, "")
    for value in freeze.fields.values():
        assert (hex_of(value) if isinstance(value, bytes) else str(value)) in out
    assert f"待签内容的数字指纹: {hex_of(freeze.digest)}\n核对码: {check_code(freeze.digest)}\n" in out
    assert "普通组: 4 人，1,363.89 元" in out
    status, out, err = run([*options(papers), "--lang", "en", "--json"])
    assert (status, err) == (0, "")
    assert f"check code: {check_code(freeze.digest)}\n" in out
    last = json.loads(out.splitlines()[-1])
    assert (last["register"], last["exit_status"], last["findings"], last["rows"], last["leaves"]) == ("agrees", 0, 0, 10, 6)
    assert last["fields"]["root"] == hex_of(freeze.root)
    assert (last["digest"], last["check_code"]) == (hex_of(freeze.digest), check_code(freeze.digest))
    assert [each["heads"] for each in last["classes"]] == [4, 2]
    assert last["claims_keccak"] == papers.header["claims_keccak"]
    assert last["seconds"].keys() == {"opening", "claims", "comparing", "working"}


def test_with_an_act_that_agrees_the_code_is_printed_and_with_another_it_is_not(papers: Papers, run: Any, tmp_path: Path) -> None:
    papers.write_openings()
    act = act_of(papers.check(), papers.claims)
    assert run([*options(papers), "--act", str(write_act(tmp_path / "act.json", act))])[0] == 0
    act["typed_data"]["message"]["classesHash"] = "0x" + "11" * 32
    status, out, _ = run([*options(papers), "--act", str(write_act(tmp_path / "act.json", act)), "--json"])
    assert status == 1
    assert "核对码" not in out
    assert "待签事项: 0x1111" in out
    last = json.loads(out.splitlines()[-1])
    assert (last["check_code"], last["digest"], last["fields"], last["names"]) == ("", "", {}, {"act.differs": 1})
    assert last["listed"][0]["openings"] == "0x" + "11" * 32


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_shifted_amount_names_rows_and_prints_no_code(papers: Papers, run: Any, language: str) -> None:
    papers.leaf(4)["amount_fen"] += 7
    papers.leaf(2)["amount_fen"] -= 7
    papers.write_openings()
    status, out, _ = run([*options(papers), "--lang", language, "--json"])
    assert status == 1
    assert all(word not in out for word in ("核对码", "check code:", "待签内容的数字指纹", "hash to be signed"))
    sides = ("登记表", "明细文件") if language == "zh" else ("claims file", "openings")
    assert f"    {sides[0]}: 300.00\n    {sides[1]}: 300.07\n" in out
    assert "H2, H6" in out
    assert ("不要签名" if language == "zh" else "do not sign") in out
    last = json.loads(out.splitlines()[-1])
    assert (last["register"], last["findings"], last["check_code"]) == ("differs", 2, "")
    assert sorted(listed["rows"] for listed in last["listed"]) == [[2, 6], [4]]


def test_a_long_list_says_how_many_are_left_out(papers: Papers, run: Any) -> None:
    for leaf in papers.leaves:
        leaf["amount_fen"] = -1
    papers.leaves *= 30
    papers.write_openings()
    status, out, _ = run([*options(papers), "--json"])
    last = json.loads(out.splitlines()[-1])
    assert status == 1
    assert f"另有 {last['findings'] - 50} 处未列出。" in out
    assert out.count("\n! ") == 50
    assert last["findings"] == sum(last["names"].values()) > 700


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "用法不对"),
        (["--nonsense"], "用法不对"),
        (["--case", "0x12"], "40"),
        (["--chain-id", "x"], "整数"),
        (["--chain-id", "-1"], "用法不对"),
        (["--chain-id", str(2**256)], "整数"),
        (["--register-number", "9" * 80], "整数"),
        (["--lang", "fr"], "用法不对"),
        (["--claims", "/nowhere/x.csv"], "无法读取文件"),
        (["--claims", "/"], "无法读取文件"),
        (["--openings", "/nowhere/x.lvo"], "无法读取文件"),
        (["--openings", str(ROOT / "README.md")], "不是明细文件"),
        (["--claims", str(ROOT / "README.md")], "缺少"),
        (["--claims", str(ROOT / "docs" / "pictures" / "lender-2-claim.png")], "登记表"),
        (["--act", str(ROOT / "README.md")], "待签事项文件无法读取"),
        (["--act", "/nowhere"], "无法读取文件"),
        (["--leaves", "/nowhere"], "无法读取文件"),
        (["--password-file", "/nowhere"], "无法读取文件"),
        (["--password-file", str(ROOT / "README.md")], "无法打开"),
    ],
)
def test_called_wrongly_or_with_files_that_cannot_be_read(papers: Papers, run: Any, words: list[str], said: str) -> None:
    papers.write_openings()
    status, out, err = run([*(options(papers) if words else []), *words, "--json"])
    assert status == 2
    assert said in err
    assert "核对码" not in out
    last = json.loads(out.splitlines()[-1])
    assert (last["register"], last["exit_status"], last["findings"], last["rows"] >= 0) == ("not compared", 2, 0, True)
    assert said in last["refusal"]
    assert run([*(options(papers) if words else []), *words, "--lang", "en"])[0] == 2


def test_the_password_comes_from_a_file_the_environment_or_a_prompt(papers: Papers, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    papers.write_openings()
    (papers.folder / "password").write_text(f" {PASSWORD}\n", encoding="utf-8")
    monkeypatch.setenv(command.PASSWORD_VARIABLE, "another")
    assert run(options(papers))[0] == 2
    assert run([*options(papers), "--password-file", str(papers.folder / "password")])[0] == 0
    monkeypatch.delenv(command.PASSWORD_VARIABLE)
    monkeypatch.setattr("getpass.getpass", lambda _: PASSWORD)
    assert run(options(papers))[0] == 0

    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    assert run(options(papers))[0] == 2


def test_too_little_memory_is_said(papers: Papers, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    papers.write_openings()
    monkeypatch.setattr("verifier.register.check.read_claims", exhausted)
    status, out, err = run([*options(papers), "--json"])
    assert (status, json.loads(out.splitlines()[-1])["exit_status"]) == (2, 2)
    assert "内存不足" in err


def test_what_others_wrote_does_not_steer_the_terminal(papers: Papers, run: Any) -> None:
    papers.header["class_names"] = ["普通组", "大额组\x1b[2J\u202e\n[red]"]
    papers.write_openings()
    status, out, _ = run(options(papers))
    assert status == 1
    assert "\\x1b[2J\\u202e\\n[red]" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_as_a_process_of_its_own_it_ends_with_its_status(papers: Papers, tmp_path: Path) -> None:
    papers.write_openings()
    environment = {**os.environ, command.PASSWORD_VARIABLE: PASSWORD, "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "verifier.register", *options(papers), "--json"]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode().splitlines()[-1])["register"] == "agrees"
    done = subprocess.run([*words, "--case", "0x" + "11" * 20], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    done = subprocess.run([*words, "--claims", "/nowhere"], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_sentences_say_the_same_facts_in_both_languages() -> None:
    import string

    for name, (zh, en) in {**FINDINGS, **RULES, **REFUSALS}.items():
        facts = [{field for _, field, _, _ in string.Formatter().parse(sentence) if field} for sentence in (zh, en)]
        assert facts[0] == facts[1] or name == "CalledWrongly", name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh) or zh.startswith("{"), name
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in en), name


def test_values_are_shown_short_and_plain() -> None:
    assert shown("a" * 300) == "a" * 200 + "…"
    assert shown("字\x00\u2028\ud800") == "字\\x00\\u2028\\ud800"
    assert [yuan(fen) for fen in (0, -5, 123_456_789, 2**63)] == ["0.00", "-0.05", "1,234,567.89", "92,233,720,368,547,758.08"]
    assert yuan(-(10**70)) == "-10^70… fen"


def test_files_from_others_end_the_program_before_the_machine() -> None:
    bound = "from verifier.register.__main__ import _bound_memory; _bound_memory()"
    program = f"import resource; {bound}; print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) <= command.MOST_MEMORY_BYTES


def test_memory_is_bounded_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource", reason="this system bounds no process's memory")
    asked: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda kind, bounds: asked.append((kind, bounds)))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    command._bound_memory()
    most = command.MOST_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(command.MOST_MEMORY_BYTES, hard)
    assert asked == [(resource.RLIMIT_AS, (most, hard))]


def test_process_ends_with_the_status_that_was_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever runs the tool from a script goes by this alone."""
    monkeypatch.setattr(command, "_bound_memory", lambda: None)
    monkeypatch.setattr(sys, "argv", ["verifier.register", "--no-such-option"])
    with pytest.raises(SystemExit) as ended:
        command.command()
    assert ended.value.code not in (0, None)
    capsys.readouterr()
