"""The whole way by face in a browser whose camera shows somebody who moves as asked: once through, once refused and helped by people."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scripts.rig.people import Phone
from scripts.rig.photos import photos
from tests.e2e.camera import Camera
from tests.e2e.conftest import ready_to_browse
from tests.e2e.eyes import enter_office, look, press, visitor
from tests.e2e.journeys import ask_officials, choose, sign_in
from tests.e2e.stack import OpenVote, open_vote
from tests.e2e.test_face import CACHE, enrol
from verifier.face.errors import FaceLibraryMissing
from verifier.face.frames import FrameReader
from verifier.face.lab.puppet import Puppet

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow
MOST_REFUSED = 3
AGREE = "我已阅读，同意为本次投票使用我的人脸信息"


@pytest.fixture(scope="module")
def people() -> tuple[list[Path], Puppet, Puppet]:
    """References of one person, and that person and a stranger as they move before the camera."""
    found = sorted(photos(CACHE).values(), key=len, reverse=True)
    if len(found) < 2 or len(found[0]) < 2:
        pytest.skip("needs photos of two people: run `python -m scripts.rig.photos var/photos`, or set LENDERVOTE_TEST_FACES")
    try:
        reader = FrameReader()
    except FaceLibraryMissing as error:
        pytest.skip(str(error))
    return found[0][1:3], Puppet(found[0][0].read_bytes(), reader), Puppet(found[1][0].read_bytes(), reader)


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    return Camera(tmp_path_factory.mktemp("film") / "film.y4m")


@pytest.fixture(scope="module")
def browser(browser: Browser, camera: Camera) -> Iterator[Browser]:
    """A second browser, whose camera is the film; the first one only shows that this machine can browse."""
    started = browser.browser_type.launch(executable_path=ready_to_browse(), args=camera_arguments(camera.path))
    yield started
    started.close()


def camera_arguments(clip: Path) -> list[str]:
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}"]
    return ["--no-sandbox", *fake]


@pytest.fixture(scope="module")
def vote(people: object, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    """A poll whose issuer asks for movement."""
    with open_vote(tmp_path_factory.mktemp("session"), liveness="required") as opened:
        yield opened


def to_identity(page: Page, vote: OpenVote, mobile: str, references: list[Path]) -> int:
    """Sign in as a lender of whom there are photos on file, up to the two ways to prove oneself; the lender's index."""
    with page.expect_response(lambda answer: answer.url.endswith("/lender/claim")) as claim:
        sign_in(page, vote, mobile)
    index = int(claim.value.json()["index"])
    for reference in references:
        enrol(vote, index, reference)
    press(page, "信息无误，下一步")
    return index


def move_until(page: Page, goal: Locator) -> int:
    """Wait for what is to come; begin again, as people do, when a busy machine was late or misread a movement. How often that was."""
    again = page.get_by_role("button", name="重新打开相机")
    for refused in range(MOST_REFUSED + 1):
        goal.or_(again).first.wait_for(timeout=60_000)
        if goal.is_visible():
            return refused
        misread = (
            page.get_by_role("alert")
            .filter(has_text="没有在规定时间内完成动作")
            .or_(page.get_by_role("alert").filter(has_text="动作与提示不一致"))
        )
        assert misread.is_visible(), "a movement not seen is one thing, refused another"
        press(page, "重新打开相机")
    raise AssertionError("this machine is too slow for a session in front of the camera")


def log_of(vote: OpenVote, index: int) -> list[dict[str, Any]]:
    """The issuer's log about one lender, read beside it."""
    with sqlite3.connect(vote.stack.data_dir / "issuer" / "issuer.sqlite3") as database:
        entries = [json.loads(row[0]) for row in database.execute("SELECT entry FROM log ORDER BY seq")]
    return [entry for entry in entries if entry.get("index") == index]


