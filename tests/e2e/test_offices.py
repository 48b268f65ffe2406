"""The desks: the institution imports and submits; officials freeze, admit, announce, count and decide, each with the own key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scripts.generate.claims import generate
from scripts.rig.chain_access import ChainAccess
from scripts.rig.chromium import add_authenticator
from scripts.rig.documents import make_pdf
from scripts.rig.logins import make_member
from scripts.rig.paper import pin
from scripts.rig.people import AGAINST, FOR, Member, Phone, read_code
from scripts.rig.register_check import check_code_of
from scripts.rig.steps import unix
from scripts.rig.voting import cast_one, prove, wait_for_chain
from tests.e2e.announcing import fill_in_times
from tests.e2e.eyes import DESK, PHONE, enter_office, look, press, sign_in_office, visitor
from tests.e2e.freezing import type_code
from tests.e2e.results_seen import see_the_block_number_named, see_the_marks, see_what_the_sums_tell
from tests.e2e.stack import OpenVote, open_vote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def institution(vote: OpenVote) -> Member:
    """The institution of a second, empty case with two officials of its own."""
    return make_member(vote.stack, "e2e-institution", "institution")


@pytest.fixture(scope="module")
def officials(vote: OpenVote) -> list[Member]:
    return [make_member(vote.stack, f"e2e-official-{number}", "official") for number in (1, 2)]


@pytest.fixture(scope="module")
def phone(browser: Browser, vote: OpenVote, officials: list[Member]) -> Iterator[Page]:
    """The first official's phone, which holds a passkey instead of a key file."""
    with visitor(browser) as page:
        add_authenticator(page)
        sign_in_office(page, f"{by_name(vote.url)}/officials", officials[0])
        page.get_by_text("您还没有登记通行密钥。").wait_for()
        look(page, "official-passkey-offer-phone")
        press(page, "登记通行密钥")
        page.get_by_text(re.compile("已登记通行密钥")).wait_for()
        look(page, "official-passkey-made-phone")
        yield page


@pytest.fixture(scope="module")
def case(vote: OpenVote, institution: Member, officials: list[Member], phone: Page) -> dict[str, Any]:
    """One official signs by the passkey that the phone has made, the other by a plain key."""
    signers: list[dict[str, Any]] = [{}, {"signer": officials[1].key.address}]
    opened: dict[str, Any] = vote.story.admin.api.post(
        "/api/cases",
        {
            "name": "DEMO 第二案",
            "institution": {"name": "DEMO 第二平台", "credit_code": "91999900MA00000019", "signer": institution.key.address},
            "officials": [{"name": m.name, "account_name": m.name} | signer for m, signer in zip(officials, signers, strict=True)],
            "institution_account_name": institution.name,
            "threshold": 2,
            "rehearsal": True,
        },
    )
    for member in [institution, officials[1]]:
        member.sign_in()
    pin(vote.stack, opened)
    return opened


def by_name(url: str) -> str:
    """The same server under a name: passkeys belong to names, never to addresses in figures."""
    return url.replace("127.0.0.1", "localhost")


def sign_by_api(official: Member, case: dict[str, Any]) -> dict[str, Any]:
    """The other official signs the act that waits."""
    act = next(act for act in official.api.get(f"/api/acts?case_id={case['id']}") if act["status"] == "open")
    return official.sign_act(act)


def act_card(page: Page, title: str) -> Any:
    return page.locator("[data-act-id]", has_text=title)


def sign_in_browser(page: Page, title: str, name: str, check_code: str = "") -> None:
    """`check_code` is what the official's own tool gave, on a computer of theirs; a register is signed with nothing else."""
    card = act_card(page, title)
    card.wait_for()
    assert card.get_by_text("本页已重新计算：以上内容与待签内容的数字指纹一致。").is_visible()
    look(page, name)
    if check_code:
        type_code(card, check_code)
    card.get_by_role("button", name="我同意并签名").click()
    card.get_by_text("您已签名").wait_for()


