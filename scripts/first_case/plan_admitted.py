"""The settlement plan: drafted, signed and submitted by the institution, admitted to the vote by officials."""

from __future__ import annotations

from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import INSTITUTION, OFFICIAL
from scripts.first_case.register_frozen import card_of, sign

PARTS = ("清偿方案", "清产核资期限", "存量业务处置计划", "出借人纠纷解决机制")
PAYMENTS = (("6", "20"), ("12", "30"))


def submit_plan(run: CaseRun) -> None:
    """Without a file of its own the system typesets the PDF."""
    desk = run.desks["institution"]
    with run.record.step("key file of the institution loaded", INSTITUTION, "签名用通行密钥（建立案件之前登记）或签名密钥文件"):
        run.people["institution"].load_key(desk)
    with run.record.step("the plan drafted", INSTITUTION, "此时方案的数字指纹已固定"):
        desk.unfold("起草退出方案")
        desk.fill("方案名称", "示例退出方案（虚构）")
        for part in PARTS:
            desk.page.get_by_label(part, exact=True).fill(f"虚构：{part}的内容。")
        desk.press("增加一期")
        for place, (months, ratio) in enumerate(PAYMENTS):
            desk.page.get_by_label("批准后第几个月").nth(place).fill(months)
            desk.page.get_by_label("比例（%，最多两位小数）").nth(place).fill(ratio)
        desk.press("保存草稿")
        desk.see("草稿，未提交")
    with run.record.step("the plan signed and submitted", INSTITUTION, "提交时间、方案和文件的数字指纹在“阅读方案”中"):
        desk.press("签名并提交")
        desk.see("已提交，待审查")


def admit_plan(run: CaseRun) -> None:
    """Proposed and signed, one by one."""
    first = run.first_official
    with run.record.step("the plan read, and its admission proposed", OFFICIAL, "看四个部分和兑付安排"):
        first.press("刷新")
        first.unfold("阅读方案")
        first.press("提出准予表决")
    sign_by_all(run, "准予方案表决", "the plan's admission", "符合要求的，按“提出准予表决”，成员逐一签名")
    with run.record.step("the plan admitted on the chain", OFFICIAL, "符合要求的，按“提出准予表决”，成员逐一签名"):
        first.press("刷新")
        first.see("已准予表决")


def sign_by_all(run: CaseRun, title: str, what: str, sentence: str) -> None:
    """Every official who has to sign does."""
    for number, desk in enumerate(run.signing_officials, start=1):
        with run.record.step(f"{what} signed: official-{number}", OFFICIAL, sentence):
            desk.press("刷新")
            sign(desk, card_of(desk, title))