def test_consent_camera_challenge_decision_credential_and_ballot(
    browser: Browser, vote: OpenVote, people: tuple[list[Path], Puppet, Puppet], camera: Camera
) -> None:
    references, lender, _ = people
    camera.seat(lender)
    with visitor(browser) as page:
        camera.follow(page)
        index = to_identity(page, vote, vote.story.mobiles[0], references)
        assert page.evaluate("document.querySelector('video').srcObject") is None
        page.get_by_label(AGREE).check()
        with page.expect_response(lambda answer: answer.url.endswith("/v1/consents")) as consented:
            press(page, "同意并打开相机")
        assert consented.value.status == 201, "the consent is on record before the camera opens"
        refused = move_until(page, page.get_by_role("heading", name="请选择"))
        assert page.evaluate("document.querySelector('video').srcObject.active") is False, "the camera is off again"
        choose(page, "同意")
        press(page, "确认投“同意”票")
        page.get_by_role("heading", name="投票已提交").wait_for()
    kinds = [entry["kind"] for entry in log_of(vote, index)]
    assert kinds.count("liveness_failed") <= refused
    answered = [kind for kind in kinds if kind != "liveness_failed"]
    assert answered == ["reference_stored"] * len(references) + ["consent_given", "credential"]
    issued = log_of(vote, index)[-1]
    assert issued["liveness"][0]["step"] == "neutral"
    assert len(issued["liveness"]) == 4
    assert issued["consent"] == log_of(vote, index)[len(references)]["consent"]
    no_frame_is_left(vote)


def erase(vote: OpenVote, index: int) -> None:
    """The issuer's operator erases what is stored of a lender."""
    command = [sys.executable, "-m", "verifier.issuer", "erase", "--poll", vote.poll["address"], "--index", str(index)]
    subprocess.run(command, env=vote.stack.environment, check=True, timeout=120)


def test_what_is_asked_is_legible(browser: Browser, vote: OpenVote, people: tuple[list[Path], Puppet, Puppet], camera: Camera) -> None:
    """Looked at in a session that nobody finishes: looking takes of the seconds that a step has."""
    references, lender, _ = people
    camera.seat(lender)
    with visitor(browser) as page:
        camera.follow(page)
        index = to_identity(page, vote, vote.story.mobiles[5], references)
        page.get_by_label(AGREE).check()
        press(page, "同意并打开相机")
        page.locator("[data-fill='asked']", has_text="第 1 步，共 3 步").wait_for(timeout=30_000)
        look(page, "session-1-asked")
        press(page, "用其他方式")
        page.get_by_text("撤回对使用人脸信息的同意").click()
        press(page, "撤回同意并删除我的人脸信息")
        page.get_by_text("已撤回同意，不再进行人脸比对").wait_for()
    assert [entry["kind"] for entry in log_of(vote, index)][-1] == "consent_withdrawn", "nobody was met: nothing is erased yet"
    no_frame_is_left(vote)
    erase(vote, index)  # nobody else is to be like this lender


def test_refused_retried_sent_to_officials_vouched_by_two_and_voted(
    browser: Browser, vote: OpenVote, people: tuple[list[Path], Puppet, Puppet], camera: Camera
) -> None:
    references, lender, stranger = people
    first, second = vote.story.officials[0], vote.story.officials[1]
    camera.seat(lender, obedient=False)
    with visitor(browser) as page:
        camera.follow(page)
        index = to_identity(page, vote, vote.story.mobiles[1], references)
        page.get_by_label(AGREE).check()
        press(page, "同意并打开相机")
        page.get_by_role("alert").filter(has_text="动作与提示不一致").wait_for(timeout=40_000)
        assert page.get_by_role("button", name="请工作组人员复核").is_visible(), "one tap, whatever else is tried"
        look(page, "session-2-refused")
        camera.seat(stranger)  # as if the light had changed the face beyond recognition
        press(page, "重新打开相机")
        refused = move_until(page, page.get_by_role("alert").filter(has_text="与留存照片不一致"))
        look(page, "session-3-officials")
        press(page, "请工作组人员复核")
        page.get_by_role("heading", name="请把核对编码念给工作组人员").wait_for()
        code = page.locator("[data-fill='voucher-code']").inner_text()

        with visitor(browser, {"width": 1280, "height": 900}) as desk:
            enter_office(desk, f"{vote.url}/officials", first, vote.key_file(first))
            card = desk.locator("[data-voucher-id]", has_text=code)
            card.get_by_text("动作与提示不一致").wait_for()
            assert card.get_by_text("照片与留存照片不一致").count() == 1
            assert card.locator("img, video").count() == 0, "reasons, no picture"
            look(desk, "session-4-official")
            card.get_by_label("给出借人的答复").fill("请今天下午三点接听视频通话")
            card.get_by_role("button", name="发送答复").click()
            page.get_by_text("请今天下午三点接听视频通话").wait_for()
        vote.vouch(first, code)
        vote.vouch(second, code)
        choose(page, "不同意")
        press(page, "确认投“不同意”票")
        page.get_by_role("heading", name="投票已提交").wait_for()
    kinds = [entry["kind"] for entry in log_of(vote, index)]
    assert kinds.count("liveness_failed") in range(1, refused + 2)
    answered = [kind for kind in kinds[len(references) :] if kind != "liveness_failed"]
    assert answered == ["consent_given", "face_declined", "credential"]
    assert log_of(vote, index)[-1]["way"] == "vouched"
    no_frame_is_left(vote)