def test_a_case_from_the_file_to_the_announcement(
    browser: Browser, vote: OpenVote, phone: Page, case: dict[str, Any], institution: Member, officials: list[Member], tmp_path: Path
) -> None:
    good, _ = generate(lenders=8, seed=3, out=tmp_path)
    bad, _ = generate(lenders=60, seed=3, out=tmp_path / "bad", mistakes=True)
    plan_pdf = tmp_path / "plan.pdf"
    plan_pdf.write_bytes(make_pdf("DEMO plan"))
    with visitor(browser, DESK) as desk:
        enter_office(desk, f"{vote.url}/institution", institution, vote.key_file(institution))
        look(desk, "institution-empty")
        import_register(desk, bad, good)
        write_plan(desk, plan_pdf)

        press(phone, "刷新")
        enter_into_lists(phone)
        return_plan(phone)
        mend_plan(desk, plan_pdf)
        press(phone, "刷新")
        phone.get_by_role("button", name="与第 1 稿的差异").click()
        phone.locator("ins", has_text="资金来源为处置所得").wait_for()
        look(phone, "official-plan-changes-phone")
        phone.get_by_text("审查登记表").wait_for()
        press(phone, "提出冻结登记表")
        act_card(phone, "冻结债权登记表").wait_for()
        waiting = next(act for act in officials[1].api.get(f"/api/acts?case_id={case['id']}") if act["status"] == "open")
        sign_in_browser(phone, "冻结债权登记表", "official-freeze-phone", check_code_of(officials[1].api, waiting))
        assert sign_by_api(officials[1], case)["status"] == "done"
        press(phone, "刷新")
        phone.get_by_text("已冻结并写入区块链。").wait_for()
        press(phone, "提出准予表决")
        sign_in_browser(phone, "准予方案表决", "official-admit-phone")
        assert sign_by_api(officials[1], case)["status"] == "done"
        press(phone, "刷新")
        announce(phone, vote)
        sign_in_browser(phone, "公告表决 ·", "official-announce-phone")
        assert sign_by_api(officials[1], case)["status"] == "done"
        press(phone, "刷新")
        phone.get_by_text("即将开始").wait_for()
        look(phone, "official-announced-phone")


def import_register(desk: Page, bad: Path, good: Path) -> None:
    desk.get_by_label("登记表文件（xlsx 或 csv）").set_input_files(bad)
    press(desk, "试导入")
    desk.get_by_text(re.compile("行未通过，没有导入任何内容")).wait_for()
    look(desk, "institution-rejects")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载未通过行清单（csv）").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")
    desk.get_by_label("登记表文件（xlsx 或 csv）").set_input_files(good)
    press(desk, "试导入")
    desk.get_by_text("检查通过，可以正式导入。").wait_for()
    look(desk, "institution-dry-run")
    press(desk, "正式导入")
    desk.get_by_text("已导入，可以冻结。").wait_for()


def write_plan(desk: Page, pdf: Path) -> None:
    desk.get_by_text("起草退出方案").click()
    desk.get_by_label("方案名称").fill("DEMO 第二案方案")
    for part in ("清偿方案", "清产核资期限", "存量业务处置计划", "出借人纠纷解决机制"):
        desk.get_by_label(part, exact=True).fill(f"【演示】{part}的内容。")
    press(desk, "增加一期")
    for place, (months, ratio) in enumerate([("6", "12.5"), ("12", "30")]):
        desk.get_by_label("批准后第几个月").nth(place).fill(months)
        desk.get_by_label("比例（%，最多两位小数）").nth(place).fill(ratio)
    desk.get_by_label("方案全文（PDF）").set_input_files(pdf)
    look(desk, "institution-editor")
    press(desk, "保存草稿")
    desk.get_by_text("草稿，未提交").wait_for()
    look(desk, "institution-draft")
    press(desk, "签名并提交")
    desk.get_by_text("已提交，待审查").wait_for()


def enter_into_lists(phone: Page) -> None:
    """Measure, exit date and who is responsible; then the case stands in the four lists, which can be kept as a file."""
    phone.locator("summary", has_text="填写四项清单").click()
    phone.get_by_label("处置措施").select_option("wind_down")
    phone.get_by_label("退出时间").fill("2027-06-30")
    phone.get_by_label("责任主体").fill("DEMO 区金融工作局")
    look(phone, "official-listing-phone")
    press(phone, "保存清单")
    phone.get_by_role("cell", name="DEMO 区金融工作局").wait_for()
    look(phone, "official-lists-phone")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载清单（csv）").click()
    assert "清退 wind-down,2027-06-30" in Path(download.value.path()).read_text("utf-8-sig")


def return_plan(phone: Page) -> None:
    phone.get_by_label("退回理由（平台机构可见）").fill("请写明第二期的资金来源。")
    press(phone, "退回方案")
    phone.get_by_text("已退回").wait_for()


