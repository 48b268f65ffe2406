"""The announcement: rule, times and accepted ways; in a real case 15 days before the opening, in a rehearsal minutes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import GUIDE, OFFICIAL
from scripts.first_case.plan_admitted import sign_by_all
from scripts.first_case.register_frozen import card_of

BEIJING, DAY, MINUTE = timedelta(hours=8), timedelta(days=1), timedelta(minutes=1)
ANNOUNCEMENT = "公告表决 ·"
OWN_WAY = "人脸核验，或由两名工作组人员核对"
REAL_DAYS, REAL_OPEN_DAYS, REAL_OBJECTION_DAYS = 15, 7, 15
REHEARSAL_NOTICE, REHEARSAL_OBJECTION_MINUTES = MINUTE, 1
#: Each takes about ten seconds, and intake ends half a minute before the close.
LENDERS_A_MINUTE = 2
#: Officials sign one after the other: a real announcement leaves an hour for that.
TO_SIGN = timedelta(hours=1)


def times(now: datetime, lenders: int, *, rehearsal: bool) -> tuple[datetime, datetime, str]:
    """Opening and close on whole minutes, and the objection period as its field takes it."""
    whole = now.replace(second=0, microsecond=0) + MINUTE
    if rehearsal:
        opens = whole + REHEARSAL_NOTICE
        return opens, opens + max(2, -(-lenders // LENDERS_A_MINUTE)) * MINUTE, str(REHEARSAL_OBJECTION_MINUTES)
    opens = whole + REAL_DAYS * DAY + TO_SIGN
    return opens, opens + REAL_OPEN_DAYS * DAY, str(REAL_OBJECTION_DAYS)


def announce(run: CaseRun) -> tuple[datetime, datetime]:
    """Filled in, proposed, compared, signed; then everybody can read it. Gives opening and close."""
    desk, page = run.first_official, run.first_official.page
    with run.record.step("the announcement filled in", OFFICIAL, "开始和截止时间（北京时间）、异议期，并选择认可的核验方式"):
        desk.unfold("公告表决")
        page.get_by_label("计票规则").select_option("CN_EBL84")
        page.get_by_role("checkbox", name=OWN_WAY, checked=True).wait_for()  # asked of the identity verifier by the page
        opens, closes, objection = times(datetime.fromtimestamp(run.world.clock.time(), UTC), len(run.lenders), rehearsal=run.rehearsal)
        desk.fill("开始时间（北京时间）", in_beijing(opens))
        desk.fill("截止时间（北京时间）", in_beijing(closes))
        desk.fill("异议期（分钟，仅限演练）" if run.rehearsal else "异议期（天）", objection)
        page.get_by_text("各组合计一律公布到分。").first.wait_for()
        desk.press("提出公告")
        unit = "分钟" if run.rehearsal else "天"
        card_of(desk, ANNOUNCEMENT).get_by_text(f"{objection} {unit}", exact=True).first.wait_for()  # said with its unit where it is signed
    sign_by_all(run, ANNOUNCEMENT, "the announcement", "提出前和签名前，页面都写明本次表决认可哪些方式")
    with run.record.step("the announcement published", GUIDE, "officials announce the poll"):
        desk.press("刷新")
        desk.see("即将开始")
        page.goto("https://vote.example.org/")
        link = page.locator("a[href^='/polls/']").first
        link.wait_for()
        found = re.match(r"/polls/[^/?#]+", str(link.get_attribute("href")))
        assert found is not None
        run.poll_page = found[0]
        desk.open("/officials")
    return opens, closes


def in_beijing(moment: datetime) -> str:
    """As a date field takes it."""
    return (moment + BEIJING).strftime("%Y-%m-%dT%H:%M")
