"""An official runs the officials' own tool on the files of the desk and signs; with an amount shifted there is no code and no signature."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from scripts.generate.claims import generate
from scripts.rig.api import Refused
from scripts.rig.logins import make_member
from scripts.rig.people import Member
from tests.e2e.eyes import DESK, enter_office, look, press, sign_in_office, visitor
from tests.e2e.freezing import SIGN, download_all, freeze_card, run_tool, type_code
from tests.e2e.stack import OpenVote
from tests.vectors.openings import sealed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.slow


_NUMBERS = itertools.count(1)


@pytest.fixture
def institution(vote: OpenVote) -> Member:
    return make_member(vote.stack, f"check-institution-{next(_NUMBERS)}", "institution")


@pytest.fixture
def officials(vote: OpenVote) -> list[Member]:
    """Nobody else's: a desk shows all acts that wait for its official."""
    return [make_member(vote.stack, f"check-official-{next(_NUMBERS)}", "official") for _ in range(2)]


def person(member: Member) -> str:
    """A person's name in the case, which is another than the account's: the desk must know its own official by the account."""
    return f"DEMO 成员 {member.name.rsplit('-', 1)[-1]}"


@pytest.fixture
def case(vote: OpenVote, institution: Member, officials: list[Member], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A case of its own, whose register waits for two officials."""
    opened: dict[str, Any] = vote.story.admin.api.post(
        "/api/cases",
        {
            "name": "DEMO 第三案",
            "institution": {"name": "DEMO 第三平台", "credit_code": "91999900MA0000002C", "signer": institution.key.address},
            "officials": [{"name": person(m), "account_name": m.name, "signer": m.key.address} for m in officials],
            "institution_account_name": institution.name,
            "threshold": 2,
            "rehearsal": True,
        },
    )
    for member in [institution, *officials]:
        member.sign_in()
    file, _ = generate(lenders=40, seed=5, out=tmp_path_factory.mktemp("claims"), file_format="xlsx", classes=2)
    with file.open("rb") as claims:
        institution.api.post(f"/api/cases/{opened['id']}/register/imports?dry_run=false", files={"file": (file.name, claims)})
    officials[0].api.post(f"/api/cases/{opened['id']}/register/freeze")
    return {**opened, "file": file}


@pytest.fixture
def desk(browser: Browser, vote: OpenVote, officials: list[Member], case: dict[str, Any]) -> Iterator[Page]:
    """The first official's desk."""
    with visitor(browser, DESK, accept_downloads=True) as page:
        enter_office(page, f"{vote.url}/officials", officials[0], vote.key_file(officials[0]))
        yield page


def shift(route: Route, folder: Path) -> None:
    """A service that lies about two lenders: the openings that it hands out are sealed and whole, and 50 yuan have moved."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from verifier.register.openings import key_of

    answer = route.fetch()
    password, file = answer.headers["x-openings-password"], answer.body()
    salt, nonce = file[8:24], file[24:36]
    content = AESGCM(key_of(password, salt)).decrypt(nonce, file[36:], file[:24]).decode()
    header, *lines = content.splitlines()
    leaves = [json.loads(line) for line in lines]
    one, other = next((a, b) for a in leaves for b in leaves if a["index"] < b["index"] and a["voting_class"] == b["voting_class"])
    one["amount_fen"] += 5_000
    other["amount_fen"] -= 5_000
    (folder / "shifted.json").write_text(json.dumps([one["rows"], other["rows"]]))
    changed = [header, *(json.dumps(leaf, sort_keys=True, separators=(",", ":")) for leaf in leaves)]
    forged = sealed("".join(f"{line}\n" for line in changed).encode(), password, salt, nonce)
    route.fulfill(response=answer, body=forged)


def act_of(officials: list[Member], case: dict[str, Any]) -> dict[str, Any]:
    acts: list[dict[str, Any]] = officials[1].api.get(f"/api/acts?case_id={case['id']}")
    return acts[0]


def test_a_shifted_amount_is_named_and_nothing_can_be_signed(
    desk: Page, officials: list[Member], case: dict[str, Any], tmp_path: Path
) -> None:
    desk.route("**/openings-file", lambda route: shift(route, tmp_path))
    card = freeze_card(desk)
    run = run_tool(card, tmp_path, download_all(desk, card, tmp_path))
    assert (run.status, run.code, run.found["check_code"], run.found["digest"]) == (1, "", "", "")
    assert run.found["names"] == {"leaf.amount": 2}
    rows = sorted(json.loads((tmp_path / "shifted.json").read_text()))
    assert sorted(finding["rows"] for finding in run.found["listed"]) == rows
    assert all(f"H{row}" in run.said for group in rows for row in group)
    for typed in ("", "0123 4567 89ab cdef 0123 4567 89ab cdef", run.found["claims_keccak"]):
        assert type_code(card, typed).is_disabled()
    card.get_by_text("核对码与待签内容不一致").wait_for()
    look(desk, "official-freeze-code-differs-1280")
    assert act_of(officials, case)["signatures"] == []
    with pytest.raises(Refused, match="CheckCodeWrong"):
        sign_by_api(officials[1], act_of(officials, case), check_code="0123456789abcdef0123456789abcdef")


def sign_by_api(official: Member, act: dict[str, Any], **check: str) -> dict[str, Any]:
    body = {"signer": official.key.address, "signature": official.key.sign(act["typed_data"]), **check}
    signed: dict[str, Any] = official.api.post(f"/api/acts/{act['id']}/signatures", body)
    return signed


def test_another_register_than_the_one_checked_cannot_be_signed(desk: Page, tmp_path: Path) -> None:
    """The service shows an act with another root, all of a piece, and hands out the openings of the honest register."""

    def lie(route: Route) -> None:
        answer = route.fetch()
        acts = answer.json()
        for act in acts:
            if act["kind"] == "register_freeze":
                act["typed_data"]["message"]["root"] = act["summary"]["root"] = "0x" + "ab" * 32
        route.fulfill(response=answer, json=acts)

    desk.route("**/api/acts?**", lie)
    press(desk, "刷新")
    card = freeze_card(desk)
    card.get_by_text("0x" + "ab" * 32).first.wait_for()
    run = run_tool(card, tmp_path, download_all(desk, card, tmp_path))
    assert (run.status, run.code) == (1, "")
    assert {finding["zh"] for finding in run.found["listed"]} == {
        "待签事项的 summary.root 与算出的不一致。", "待签事项的 typed_data.message.root 与算出的不一致。",
    }  # fmt: skip
    (tmp_path / "act-register-0.json").unlink()
    words = card.locator("[data-command]").inner_text().replace("--act act-register-0.json ", "")
    card.locator("[data-command]").evaluate("(node, words) => { node.textContent = words; }", words)
    run = run_tool(card, tmp_path, password_again(desk, card, tmp_path))
    assert run.status == 0, "without the act the files are right by themselves"
    assert type_code(card, run.code).is_disabled()
    card.get_by_text("核对码与待签内容不一致").wait_for()


def password_again(page: Page, card: Any, folder: Path) -> str:
    """Downloaded once more, the openings have another password."""
    before = card.locator("[data-password]").inner_text()
    with page.expect_download() as waiting:
        card.get_by_role("button", name="下载明细文件").click()
    waiting.value.save_as(folder / waiting.value.suggested_filename)
    page.wait_for_function("(before) => document.querySelector('[data-password]').textContent !== before", arg=before)
    return str(card.locator("[data-password]").inner_text())


def test_an_official_runs_the_tool_and_signs(
    desk: Page, vote: OpenVote, officials: list[Member], case: dict[str, Any], tmp_path: Path
) -> None:
    card = freeze_card(desk)
    assert card.get_by_role("button", name=SIGN).is_disabled()
    look(desk, "official-freeze-check-1280")
    password = download_all(desk, card, tmp_path)
    assert (tmp_path / "claims-register-0.xlsx").read_bytes() == case["file"].read_bytes()
    look(desk, "official-freeze-password-1280")
    run = run_tool(card, tmp_path, password)
    assert (run.status, run.found["register"], run.found["findings"]) == (0, "agrees", 0)
    digits = run.code.replace(" ", "")
    assert (len(digits), run.found["check_code"]) == (32, run.code)
    assert digits not in desk.content().replace(" ", ""), "the desk shows no code"
    button = type_code(card, run.code[:-1])
    assert button.is_disabled()
    button = type_code(card, f" {run.code.upper()} ")
    card.get_by_text("核对码与待签内容一致，可以签名。").wait_for()
    look(desk, "official-freeze-code-1280")
    button.click()
    card.get_by_text("您已签名").wait_for()
    card.get_by_text(f"{person(officials[0])}：已用工具核对").wait_for()
    second_signs_without(desk, officials, case)
    press(desk, "刷新")
    desk.get_by_text("已冻结并写入区块链。").wait_for()
    desk.locator("summary", has_text="已办结").click()
    desk.get_by_text(f"{person(officials[1])}：没有用工具核对。理由：电脑损坏，已电话告知组长").wait_for()
    a_frozen_register_hands_out_nothing_more(officials, case)


def second_signs_without(desk: Page, officials: list[Member], case: dict[str, Any]) -> None:
    """The reason goes into the act's record; without one nothing can be signed."""
    act = act_of(officials, case)
    with pytest.raises(Refused, match="NotChecked"):
        sign_by_api(officials[1], act)
    assert sign_by_api(officials[1], act, unchecked_reason="电脑损坏，已电话告知组长")["status"] == "done"


def a_frozen_register_hands_out_nothing_more(officials: list[Member], case: dict[str, Any]) -> None:
    act = act_of(officials, case)
    assert act["status"] == "done"
    for method, name in (("GET", "claims-file"), ("POST", "openings-file")):
        with pytest.raises(Refused, match="NotFreezeAct"):
            officials[0].api.fetch(method, f"/api/acts/{act['id']}/{name}")


def test_a_locked_key_file_opens_with_its_password(browser: Browser, vote: OpenVote, tmp_path: Path) -> None:
    member = make_member(vote.stack, "locked-key-official", "official")
    member.sign_in()
    file = tmp_path / "key.json"
    file.write_text(json.dumps(Account.encrypt(member.key.account.key, "correct horse battery", kdf="pbkdf2", iterations=1000)))
    with visitor(browser, DESK) as page:
        sign_in_office(page, f"{vote.url}/officials", member)
        password = page.get_by_label("签名密钥的密码")
        assert not password.is_visible()
        page.get_by_label("签名密钥文件").set_input_files(file)
        password.fill("correct horse")
        press(page, "打开签名密钥文件")
        page.get_by_text("密码不正确，签名密钥文件没有打开").wait_for()
        look(page, "official-key-locked")
        password.fill("correct horse battery")
        press(page, "打开签名密钥文件")
        page.get_by_text(f"已载入密钥，地址 {member.key.address.lower()}").wait_for()
        assert not password.is_visible()
        assert password.input_value() == ""