def mend_plan(desk: Page, pdf: Path) -> None:
    """The returned plan's reasons are read, and a new version begins from it."""
    press(desk, "刷新")
    desk.get_by_text("退回理由：请写明第二期的资金来源。").wait_for()
    look(desk, "institution-returned")
    desk.get_by_text("起草退出方案").click()
    press(desk, "以第 1 稿为底稿修改")
    desk.get_by_text("兑付比例合计 42.5%").wait_for()
    desk.get_by_label("清偿方案", exact=True).fill("【演示】清偿方案的内容，资金来源为处置所得。")
    desk.get_by_label("比例（%，最多两位小数）").nth(1).fill("90")
    desk.get_by_text("兑付比例合计 102.5%，不能超过 100%").wait_for()
    desk.get_by_label("比例（%，最多两位小数）").nth(1).fill("35")
    desk.get_by_label("方案全文（PDF）").set_input_files(pdf)
    press(desk, "保存草稿")
    desk.get_by_text("草稿，未提交").wait_for()
    press(desk, "与第 1 稿的差异")
    desk.locator("ins", has_text="资金来源为处置所得").wait_for()
    assert desk.get_by_text("30% → 35%").is_visible()
    assert desk.get_by_text("方案文件（PDF）没有变化。").is_visible()
    look(desk, "institution-changes")
    press(desk, "签名并提交")
    desk.get_by_text("已提交，待审查").wait_for()


def announce(phone: Page, vote: OpenVote) -> None:
    fill_in_times(phone, vote)
    phone.get_by_role("checkbox", name="人脸核验，或由两名工作组人员核对", checked=True).wait_for()  # asked of the issuer by the page
    phone.get_by_text("各组合计一律公布到分。").first.wait_for()
    look(phone, "official-announce-form-phone")
    press(phone, "提出公告")


@pytest.fixture
def closing_vote(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    """A poll of one journey's own, which closes and decides it."""
    with open_vote(tmp_path_factory.mktemp("deciding")) as opened:
        yield opened


def test_officials_count_and_decide_and_everybody_sees_the_result(browser: Browser, closing_vote: OpenVote) -> None:
    vote = closing_vote
    first, second = vote.story.officials[:2]
    let_others_vote(vote)
    chain = ChainAccess(vote.stack.rpc_url)
    chain.move_to(unix(vote.poll["closes_at"]) + 1)
    page_url = f"{vote.url}/polls/{vote.poll['id']}"
    with visitor(browser) as phone, visitor(browser, DESK) as desk:
        desk.goto(page_url)
        desk.get_by_text("表决已截止，正在等待公开合计和校验。").wait_for()
        phone.goto(f"{page_url}/vote")
        phone.get_by_role("heading", name="现在不能投票").wait_for()
        look(phone, "lender-closed")
        look_up_after_the_close(phone, vote)
        enter_office(phone, f"{vote.url}/officials", first, vote.key_file(first))
        see_what_the_sums_tell(phone)
        press(phone, "公开合计并计票")
        phone.get_by_text("计票完成").first.wait_for(timeout=60_000)
        look(phone, "official-tallied-phone")
        phone.get_by_label("答复（出借人可见）").fill("DEMO 已核对，链上没有该票的回执。")
        press(phone, "答复并办结")
        phone.get_by_text("已答复的异议（1）").wait_for()
        result = httpx.get(f"{vote.url}/api/polls/{vote.poll['id']}/result").json()
        decide(phone, second, vote, result, chain)
        look_at_office_poll(phone, vote, result)
        for name, page in (("390", phone), ("1280", desk)):
            page.goto(page_url)
            page.get_by_role("heading", name="表决结果").wait_for()
            assert page.locator("svg.bars").count() == 2 * len(result["classes"])
            assert page.get_by_text("未参加").first.is_visible(), "the absent are shown as absent"
            see_the_marks(page, result)
            look(page, f"result-{name}")
            page.get_by_role("link", name="全部链上记录").click()
            page.get_by_role("heading", name="全部链上记录").wait_for()
            assert page.locator("tbody tr", has_text="BallotsRecorded").count() > 0
            look(page, f"transactions-{name}")
        see_the_block_number_named(phone)


def look_at_office_poll(phone: Page, vote: OpenVote, result: dict[str, Any]) -> None:
    """Turnout as a line and as a table, the bars with their formula, and the certificate."""
    phone.goto(f"{vote.url}/officials/polls/{vote.poll['id']}")
    taking_part = sum(each["admitted_heads"] - each["absent_heads"] for each in result["classes"])
    phone.get_by_text(f"已有 {taking_part} 人参加").first.wait_for()
    assert phone.locator("svg.turnout polyline").count() == 2
    see_the_marks(phone, result)
    phone.get_by_text("数据表").click()
    look(phone, "official-poll-phone")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="下载证明书（PDF）").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-1.7")
    phone.set_viewport_size(DESK)
    look(phone, "official-poll-1280")
    phone.set_viewport_size(PHONE)


