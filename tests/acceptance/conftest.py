"""One running stack for all: backend, issuer and chain as processes, a case with its poll open, and a second case still empty.

Nothing here moves its clock; what closes a poll opens a stack of its own (`test_decision.py`). Tests that cast take a lender of their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from scripts.rig import logins, voting
from scripts.rig.chain_access import ChainAccess
from scripts.rig.people import FOR, Member, Phone
from tests.e2e.stack import OpenVote, open_vote


class Voter(Phone):
    """A lender's phone once it has a credential."""

    credential: dict[str, Any]


@dataclass
class Office:
    """A second case whose register is empty, and its institution."""

    institution: Member
    case_id: str


def ask(api: Any, method: str, path: str, *, lang: str = "en", headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
    """One request of a visitor, whatever the answer."""
    sent = {"Accept-Language": lang} | (headers or {})
    answer: httpx.Response = api._client.request(method, path, headers=sent, **options)
    return answer


def refusal(answer: httpx.Response, lang: str) -> dict[str, Any]:
    """The error of an answer, after checking that it is one in the language asked for and no defect of ours."""
    assert 400 <= answer.status_code < 500, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"code", "message", "message_zh", "message_en", "details"}
    assert error["message"] == error[f"message_{lang}"]
    # An English sentence may quote the file's own Chinese column names.
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in error["message"])
    latin = sum(letter.isascii() and letter.isalpha() for letter in error["message"])
    assert chinese > 0 if lang == "zh" else latin > chinese, error["message"]
    assert "Traceback" not in answer.text
    return error


def move_to(chain: ChainAccess, seconds: int) -> None:
    """Move the clock; intake looks at it once a block, so two more blocks are awaited."""
    chain.move_to(seconds)
    seen = chain.height()
    deadline = time.monotonic() + 30
    while chain.height() < seen + 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)  # a block has no event over plain HTTP


def wait_until_recorded(api: Any, numbers: list[str]) -> None:
    """Until every receipted ballot is on the chain."""
    deadline = time.monotonic() + 90
    while numbers:
        assert time.monotonic() < deadline, f"not on the chain: {numbers}"
        numbers = [n for n in numbers if ask(api, "GET", f"/api/receipts/{n}").json()["status"] not in {"recorded", "confirmed"}]
        time.sleep(0.5)  # the relay tells by status only


@pytest.fixture(scope="package")
def vote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenVote]:
    with open_vote(tmp_path_factory.mktemp("acceptance")) as opened:
        yield opened


def signed_in(vote: OpenVote, place: int) -> Voter:
    """A signed-in lender with a ballot key and a credential."""
    phone = Voter(vote.url, vote.story.mobiles[place], vote.outbox, vote.poll)
    phone.sign_in()
    phone.credential = voting.prove(vote.story, phone, None)
    return phone


def good_ballot(lender: Voter, choice: int = FOR, sequence: int = 1) -> dict[str, Any]:
    """A ballot that breaks no rule, not yet handed in."""
    return lender.ballot(lender.credential, choice, sequence)


@pytest.fixture(scope="package")
def lender(vote: OpenVote) -> Voter:
    """A lender who is here and has not voted."""
    return signed_in(vote, 0)


@pytest.fixture(scope="package")
def office(vote: OpenVote) -> Office:
    return open_second_case(vote)


def open_second_case(vote: OpenVote) -> Office:
    """A case beside the vote's own."""
    institution = logins.make_member(vote.stack, "second-institution", "institution")
    body = {
        "name": "DEMO 第二案件",
        "institution": {"name": "DEMO 第二平台", "credit_code": "91999900MA00000019", "signer": institution.key.address},
        "officials": [{"name": f"成员{at}", "signer": "0x" + f"{at}" * 40} for at in (1, 2, 3)],
        "institution_account_name": institution.name,
        "threshold": 2,
        "rehearsal": True,
    }
    case = vote.story.admin.api.post("/api/cases", body)
    institution.sign_in()
    return Office(institution, str(case["id"]))
