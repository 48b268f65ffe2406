"""A sealed poll at the officials' desk: trustees appointed, a key ceremony of six seats, the announcement, shares and the count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from scripts.rig.api import Api
from scripts.rig.chain_access import ChainAccess
from scripts.rig.documents import make_pdf, plan_of
from scripts.rig.seats import Seats
from scripts.rig.steps import RULE, come_to_the_opening, rfc3339, sign_together
from scripts.rig.vote import Periods
from tests.e2e.announcing import fill_in_times
from tests.e2e.eyes import look, press
from tests.e2e.stack import OpenVote

if TYPE_CHECKING:
    from playwright.sync_api import Page

STEPS = ("entry", "dealing", "confirmation")


class SealedDesk:
    """An official's phone; trustees hand in over the API what their own tool writes, one seat by a file at the desk."""

    def __init__(self, page: Page, vote: OpenVote) -> None:
        self.page, self.vote, self.seats = page, vote, Seats()
        self.api = Api(vote.url)

    def shown(self) -> dict[str, Any]:
        """The newest ceremony."""
        line = self.api.get(f"/api/cases/{self.vote.story.case['id']}/ceremonies")[0]
        ceremony: dict[str, Any] = self.api.get(f"/api/ceremonies/{line['id']}")
        return ceremony

    def sign(self, title: str, name: str) -> None:
        """One official signs in the browser, the other by API."""
        card = self.page.locator("[data-act-id]", has_text=title)
        card.get_by_text("本页已重新计算：以上内容与待签内容的数字指纹一致。").wait_for()
        look(self.page, name)
        card.get_by_role("button", name="我同意并签名").click()
        card.get_by_text("您已签名").wait_for()
        second = self.vote.story.officials[1]
        act = next(act for act in second.api.get(f"/api/acts?case_id={self.vote.story.case['id']}") if act["status"] == "open")
        assert second.sign_act(act)["status"] == "done"
        press(self.page, "刷新")
        card.wait_for(state="detached")

    def appoint(self) -> None:
        self.page.get_by_text("本案件目前没有在任的密钥保管人").wait_for()
        self.page.locator("summary", has_text="任命密钥保管人").click()
        field = self.page.get_by_label("席位（每行一席：名称、空格、签名密钥）")
        field.fill("没有密钥的一行")
        press(self.page, "提出任命")
        self.page.get_by_role("alert").filter(has_text="第 1 行读不出名称和签名密钥").wait_for()
        field.fill("\n".join(f"{name} {trustee.signer}" for name, trustee in zip(self.seats.names, self.seats.seats, strict=True)))
        look(self.page, "sealed-appoint-phone")
        press(self.page, "提出任命")
        self.sign("任命密钥保管人 ·", "sealed-appointment-phone")

    def hold_ceremony(self) -> None:
        """Begun and closed at the desk; who is missing is said by name, and every seat's paper proves itself."""
        page = self.page
        page.locator("summary", has_text="开始密钥仪式").click()
        for seat, name in enumerate(self.seats.names):
            page.get_by_label(f"第 {seat} 席的名称").fill(name)
        press(page, "开始密钥仪式")
        page.get_by_text("还缺：institution (0)、committee A (1)").wait_for()
        self.hand_in_at_the_desk()
        self.hand_in("entry", range(1, 6))
        press(page, "刷新")
        press(page, "关闭席位表")
        page.get_by_text("席位表已关闭，等待各席分发").wait_for()
        self.hand_in("dealing", range(5))
        press(page, "刷新")
        page.get_by_text("还缺：lawyer (5)").wait_for()
        look(page, "sealed-dealing-phone")
        self.hand_in("dealing", [5])
        press(page, "刷新")
        page.get_by_text("每位密钥保管人看到的完全一致").wait_for()
        assert page.locator("ol.words li").count() == 12
        look(page, "sealed-words-phone")
        self.hand_in("confirmation", range(6))
        press(page, "刷新")
        page.get_by_text("已完成，可以公告密封表决").wait_for()

    def hand_in_at_the_desk(self) -> None:
        """The first seat has no connection: its paper comes as a file, in the form of the trustee's page."""
        shown = self.shown()
        paper = self.seats.entry(shown, 0) | {"seat": 0, "to_sign": "0x", "ceremony": "0x" + "ab" * 32}
        file = self.vote.folder / "join.json"
        field = self.page.get_by_label("代交密钥保管人的文件（加入、分发、确认）")
        for text, refusal in (("{}", "这个文件不是密钥保管人页面生成的文件"), (json.dumps(paper), "这个文件属于另一次密钥仪式")):
            file.write_text(text)
            field.set_input_files(file)
            press(self.page, "提交文件")
            self.page.get_by_role("alert").filter(has_text=refusal).wait_for()
        file.write_text(json.dumps(paper | {"ceremony": shown["paper"]["ceremony"]}))
        field.set_input_files(file)
        press(self.page, "提交文件")
        self.page.get_by_text("还缺：committee A (1)").wait_for()
        self.page.locator("summary", has_text="密钥保管人要用的文件").click()
        look(self.page, "sealed-joining-phone")

    def hand_in(self, step: str, seats: Iterable[int]) -> None:
        shown = self.shown()
        for seat in seats:
            self.api.post(f"/api/ceremonies/{shown['id']}/seats/{seat}/{step}", getattr(self.seats, step)(shown, seat))

    def announce(self) -> None:
        """Sealed is chosen already, since trustees serve; open is said to be what it is."""
        page = self.page
        fill_in_times(page, self.vote)
        assert page.get_by_role("radio", name="密封表决（建议）").is_checked()
        page.locator(".pick", has_text="公开表决").click()
        page.get_by_text("截止前任何人都能读到并算出中途票数").wait_for()
        page.locator(".pick", has_text="密封表决（建议）").click()
        page.get_by_role("checkbox", name="人脸核验，或由两名工作组人员核对", checked=True).wait_for()
        look(page, "sealed-announce-form-phone")
        press(page, "提出公告")
        self.sign("公告密封表决 ·", "sealed-announce-phone")
        page.get_by_text("截止后 6 名密钥保管人中的 3 名一起解封").wait_for()
        come_to_the_opening(self.vote.story)

    def share_of(self, seat: int) -> dict[str, Any]:
        """As the trustee's page writes it."""
        return {"seat": seat, "share": f"0x{self.seats.share(self.shown(), seat):064x}"}

    def announce_motions(self, motions: Sequence[str]) -> None:
        """Another plan, with motions, another ceremony and its poll, all by API."""
        story = self.vote.story
        plan = self._admitted(json.dumps(plan_of(3) | {"title": "DEMO 两项事项", "motions": list(motions)}, ensure_ascii=False))
        case, official = f"/api/cases/{story.case['id']}", story.officials[0].api
        begun = official.post(f"{case}/ceremonies", {"threshold": 3, "names": self.seats.names})
        self.hand_in("entry", range(6))
        official.post(f"/api/ceremonies/{begun['id']}/roll")
        for step in STEPS[1:]:
            self.hand_in(step, range(6))
        periods = Periods()
        opens_at = ChainAccess(self.vote.stack.rpc_url).time() + periods.notice
        terms = {"plan_id": plan["id"], "rule": RULE, "opens_at": rfc3339(opens_at), "closes_at": rfc3339(opens_at + periods.window)}
        terms |= {"challenge_seconds": periods.challenge, "verifiers": self.vote.poll["verifiers"]}
        sign_together(story, official.post(f"{case}/polls/sealed", terms | {"ceremony_id": begun["id"]}))
        come_to_the_opening(story)

    def _admitted(self, text: str) -> dict[str, Any]:
        story = self.vote.story
        institution = story.institution
        files = {"pdf": ("plan.pdf", make_pdf("DEMO plan with motions"), "application/pdf")}
        draft = institution.api.post(f"/api/cases/{story.case['id']}/plans", data={"plan": text}, files=files)
        signed = {"signature": institution.key.sign(draft["typed_data"])}
        plan: dict[str, Any] = institution.api.post(f"/api/plans/{draft['id']}/submission", signed)
        sign_together(story, story.officials[1].api.post(f"/api/plans/{plan['id']}/admission"))
        return plan

    def publish_share(self, seat: int) -> None:
        """By API."""
        self.api.post(f"/api/polls/{self.vote.poll['id']}/shares", self.share_of(seat))

    def unseal(self) -> None:
        """One share over the API, one as a file and one as a text at the desk; then the box is counted by itself."""
        page = self.page
        self.publish_share(1)
        press(page, "刷新")
        page.get_by_text("已公布密钥份额 1 份，需要 3 份，共 6 席").wait_for()
        page.get_by_text("还缺：institution (0)、committee B (2)").wait_for()
        page.locator("summary", has_text="代交密钥份额").click()
        page.get_by_label("或粘贴份额文件的内容").fill(json.dumps(self.share_of(2) | {"seat": 3}))
        press(page, "公布份额")
        page.get_by_role("alert").filter(has_text="份额").wait_for()
        look(page, "sealed-shares-phone")
        file = self.vote.folder / "share.json"
        file.write_text(json.dumps(self.share_of(4)))
        page.get_by_label("份额文件", exact=True).set_input_files(file)
        press(page, "公布份额")
        page.get_by_text("已公布密钥份额 2 份").wait_for()
        page.locator("summary", has_text="代交密钥份额").click()
        page.get_by_label("或粘贴份额文件的内容").fill(json.dumps(self.share_of(2)))
        press(page, "公布份额")
