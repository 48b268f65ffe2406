"""A trustee goes through all four visits on the page from the disk, with no server, and gets what the protocol's vectors say."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scripts.build import web
from scripts.build.trustee_page import NAME
from tests.e2e.eyes import look, press, visitor
from tests.vectors import reference as ref
from tests.vectors.ceremonies import ROLL_ENTRY
from tests.vectors.papers import canonical
from tests.verifier.trustee import desk as by_commands
from verifier.signing.secp256k1 import recover

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "ceremony.json").read_text("utf-8"))
FIRST: dict[str, Any] = VECTORS["ceremonies"][0]
FILES: dict[str, Any] = VECTORS["files"]
SEAT = 0
OPENING_PAPER = {name: FIRST[name] for name in ("case", "ceremony", "chain_id", "number", "random", "seats", "threshold")}
APPOINTED = {"case": FIRST["case"], "chain_id": FIRST["chain_id"], "trustees": FIRST["identities"]}
ROLL = json.loads(FIRST["roll"]) | {"signatures": [join["signature"] for join in FIRST["joins"]]}
SEAL_KEY = {
    **{"x": FIRST["key"]["x"], "y": FIRST["key"]["y"], "threshold": FIRST["threshold"], "share_keys": FIRST["share_keys"]},
    **{"roll_hash": FIRST["roll_hash"], "transcript_hash": FIRST["transcript_hash"]},
}


def opened(file: Path, password: str) -> bytes:
    """What a trustee's file holds, by a stranger's cipher (protocol §22.1)."""
    whole = json.loads(file.read_text("utf-8"))
    head = {name: value for name, value in whole.items() if name not in {"check", "sealed"}}
    salt, nonce, sealed = (bytes.fromhex(whole[name][2:]) for name in ("salt", "nonce", "sealed"))
    typed = "".join(unicodedata.normalize("NFKC", password).split()).encode()
    return AESGCM(hashlib.pbkdf2_hmac("sha256", typed, salt, whole["rounds"], 32)).decrypt(nonce, sealed, canonical(head).encode())


class Desk:
    """The page, and the folder in which the trustee keeps files."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder

    def card(self, heading: str) -> Locator:
        return self.page.locator("section", has=self.page.get_by_role("heading", name=heading, exact=True))

    def file(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    def bring(self, name: str, content: Any) -> None:
        card = self.card("本次仪式的资料")
        card.get_by_label("选择文件（可多选）").set_input_files(self.file(name, content))
        card.get_by_role("button", name="读入资料").click()

    def saved(self, card: Locator) -> Path:
        """The file of a card, downloaded and chosen again."""
        with self.page.expect_download() as download:
            card.get_by_role("link", name="保存 ").first.click()
        path = self.folder / download.value.suggested_filename
        download.value.save_as(path)
        card.get_by_label("选择刚才保存的文件").set_input_files(path)
        card.get_by_text("文件已读回，完好。").wait_for()
        return path

    def out(self, card: Locator, label: str) -> Any:
        return json.loads(card.get_by_label(label).input_value())


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes((web.build() / NAME).read_bytes())
    return path


def test_a_trustee_takes_deals_confirms_and_opens(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    with visitor(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_file.as_uri())
        look(page, "trustee-0-start")
        desk = Desk(page, tmp_path)
        takes(desk)
        key_file = deals(desk)
        opening = confirms(desk, key_file)
        opens(desk, opening)
        page.get_by_role("button", name="English").click()
        page.get_by_role("heading", name="4. Unseal").wait_for()
        look(page, "trustee-5-english")
        assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


def takes(desk: Desk) -> None:
    card = desk.card("一、领取密钥")
    card.get_by_role("button", name="领取密钥").click()
    card.get_by_text("还没有仪式说明。").wait_for()
    desk.bring("opening-paper.json", OPENING_PAPER)
    desk.page.get_by_text("3 个席位，2 份密钥份额解封").wait_for()
    desk.page.get_by_text("席位少于规定份数的两倍").wait_for()
    desk.bring("appointed-1.json", APPOINTED)
    desk.page.get_by_text("任命名单目前只有一个来源。").wait_for()
    desk.bring("appointed-2.json", APPOINTED)
    card.get_by_label("您的席位").fill("3")
    card.get_by_label("为文件设一个密码").fill("四个 不相关 的词 就够了")
    card.get_by_label("再输入一次密码").fill("四个 不相关 的词 就够")
    card.get_by_label("身份的签名密钥文件").set_input_files(desk.file("identity.json", VECTORS["keys"]["trustee 0"]))
    card.get_by_role("button", name="领取密钥").click()
    card.get_by_text("席位从 0 到 2").wait_for()
    card.get_by_label("您的席位").fill(str(SEAT))
    card.get_by_role("button", name="领取密钥").click()
    card.get_by_text("两次输入的密码不同").wait_for()
    card.get_by_label("再输入一次密码").fill("四个 不相关 的词 就够了")
    card.get_by_role("button", name="领取密钥").click()
    saved = desk.saved(card)
    join = desk.out(card, "加入席位表的内容")
    look(desk.page, "trustee-1-taken")
    assert len(opened(saved, "四个不相关的词就够了")) == 32
    message = {"ceremony": bytes.fromhex(FIRST["ceremony"][2:]), "seat": SEAT}
    message |= {"key": bytes.fromhex(join["key"][2:]), "transport": bytes.fromhex(join["transport"][2:])}
    separator = ref.domain_separator(FIRST["chain_id"], bytes.fromhex(FIRST["case"][2:]))
    digest = ref.typed_digest("RollEntry", message, separator, {"RollEntry": ROLL_ENTRY})
    assert recover(digest, bytes.fromhex(join["signature"][2:])) == FIRST["identities"][SEAT]


def deals(desk: Desk) -> Path:
    card = desk.card("二、分发")
    card.get_by_label("您的保管文件").set_input_files(desk.file("key.json", FILES["new_key"]))
    card.get_by_label("文件的密码", exact=True).fill("not the password")
    card.get_by_role("button", name="分发").click()
    card.get_by_text("还没有席位表。").wait_for()
    desk.bring("roll.json", ROLL)
    card.get_by_role("button", name="分发").click()
    card.get_by_text("密码不对").wait_for()
    card.get_by_label("文件的密码", exact=True).fill(FILES["password_typed"].strip())
    card.get_by_role("button", name="分发").click()
    saved = desk.saved(card)
    expected = {"dealing": FIRST["dealings"][SEAT], "rollHash": FIRST["roll_hash"], "seat": SEAT}
    assert desk.out(card, "您的分发") == expected
    assert json.loads(saved.read_text())["dealt_roll"] == FIRST["roll_hash"]
    assert "0x" + opened(saved, FILES["password"]).hex() == FIRST["seeds"][SEAT]
    return saved


def confirms(desk: Desk, key_file: Path) -> Path:
    card = desk.card("三、确认")
    desk.bring("seal.json", FIRST["transcript"])
    card.get_by_label("您的保管文件").set_input_files(key_file)
    card.get_by_label("文件的密码", exact=True).fill(FILES["password"])
    card.get_by_label("身份的签名密钥文件").set_input_files(desk.folder / "identity.json")
    card.get_by_role("button", name="检查").click()
    card.get_by_text("全部相符。").wait_for()
    assert card.locator(".words b").all_inner_texts() == FIRST["words"]
    assert card.locator(".words span").all_inner_texts() == [str(one) for one in FIRST["word_numbers"]]
    card.get_by_role("button", name="签名确认").click()
    card.get_by_text("请先与其他密钥保管人核对十二个词").wait_for()
    look(desk.page, "trustee-3-words")
    card.get_by_label("其他密钥保管人读出的十二个词").check()
    card.get_by_label("另一处存放的保管文件副本").set_input_files(key_file)
    card.get_by_role("button", name="签名确认").click()
    saved = desk.saved(card)
    assert desk.out(card, "您的确认") == {"to_sign": FIRST["digest"], "seat": SEAT, **FIRST["confirmations"][SEAT]}
    assert desk.out(card, "密封记录，与确认") == json.loads(FIRST["transcript"])
    assert "0x" + opened(saved, FILES["password"]).hex() == FIRST["shares"][SEAT]
    return saved


def opens(desk: Desk, opening: Path) -> None:
    desk.bring("poll.json", {"seal_key": SEAL_KEY, "closes_at": int(time.time()) - 3600})
    press(desk.page, "核对公告")
    desk.page.get_by_text("公告的密封密钥与密封记录一致").wait_for()
    card = desk.card("四、解封")
    card.get_by_label("您的解封文件").set_input_files(opening)
    card.get_by_label("文件的密码", exact=True).fill(FILES["password"])
    card.get_by_role("button", name="交出密钥份额").click()
    card.get_by_text("请先在两家机构的页面上看到表决已截止").wait_for()
    card.get_by_label("两家机构的页面都显示").check()
    card.get_by_role("button", name="交出密钥份额").click()
    assert desk.out(card, "您的密钥份额") == {"seat": SEAT, "share": FIRST["shares"][SEAT]}
    look(desk.page, "trustee-4-opened")


def test_a_paper_that_is_brought_while_another_is_being_read_is_not_lost(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    """A slow disk: the form takes the next files at once, reads all in order, and a visit begins when they are read."""
    with visitor(browser) as page:
        page.add_init_script(
            "const read = File.prototype.text;"
            "File.prototype.text = async function () { await new Promise((go) => setTimeout(go, 400)); return read.call(this); };"
        )
        page.goto(page_file.as_uri())
        desk = Desk(page, tmp_path)
        for name, content in (("a.json", OPENING_PAPER), ("none.json", "[1, 2"), ("b.json", APPOINTED), ("c.json", ROLL)):
            desk.bring(name, content)
        card = desk.card("二、分发")
        card.get_by_label("您的保管文件").set_input_files(desk.file("key.json", FILES["new_key"]))
        card.get_by_label("文件的密码", exact=True).fill("not the password")
        card.get_by_role("button", name="分发").click()
        card.get_by_text("密码不对").wait_for()
        papers = desk.card("本次仪式的资料")
        for kind in ("仪式说明", "任命名单（区块链上的身份）", "席位表"):
            assert papers.get_by_text(f"{kind} × 1").is_visible(), kind
        papers.get_by_text("none.json 不是本次仪式的资料").wait_for()


def test_what_is_shown_wrong_stops_a_trustee(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    """Another roll, a share that does not fit and its proof, an early opening, another key in the announcement."""
    receiver, dealer = VECTORS["complaint"]["complaint"]["receiver"], VECTORS["complaint"]["complaint"]["dealer"]
    with visitor(browser) as page:
        page.goto(page_file.as_uri())
        desk = Desk(page, tmp_path)
        for name, content in (("a.json", OPENING_PAPER), ("b.json", APPOINTED), ("c.json", ROLL)):
            desk.bring(name, content)
        papers = desk.card("本次仪式的资料")
        desk.bring("d.json", {**APPOINTED, "trustees": FIRST["identities"][::-1]})
        papers.get_by_text("两家机构给出的任命名单不同。").wait_for()
        desk.bring("e.json", "[1, 2")
        papers.get_by_text("e.json 不是本次仪式的资料").wait_for()
        transcript = json.loads(FIRST["transcript"])
        transcript["dealings"][dealer] = VECTORS["complaint"]["dealing"]
        desk.bring("seal.json", transcript)
        later = int(time.time()) - 60
        desk.bring("poll.json", {"seal_key": SEAL_KEY, "closes_at": later})
        press(page, "核对公告")
        page.get_by_text("公告的密封密钥不是你们共同生成的那一把").wait_for()
        opening = desk.card("四、解封")
        opening.get_by_label("您的解封文件").set_input_files(desk.file("opening.json", FILES["opening"]))
        opening.get_by_label("文件的密码", exact=True).fill(FILES["password"])
        opening.get_by_label("两家机构的页面都显示").check()
        opening.get_by_role("button", name="交出密钥份额").click()
        opening.get_by_text("还没到截止后 15 分钟").wait_for()
        complains(desk, receiver, dealer)


def complains(desk: Desk, receiver: int, dealer: int) -> None:
    """The page says whose share does not fit, and makes the proof once the file was saved as one that gave up."""
    held = FILES["dealt_key"] | {"seat": receiver}
    head = {name: value for name, value in held.items() if name not in {"check", "sealed"}}
    salt, nonce = (bytes.fromhex(held[name][2:]) for name in ("salt", "nonce"))
    key = hashlib.pbkdf2_hmac("sha256", "".join(FILES["password"].split()).encode(), salt, held["rounds"], 32)
    sealed = AESGCM(key).encrypt(nonce, bytes.fromhex(FIRST["seeds"][receiver][2:]), canonical(head).encode())
    whole = head | {"sealed": "0x" + sealed.hex()}
    file = desk.file("own.json", whole | {"check": "0x" + ref.keccak(canonical(whole).encode()).hex()})
    card = desk.card("三、确认")
    card.get_by_label("您的保管文件").set_input_files(file)
    card.get_by_label("文件的密码", exact=True).fill(FILES["password"])
    card.get_by_role("button", name="检查").click()
    card.get_by_text(f"第 {dealer} 席给您的一份不符合其承诺。").wait_for()
    look(desk.page, "trustee-6-wrong-share")
    card.get_by_role("button", name="公开证明这一份是错的").click()
    saved = desk.saved(card)
    assert json.loads(saved.read_text())["given_up"] is True
    assert desk.out(card, "证明，请交给") == VECTORS["complaint"]["complaint"]
    card.get_by_label("您的保管文件").set_input_files(saved)
    card.get_by_role("button", name="检查").click()
    card.get_by_text("这份保管文件的传输密钥已经公开").wait_for()
    desk.bring("complaint.json", VECTORS["complaint"]["complaint"])
    card.get_by_role("button", name="检查").click()
    card.get_by_text(f"第 {receiver} 席公开了自己的传输密钥").wait_for()


# --- one seat by the page, two by the trustee's own tool ------------------------------------------------------------------------------


def test_the_page_and_the_tool_hold_one_ceremony(
    browser: Browser, page_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files and papers of either go into the other; seat 0's are at last made by both, and are the same."""
    tool = by_commands.Desk(tmp_path, capsys)
    tool.begin()
    with visitor(browser) as page:
        page.goto(page_file.as_uri())
        desk = Desk(page, tmp_path)
        for path in (tool.ceremony, tool.appointed, tool.appointed):
            desk.bring(path.name, path.read_text())
        joins(desk, tool)
        for seat in (1, 2):
            tool.run("take", *tool.take_words(seat))
        tool.close_roll()
        for seat in (1, 2):
            tool.run("deal", *tool.deal_words(seat))
        desk.bring("roll.json", tool.roll.read_text())
        card = desk.card("二、分发")
        card.get_by_label("您的保管文件").set_input_files(tool.file("key", SEAT))
        card.get_by_label("文件的密码", exact=True).fill(by_commands.PASSWORD)
        card.get_by_role("button", name="分发").click()
        shutil.copy(desk.saved(card), tool.file("key", SEAT))
        tool.file("dealing", SEAT).write_text(json.dumps(desk.out(card, "您的分发")))
        opening = signs(desk, tool)
        unseals(desk, tool, opening)


def joins(desk: Desk, tool: by_commands.Desk) -> None:
    """The page takes the key; the tool makes the same of the paper for the envelope."""
    card = desk.card("一、领取密钥")
    card.get_by_label("您的席位").fill(str(SEAT))
    for label in ("为文件设一个密码", "再输入一次密码"):
        card.get_by_label(label).fill(by_commands.PASSWORD)
    identity = {"private_key": (tool.home(SEAT) / "identity").read_text()}
    card.get_by_label("身份的签名密钥文件").set_input_files(desk.file("identity.json", identity))
    card.get_by_role("button", name="领取密钥").click()
    saved = desk.saved(card)
    assert saved.name == tool.file("key", SEAT).name
    shutil.copy(saved, tool.file("key", SEAT))
    join = desk.out(card, "加入席位表的内容")
    tool.file("join", SEAT).write_text(json.dumps(join))
    card.get_by_text("写一份纸质备份，封入信封").click()
    paper = desk.file("paper.txt", card.get_by_label("写在纸上的内容").input_value())
    words = ("--ceremony", tool.ceremony, "--seat", SEAT, "--folder", tool.folder / "again", "--paper", paper, *tool.secret())
    made = tool.run("recover", *words, "--identity-key", tool.home(SEAT) / "identity")
    assert json.loads(Path(made["join"]).read_text()) == join


def signs(desk: Desk, tool: by_commands.Desk) -> Path:
    """The page confirms from the dealings of all seats; so does the tool with the page's key file, and the signatures are the same."""
    for path in tool.files("dealing"):
        desk.bring(path.name, path.read_text())
    card = desk.card("三、确认")
    card.get_by_label("您的保管文件").set_input_files(tool.file("key", SEAT))
    card.get_by_label("文件的密码", exact=True).fill(by_commands.PASSWORD)
    card.get_by_label("身份的签名密钥文件").set_input_files(desk.folder / "identity.json")
    card.get_by_role("button", name="检查").click()
    card.get_by_text("全部相符。").wait_for()
    words = card.locator(".words b").all_inner_texts()
    card.get_by_label("其他密钥保管人读出的十二个词").check()
    card.get_by_label("另一处存放的保管文件副本").set_input_files(tool.backup(SEAT))
    card.get_by_role("button", name="签名确认").click()
    opening = desk.saved(card)
    for seat in range(tool.seats):
        said = tool.run("confirm", *tool.confirm_words(seat), "--words", " ".join(words), "--backup", tool.backup(seat))
    assert desk.out(card, "您的确认") == json.loads(tool.file("confirmation", SEAT).read_text())
    desk.file("announced.json", said["key"] | {"closes_at": int(time.time()) - 3600})
    assert desk.out(card, "密封记录，与确认") == json.loads((tool.home(1) / "seal.json").read_text())
    return opening


def unseals(desk: Desk, tool: by_commands.Desk, opening: Path) -> None:
    """The page opens with the tool's opening file, the tool with the page's; and the shares of both make the secret."""
    desk.bring("announced.json", (desk.folder / "announced.json").read_text())
    press(desk.page, "核对公告")
    desk.page.get_by_text("公告的密封密钥与密封记录一致").wait_for()
    card = desk.card("四、解封")
    card.get_by_label("您的解封文件").set_input_files(tool.file("opening", SEAT))
    card.get_by_label("文件的密码", exact=True).fill(by_commands.PASSWORD)
    card.get_by_label("两家机构的页面都显示").check()
    card.get_by_role("button", name="交出密钥份额").click()
    share = desk.file("share.json", desk.out(card, "您的密钥份额"))
    late = ("--closes-at", 100, "--final-block-time", 101)
    shutil.copy(opening, tool.file("opening", SEAT))
    for seat in (SEAT, 2):
        tool.run("open", *tool.open_words(seat), *late)
    assert json.loads(share.read_text()) == json.loads(tool.file("share", SEAT).read_text())
    public = ("--ceremony", tool.ceremony, "--roll", tool.roll, "--seal", tool.home(1) / "seal.json")
    tool.run("unseal", *public, "--out", tool.folder / "secret.json", "--shares", share, tool.file("share", 2))
