"""A rehearsal says on every page, in every file and in both languages that its votes have no effect."""

from __future__ import annotations

import json

import pytest

from scripts.rig.api import Refused
from tests.acceptance.conftest import ask
from tests.e2e.stack import OpenVote

WORDS = {"zh": "演练：本次表决没有任何效力", "en": "Rehearsal: this vote has no effect"}
PAGES = ["/", "/help", "/officials", "/institution", "/administrator", "/polls/{poll}", "/polls/{poll}/vote", "/polls/{poll}/complaint"]


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_band(vote: OpenVote, path: str, lang: str) -> None:
    page = ask(vote.story.admin.api, "GET", path.format(poll=vote.poll["id"]), lang=lang)
    assert page.status_code == 200
    band = page.text[page.text.index('<aside class="rehearsal"') :]
    assert WORDS[lang] in band[: band.index("</aside>")]


def test_the_poll_and_its_files_say_so(vote: OpenVote) -> None:
    assert vote.poll["rehearsal"] is True
    poll = json.loads(ask(vote.story.admin.api, "GET", f"/api/polls/{vote.poll['id']}/published/poll.json").content)
    assert (poll["protocol"], poll["rehearsal"]) == (5, True)
    case = vote.story.admin.api.get(f"/api/cases/{vote.story.case['id']}")
    assert case["rehearsal"] is True


def test_what_is_said_to_be_opened_is_what_the_mark_will_be(vote: OpenVote) -> None:
    body = {
        "name": "DEMO 正式案件",
        "institution": {"name": "DEMO 平台", "credit_code": "91999900MA00000006", "signer": "0x" + "7" * 40},
        "officials": [{"name": f"成员{at}", "signer": "0x" + f"{at}" * 40} for at in (1, 2, 3)],
        "threshold": 2,
    }
    admin = vote.story.admin.api
    assert admin.post("/api/cases/check", body)["rehearsal"] is False, "a case counts unless it is said to be a rehearsal"
    assert admin.post("/api/cases/check", body | {"rehearsal": True})["rehearsal"] is True
    with pytest.raises(Refused, match="FieldsNotReadable"):
        admin.post("/api/cases/check", body | {"rehearsal": "no"})