def look_up_after_the_close(phone: Page, vote: OpenVote) -> None:
    """A lender without a session may still see what is recorded, and nothing more."""
    mobile = vote.story.mobiles[13]
    press(phone, "查看我的投票记录")
    phone.get_by_label("手机号").fill(mobile)
    look(phone, "lender-closed-phone")
    press(phone, "获取验证码")
    phone.get_by_text("您会收到验证码").wait_for()
    phone.get_by_label("6 位验证码").fill(read_code(vote.outbox, mobile))
    press(phone, "下一步")
    phone.get_by_role("heading", name="核对您的债权").wait_for()
    assert phone.get_by_text("区块链上还没有您的票。").is_visible()
    assert phone.get_by_role("button", name="改票").count() == 0
    look(phone, "lender-closed-claim")
    complain(phone, vote)
    press(phone, "退出登录")
    phone.get_by_role("heading", name="您已退出登录").wait_for()


def complain(phone: Page, vote: OpenVote) -> None:
    """A lender says, in a second tab, that no ballot is recorded."""
    tab = phone.context.new_page()
    tab.goto(f"{vote.url}/polls/{vote.poll['id']}/complaint")
    tab.get_by_label("我投了票，但没有记录").check()
    tab.get_by_label("请写明情况（不要写证件号码）").fill("DEMO 我投过票。")
    look(tab, "lender-complaint")
    press(tab, "提交异议")
    tab.get_by_text("已收到，等待专项工作组答复。").wait_for()
    look(tab, "lender-complaint-filed")
    tab.close()


def let_others_vote(vote: OpenVote) -> None:
    """Lenders who do not appear in the browser vote through the API: enough for the plan to pass."""
    for place, mobile in enumerate(vote.story.mobiles[5:13]):
        phone = Phone(vote.url, mobile, vote.outbox, vote.poll)
        phone.sign_in()
        cast_one(vote.story, phone, prove(vote.story, phone, None), AGAINST if place == 0 else FOR)
    wait_for_chain(vote.story)


def decide(phone: Page, other: Member, vote: OpenVote, result: dict[str, Any], chain: ChainAccess) -> None:
    """One official signs in the browser, as soon as the objection period is over; the other through the API."""
    words = "批准结果并签名" if result["passed"] else "不批准并签名"
    phone.get_by_text("异议期满前不能签署决定").wait_for()
    assert phone.get_by_role("button", name=re.compile("批准.*并签名")).count() == 0
    chain.move_to(unix(result["challenge_ends_at"]) + 1)
    press(phone, "刷新")
    press(phone, words)
    counted = "批准 1 人，不批准 0 人" if result["passed"] else "批准 0 人，不批准 1 人"
    phone.get_by_text(counted).wait_for()
    see_the_own_voice_and_no_button(phone, passed=result["passed"])
    look(phone, "official-decided-phone")
    approve = bool(result["passed"])
    typed = other.api.get(f"/api/polls/{vote.poll['id']}/attestation?approve={'true' if approve else 'false'}")["typed_data"]
    body = {"signer": other.key.address, "approve": approve, "signature": other.key.sign(typed)}
    assert other.api.post(f"/api/polls/{vote.poll['id']}/attestations", body)["stage"] in {"approved", "refused"}
    press(phone, "刷新")
    phone.get_by_text("已批准" if approve else "不批准").first.wait_for()
    phone.locator("[data-opinions] li").nth(1).wait_for()
    see_the_own_voice_and_no_button(phone, passed=result["passed"])


def see_the_own_voice_and_no_button(phone: Page, *, passed: bool) -> None:
    """What was signed and when stands where the buttons stood, and that the contract takes no second one."""
    own = phone.locator("[data-decision]").get_by_text(re.compile("^您已签名（.+北京时间）"))
    own.wait_for()
    assert own.inner_text().endswith("：批准该表决结果。" if passed else "：不批准该表决结果。")
    assert phone.get_by_text("合约对每位成员只记录一次意见").is_visible()
    assert phone.get_by_role("button", name=re.compile("批准.*并签名")).count() == 0
