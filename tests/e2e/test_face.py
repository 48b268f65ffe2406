"""The way by face, before a camera that shows a photo: a stranger is not taken for the lender, and photos go to the issuer alone."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from PIL import Image, ImageOps

from scripts.rig.photos import photos
from tests.e2e.eyes import press, visitor
from tests.e2e.journeys import choose, sign_in
from tests.e2e.stack import OpenVote
from tests.e2e.steps import count_steps

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
FRAME = (640, 480)
CACHE = Path(__file__).resolve().parents[2] / "var" / "photos"


@pytest.fixture(scope="module")
def people() -> tuple[Path, Path, Path]:
    """Reference and probe of one person, and a photo of another."""
    found = sorted(photos(CACHE).values(), key=len, reverse=True)
    if len(found) < 2 or len(found[0]) < 2:
        pytest.skip("needs photos of two people: run `python -m scripts.rig.photos var/photos`, or set LENDERVOTE_TEST_FACES")
    return found[0][0], found[0][1], found[1][0]


def show_to_camera(photo: Path, clip: Path) -> None:
    """Make the camera see a photo from its next opening on."""
    image = ImageOps.pad(Image.open(photo).convert("RGB"), FRAME)
    frame = io.BytesIO()
    image.save(frame, "JPEG", quality=92)
    partial = clip.with_suffix(".partial")
    partial.write_bytes(frame.getvalue() * 10)
    os.replace(partial, clip)


def take_photo(page: Page, *, consented: bool = False) -> None:
    if not consented:
        page.get_by_label("我已阅读，同意为本次投票使用我的人脸信息").check()
    press(page, "同意并打开相机")
    press(page, "拍照并核验")


def test_the_lender_is_known_by_face_and_a_stranger_is_not(
    browser: Browser, vote: OpenVote, people: tuple[Path, Path, Path], camera_clip: Path
) -> None:
    reference, probe, stranger = people
    show_to_camera(stranger, camera_clip)
    with visitor(browser) as page:
        sent_to: list[str] = []
        page.on("request", lambda request: sent_to.append(request.url) if "multipart" in request.headers.get("content-type", "") else None)
        with page.expect_response(lambda answer: answer.url.endswith("/lender/claim")) as claim:
            sign_in(page, vote, vote.story.mobiles[11])
        enrol(vote, claim.value.json()["index"], reference)
        press(page, "信息无误，下一步")
        take_photo(page)
        page.get_by_role("alert").filter(has_text="。").first.wait_for(timeout=60_000)
        assert not page.get_by_role("heading", name="请选择").is_visible()

        show_to_camera(probe, camera_clip)
        press(page, "用其他方式")
        take_photo(page, consented=True)
        page.get_by_role("heading", name="请选择").wait_for(timeout=60_000)
        assert page.evaluate("document.querySelector('video').srcObject.active") is False, "the camera is off again"
        choose(page, "同意")
        press(page, "确认投“同意”票")
        page.get_by_role("heading", name="投票已提交").wait_for()
    assert {url.split("/v1/")[0] for url in sent_to} == {vote.stack.issuer_url}, "photos go to the issuer, never to the backend"


def test_by_face_it_is_six_screens_and_nine_taps(
    browser: Browser, vote: OpenVote, people: tuple[Path, Path, Path], camera_clip: Path
) -> None:
    reference, probe, _ = people
    show_to_camera(probe, camera_clip)
    with visitor(browser) as page:
        steps = count_steps(page)
        claims: list[int] = []
        page.on("response", lambda answer: claims.append(answer.json()["index"]) if answer.url.endswith("/lender/claim") else None)
        sign_in(page, vote, vote.story.mobiles[12])
        enrol(vote, claims[0], reference)
        press(page, "信息无误，下一步")
        take_photo(page)
        choose(page, "同意")
        press(page, "确认投“同意”票")
        page.get_by_role("heading", name="投票已提交").wait_for()
        steps.hold()


def enrol(vote: OpenVote, index: int, reference: Path) -> None:
    """Officials bind the photo to the lender, the issuer's operator stores it."""
    vote.bind(index, reference.read_bytes())
    httpx.post(
        f"{vote.stack.issuer_url}/v1/references",
        headers=vote.operator,
        data={"poll": vote.poll["address"], "index": str(index)},
        files={"image": (reference.name, reference.read_bytes(), "image/jpeg")},
        timeout=120,
    ).raise_for_status()
