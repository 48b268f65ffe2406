"""After the close: the totals opened, the objection period, the officials' decision, the certificate."""

from __future__ import annotations

from scripts.first_case import announcement
from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import GUIDE, OFFICIAL
from scripts.first_case.lenders_vote import pass_time
from scripts.first_case.terminal import CommandFailed

DAY_SECONDS = 86_400
APPROVE = "批准结果并签名"


def open_totals(run: CaseRun, closes_at: int) -> None:
    """What the sums tell is read first; then the contract checks them and applies the rule."""
    desk, page = run.first_official, run.first_official.page
    with run.record.step("the close", GUIDE, "the poll closes, sums are opened"):
        pass_time(run, closes_at + 1)
    with run.record.step("what the totals reveal", OFFICIAL, "看过后勾选确认，确认连同清单记入操作记录"):
        desk.press("刷新")
        desk.see("以下按已记录的表决票逐组算出，合计还没有公开。")
        page.get_by_role("checkbox", name="我已看过以上清单").check()
    with run.record.step("the totals opened and counted", OFFICIAL, "合约校验各组合计，按规则得出结果"):
        desk.press("公开合计并计票")
        desk.see("计票完成")


def decide(run: CaseRun) -> None:
    """After the objection period each official approves what passed."""
    days = announcement.REHEARSAL_OBJECTION_MINUTES * 60 if run.rehearsal else announcement.REAL_OBJECTION_DAYS * DAY_SECONDS
    with run.record.step("the objection period", GUIDE, "the challenge period ends (15 days, the least that the contract takes)"):
        pass_time(run, run.world.clock.time() + days + 1)
    for number, desk in enumerate(run.signing_officials, start=1):
        with run.record.step(f"the decision signed: official-{number}", OFFICIAL, "异议期满，每位成员分别签署批准或不批准"):
            desk.press("刷新")
            desk.press(APPROVE)  # everybody voted for it: what did not pass could not be approved
            if number < len(run.signing_officials):
                desk.see(f"批准 {number} 人，不批准 0 人")
            else:
                desk.see("已批准")


def take_certificate(run: CaseRun) -> None:
    """The PDF, and the same as data."""
    desk = run.first_official
    with run.record.step("the certificate", OFFICIAL, "证明书为 PDF/A，中英文，含二维码和盖章处，其数据（JSON）也可下载"):
        desk.press("刷新")
        desk.follow("参与情况与结果")
        file = desk.download("下载证明书（PDF）")
        path = run.places.folder / "people" / "official-1" / "certificate.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save_as(path)
        if not path.read_bytes().startswith(b"%PDF-1.7"):
            raise CommandFailed("the certificate is no PDF")
