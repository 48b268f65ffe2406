"""An official whose only key is a passkey: vouches for a lender and approves the result on a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scripts.rig import steps
from scripts.rig.chain_access import ChainAccess
from scripts.rig.chromium import add_authenticator
from scripts.rig.paper import pin
from scripts.rig.people import FOR, Member, Phone
from scripts.rig.vote import Vote
from scripts.rig.voting import cast_one, prove, wait_for_chain
from tests.e2e.eyes import look, press, sign_in_office, visitor
from tests.e2e.journeys import ask_officials, choose, sign_in
from tests.e2e.stack import OpenVote, open_vote
from tests.e2e.test_offices import by_name, decide

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

pytestmark = pytest.mark.slow
PLAIN_SIGNATURE = 2 + 2 * 65


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    """The phone of the official with the passkey."""
    with visitor(browser) as page:
        add_authenticator(page)
        yield page


@pytest.fixture(scope="module")
def vote(browser: Browser, phone: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    """An open poll of a case whose third official signs by passkey and by nothing else."""

    def open_case(opening: Vote) -> None:
        *others, third = opening.officials
        sign_in_office(phone, f"{by_name(opening.stack.url)}/officials", third)
        press(phone, "登记通行密钥")
        phone.get_by_text(re.compile("已登记通行密钥")).wait_for()
        opening.admin.sign_in()
        opening.case = opening.admin.api.post("/api/cases", case_of(opening, others, third))
        for member in [*others, opening.institution]:
            member.sign_in()
        pin(opening.stack, opening.case)

    with open_vote(tmp_path_factory.mktemp("passkeys"), open_case=open_case) as opened:
        yield opened


def case_of(opening: Vote, others: list[Member], third: Member) -> dict[str, Any]:
    """No signer is named for the third: the service takes the passkey that the account has registered."""
    officials = [{"name": m.name, "signer": m.key.address, "account_name": m.name} for m in others]
    return {
        "name": "DEMO 通行密钥案件",
        "institution": {"name": "DEMO 平台", "credit_code": "91999900MA00000006", "signer": opening.institution.key.address},
        "officials": [*officials, {"name": third.name, "account_name": third.name}],
        "institution_account_name": opening.institution.name,
        "threshold": steps.THRESHOLD,
        "rehearsal": True,
    }


def signatures_of(page: Page, path: str) -> list[str]:
    """Fills with every signature that the page sends to addresses with this end."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(path):
            sent.append(json.loads(request.post_data or "{}")["signature"])

    page.on("request", note)
    return sent


def test_a_passkey_vouches_for_a_lender_and_approves_the_result(browser: Browser, vote: OpenVote, phone: Page) -> None:
    a_passkey_vouches_for_a_lender(browser, vote, phone)
    a_passkey_approves_the_result(vote, phone)


def a_passkey_vouches_for_a_lender(browser: Browser, vote: OpenVote, phone: Page) -> None:
    sent = signatures_of(phone, "/vouchers")
    with visitor(browser) as lender:
        sign_in(lender, vote, vote.story.mobiles[0])
        press(lender, "信息无误，下一步")
        code = ask_officials(lender)
        press(phone, "刷新")
        card = phone.locator("[data-voucher-id]", has_text=code)
        card.get_by_label("我已核对本人和证件，核对编码一致").check()
        look(phone, "official-passkey-voucher-phone")
        card.get_by_role("button", name="签署核对证明").click()
        lender.get_by_text("已有 1 名工作组人员确认").wait_for()
        vote.vouch(vote.story.officials[0], code)
        choose(lender, "同意")  # the verifier has asked the chain whether the passkey's signature holds
        press(lender, "确认投“同意”票")
        lender.get_by_role("heading", name="投票已提交").wait_for()
    assert [len(signature) > PLAIN_SIGNATURE for signature in sent] == [True]


def a_passkey_approves_the_result(vote: OpenVote, phone: Page) -> None:
    for mobile in sorted(set(vote.story.mobiles[1:])):
        lender = Phone(vote.url, mobile, vote.outbox, vote.poll)
        lender.sign_in(vote.documents_of(mobile)[0])
        cast_one(vote.story, lender, prove(vote.story, lender, None), FOR)
    wait_for_chain(vote.story)
    steps.close_and_open_sums(vote.story)
    result = httpx.get(f"{vote.url}/api/polls/{vote.poll['id']}/result").json()
    assert result["passed"], "almost everybody voted for it"
    sent = signatures_of(phone, "/attestations")
    press(phone, "刷新")
    phone.get_by_text("异议期满前不能签署决定").wait_for()
    look(phone, "official-passkey-approval-phone")
    decide(phone, vote.story.officials[0], vote, result, ChainAccess(vote.stack.rpc_url))
    assert [len(signature) > PLAIN_SIGNATURE for signature in sent] == [True]
    phone.goto(f"{by_name(vote.url)}/polls/{vote.poll['id']}")
    phone.get_by_text("方案获得通过").first.wait_for()
    look(phone, "result-passed-phone")