def test_who_does_not_agree_is_at_the_other_way_at_once_and_who_withdraws_is_forgotten(
    browser: Browser, vote: OpenVote, people: tuple[list[Path], Puppet, Puppet]
) -> None:
    references, _, _ = people
    with visitor(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if request.method != "GET" and "/v1/" in request.url else None)
        index = to_identity(page, vote, vote.story.mobiles[2], references)
        press(page, "不同意，用其他方式")
        assert page.evaluate("document.activeElement.textContent") == "其他方式"
        assert page.get_by_role("button", name="申请核对").is_visible()
        assert asked == [], "nothing about the lender went to the verifier, and no camera opened"
        assert page.evaluate("document.querySelector('video').srcObject") is None
        page.get_by_text("撤回对使用人脸信息的同意").click()
        press(page, "撤回同意并删除我的人脸信息")
        page.get_by_role("alert").filter(has_text="没有作出过同意").wait_for()  # a phone code alone has nobody's face erased
        look(page, "session-5-not-met")
        code = ask_officials(page)
        for official in vote.story.officials[:2]:
            vote.vouch(official, code)
        page.get_by_role("heading", name="请选择").wait_for()
        page.get_by_text("已撤回同意，您的人脸信息已删除").wait_for()
        with page.expect_download() as kept:
            page.get_by_role("link", name="保存删除证明").click()
        certificate = json.loads(Path(kept.value.path()).read_text())
        assert (certificate["kind"], certificate["count"], certificate["reason"]) == ("deletion", len(references), "consent_withdrawn")
        look(page, "session-5-withdrawn")
    kinds = [entry["kind"] for entry in log_of(vote, index)][len(references) :]
    assert kinds == ["credential", "consent_withdrawn", "references_erased"]


def put_on_file(vote: OpenVote, mobile: str, references: list[Path]) -> int:
    """Photos of a lender whom no camera sees here; the lender's index."""
    phone = Phone(vote.url, mobile, vote.outbox, vote.poll)
    phone.sign_in()
    for reference in references:
        enrol(vote, int(phone.claim["index"]), reference)
    return int(phone.claim["index"])


def test_officials_look_into_two_lenders_with_one_face(
    browser: Browser, vote: OpenVote, people: tuple[list[Path], Puppet, Puppet], tmp_path: Path
) -> None:
    """Lenders of other journeys may have the same face on file; these two have."""
    references, _, _ = people
    indexes = sorted(put_on_file(vote, vote.story.mobiles[place], references) for place in (7, 8))
    found = tmp_path / "likenesses.json"
    command = [sys.executable, "-m", "verifier.issuer", "likenesses", "--poll", vote.poll["address"], "--out", str(found)]
    subprocess.run(command, env=vote.stack.environment, check=True, timeout=120)
    official = vote.story.officials[2]
    with visitor(browser, {"width": 1280, "height": 900}) as desk:
        enter_office(desk, f"{vote.url}/officials", official, vote.key_file(official))
        desk.get_by_text("人脸相似的出借人（供核查）").click()
        desk.get_by_label("核验机构出具的清单").set_input_files(found)
        press(desk, "提交清单")
        desk.get_by_text("不能只凭清单认定").wait_for()
        pair = desk.locator("[data-likeness-id]", has_text=f"（{indexes[0]}）").filter(has_text=f"（{indexes[1]}）")
        assert pair.count() == 1
        pair.locator("summary").click()
        pair.get_by_label("核查结论").select_option("documents")
        pair.get_by_label("理由").fill("请两名出借人到柜台出示证件")
        pair.get_by_role("button", name="保存结论").click()
        pair.locator("summary", has_text="需要核对身份证件").wait_for()
        look(desk, "session-6-likenesses")


def no_frame_is_left(vote: OpenVote) -> None:
    """No picture in any file of the installation, whatever it is called: no frame outlives its decision."""
    found = []
    for path in (path for path in vote.stack.data_dir.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [f"{path.name}: {name}" for name, mark in PICTURES.items() if mark in content]
    assert found == []


PICTURES = {
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "PNG": b"\x89PNG\r\n",
    "EXIF": b"Exif\x00\x00",
    "base64 JPEG": b"/9j/4AAQ",
    "hex JPEG": b"ffd8ffe0",
}
