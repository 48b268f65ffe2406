"""`lendervote succession`: successors are proposed from a file, signed with locked key files elsewhere, handed in, and come into office."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scripts.cli.test_cases import PASSWORD, call, installed

__all__ = ["installed"]


@pytest.fixture(scope="module")
def case(installed: Path) -> Iterator[dict[str, Any]]:
    """A rehearsal whose three officials sign with key files that `key make` wrote."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LENDERVOTE_KEY_PASSWORD", PASSWORD)
        yield opened_case(installed)


def opened_case(installed: Path) -> dict[str, Any]:
    officials = [
        {"name": f"DEMO {number}", "account_name": f"demo-official-{number}", "signer": key_made(installed, f"old-{number}")}
        for number in (1, 2, 3)
    ]
    institution = {"name": "DEMO 平台", "credit_code": "91999900MA00000006", "signer": key_made(installed, "institution")}
    body = {"name": "DEMO 案件", "officials": officials, "institution": institution, "threshold": 2, "rehearsal": True}
    code, out, told = call("case", "open", written(installed, "case", body), "--yes")
    assert code == 0, told
    opened: dict[str, Any] = json.loads(out)
    return opened


def key_made(folder: Path, name: str) -> str:
    return str(json.loads(call("key", "make", folder / f"{name}.key")[1])["address"])


def written(folder: Path, name: str, content: Any) -> Path:
    file = folder / f"{name}.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
    return file


def succeeded(code: int, out: str, told: str) -> dict[str, Any]:
    assert code == 0, told
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_successors_are_proposed_signed_elsewhere_and_brought_into_office(installed: Path, case: dict[str, Any]) -> None:
    named = [{"name": f"DEMO 新 {number}", "signer": key_made(installed, f"new-{number}")} for number in (1, 2, 3)]
    body = json.loads(call("succession", "sample")[1]) | {"officials": named, "notice_seconds": 0}
    printed = call("succession", "propose", written(installed, "list", body), "--case", case["id"])
    act = succeeded(*printed)
    assert (act["status"], act["needed"]) == ("open", 2)
    file = written(installed, "act", printed[1])
    for number in (1, 2):
        signed = call("succession", "sign", file, installed / f"old-{number}.key")
        assert "DEMO 新 1" in signed[2], "the list is read before it is signed"
        act = succeeded(*call("succession", "hand-in", written(installed, "signature", signed[1]), "--act", act["act"]))
    assert act["status"] == "done", act
    stranger = call("succession", "sign", file, installed / "new-1.key")
    code, _, told = call("succession", "hand-in", written(installed, "signature", stranger[1]), "--act", act["act"])
    assert code == 1
    assert "no official" in told
    shown = succeeded(*call("case", "show", case["id"]))
    assert (shown["generation"]["number"], shown["generation"]["succession"]["number"]) == (0, 1)
    assert succeeded(*call("succession", "complete", "--case", case["id"]))["generation"] == 1
    shown = succeeded(*call("case", "show", case["id"]))
    assert shown["fingerprint"] == case["fingerprint"], "the paper stays that of the first ones"
    assert shown["generation"]["officials"] == [one["name"] for one in named]
    generations = [json.loads(line) for line in call("succession", "show", "--case", case["id"])[1].splitlines()]
    assert [(one["number"], one["in_office"]) for one in generations] == [(0, False), (1, True)]
    assert call("succession", "complete", "--case", case["id"])[0] == 1
    assert call("succession", "withdraw", "--case", case["id"])[0] == 1


def test_what_is_no_list_no_act_and_no_signature(installed: Path, case: dict[str, Any]) -> None:
    wrong = written(installed, "wrong", {"officials": []})
    assert "threshold" in call("succession", "propose", wrong, "--case", case["id"])[2]
    assert "no succession to sign" in call("succession", "sign", wrong, installed / "old-1.key")[2]
    assert "no signature" in call("succession", "hand-in", wrong, "--act", "unknown")[2]
