"""Identity files: laid before the officials, signed by two, handed to the real issuer, and forgotten here."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from backend.case.cases.errors import AnotherActOpen
from backend.ground.chain import typed_data
from backend.ground.chain.signatures import sign
from backend.ground.common.hashing import keccak
from backend.vote.identities import rules, store
from backend.vote.identities.errors import IdentityFileRefused, IdentityFileUnknown
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.world import Vote, World, key_of, signer

LINE = {"index": 3, "photos": ["0x" + "11" * 32], "person": None, "salt": "0x" + "22" * 32}


def file_of(*indexes: int, **changes: Any) -> bytes:
    return "".join(json.dumps({**LINE, "index": index, **changes}) + "\n" for index in indexes).encode()


def sign_act(world: World, act: Any, *names: str) -> Any:
    digest = typed_data.from_json(act.typed_data).digest()
    for name in names:
        act = world.cases.sign_act(act.id, signer(name), sign(key_of(name), digest), world.members[name])
    return act


def kept(world: World) -> list[store.IdentityFileRow]:
    with world.sessions.reading() as session:
        return list(session.scalars(select(store.IdentityFileRow)))


def test_two_officials_sign_and_the_issuer_takes_it(world: World, issuer: IssuerProcess) -> None:
    issuer.stop()
    content = file_of(2, 5, 7)
    act = world.identities.propose(world.case.id, world.members["institution"], content)
    assert (act.kind, act.number) == ("identity_file", 0)
    facts = {
        "register_number": 0,
        "file_hash": "0x" + keccak(content).hex(),
        "bytes": len(content),
        "lenders": 3,
        "photos": 3,
        "persons": 0,
    }
    assert act.summary == facts
    assert act.typed_data["message"] == {"registerNumber": 0, "fileHash": facts["file_hash"]}
    assert world.identities.content(act.id, world.members["official 1"]) == content
    assert content not in b"".join(row.content_sealed for row in kept(world)), "sealed at rest"
    assert world.identities.propose(world.case.id, world.members["official 0"], content).id == act.id, "the same file is the same act"

    act = sign_act(world, act, "official 0", "official 1")
    assert act.status == "failed", "the issuer is not there yet; the signatures are kept"
    assert act.failure is not None
    assert act.failure.code == "IssuerNotAnswering"
    assert "核验" in act.failure.message_zh
    issuer.start()
    act = world.cases.retry_act(act.id, world.members["official 2"])
    assert act.status == "done", act.failure
    assert kept(world) == [], "it is with the verifier now"
    with pytest.raises(IdentityFileUnknown):
        world.identities.content(act.id, world.members["official 1"])
    hashed = "0x" + keccak(content).hex()
    answer = httpx.put(f"{issuer.url}/v1/identity-files/{hashed}", content=content)
    assert answer.json()["error"]["code"] == "IdentityFileNotExpected", "taken already"


def test_a_file_that_the_issuer_refuses_says_why(world: World, issuer: IssuerProcess) -> None:
    issuer.stop()
    issuer.start()
    for content in (file_of(1, 8), file_of(1)):
        act = world.identities.propose(world.case.id, world.members["official 0"], content)
        act = sign_act(world, act, "official 0", "official 2")
        assert act.status == "done", act.failure
    older = world.identities.propose(world.case.id, world.members["official 0"], file_of(1, 8))
    older = sign_act(world, older, "official 0", "official 1")
    assert (older.status, older.failure.code) == ("failed", "IssuerRefused")
    assert "IdentityFileReplaced" in older.failure.message_zh, "a file that was replaced does not come back"
    world.cases.withdraw_act(older.id, world.members["official 0"])


def test_another_file_waits_its_turn_and_a_withdrawn_one_makes_place(world: World) -> None:
    first = world.identities.propose(world.case.id, world.members["official 0"], file_of(4))
    with pytest.raises(AnotherActOpen):
        world.identities.propose(world.case.id, world.members["official 0"], file_of(6))
    assert world.identities.content(first.id, world.members["official 0"]) == file_of(4), "the one that is open is still there"
    world.cases.withdraw_act(first.id, world.members["official 0"])
    second = world.identities.propose(world.case.id, world.members["official 0"], file_of(6))
    with pytest.raises(IdentityFileUnknown):
        world.identities.content(first.id, world.members["official 0"])
    world.cases.withdraw_act(second.id, world.members["official 0"])


def test_only_the_case_s_own_people_hand_in_and_look(world: World) -> None:
    browser = world.browser().sign_in("stranger")
    files = {"file": ("identities.jsonl", file_of(4))}
    path = f"/api/cases/{world.case.id}/identity-files"
    assert browser.http.post(path, files=files).json()["error"]["code"] == "NotOfficialOfCase"
    official = world.browser().sign_in("official 0")
    act = official.http.post(path, files=files)
    assert act.status_code == 201, act.text
    file_path = f"/api/acts/{act.json()['id']}/identity-file"
    assert browser.get(file_path).json()["error"]["code"] == "NotOfficialOfCase"
    answer = official.get(file_path)
    assert (answer.content, answer.headers["cache-control"]) == (file_of(4), "no-store")
    assert official.http.post(path, files={"file": ("x", b"")}).json()["error"]["code"] == "IdentityFileRefused"
    assert official.http.post(f"{path}?register_number=7", files=files).json()["error"]["code"] == "RegisterNotFrozen"
    world.cases.withdraw_act(act.json()["id"], world.members["official 0"])


WRONG = {
    "no end of line": (file_of(3)[:-1], 1),
    "no JSON": (file_of(3) + b"x\n", 2),
    "an empty line": (file_of(3) + b"\n", 2),
    "deep JSON": (b"[" * 100_000 + b"\n", 1),
    "an index twice": (file_of(3, 3), 2),
    "an index that falls": (file_of(3, 2), 2),
    "an index beyond the register": (file_of(12), 1),
    "an index with a fraction": (file_of(3).replace(b'"index": 3', b'"index": 3.0'), 1),
    "an index that is true": (file_of(3).replace(b'"index": 3', b'"index": true'), 1),
    "a field more": (file_of(3, more=1), 1),
    "no salt": (file_of(3, salt=None), 1),
    "capital digits": (file_of(3, salt="0x" + "AA" * 32), 1),
    "photos that are no list": (file_of(3, photos=7), 1),
    "a photo that is none": (file_of(3, photos=[7]), 1),
    "six photos": (file_of(3, photos=["0x" + "11" * 32] * 6), 1),
    "nothing to compare": (file_of(3, photos=[]), 1),
    "a person that is none": (file_of(3, person="王"), 1),
    "no text": (b"\xff\xfe\n", 1),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_line_that_is_none_is_named(name: str) -> None:
    content, row = WRONG[name]
    with pytest.raises(IdentityFileRefused) as refused:
        rules.count(content, 12)
    assert refused.value.facts["row"] == row
    assert f"第 {row} 行" in refused.value.say("zh")


def test_officials_read_the_machines_reasons_through_the_service(vote: Vote, issuer: IssuerProcess) -> None:
    issuer.stop()
    issuer.start()
    world = vote.world
    request = world.credentials.vouchers.ask(vote.poll.id, vote.lender(4), vote.key_address(4), 1, review=True)
    path = f"/api/voucher-requests/{request.id}/declined"
    answer = world.browser().sign_in("official 1").get(path)
    assert (answer.status_code, answer.json()) == (200, {"declined": []}), "asked with the relay's signature"
    assert answer.headers["cache-control"] == "no-store"
    assert world.browser().sign_in("stranger").get(path).json()["error"]["code"] == "NotOfficialOfCase"
    unknown = world.browser().sign_in("official 1").get("/api/voucher-requests/none/declined")
    assert unknown.json()["error"]["code"] == "VoucherRequestUnknown"
    issuer.stop()
    assert world.browser().sign_in("official 1").get(path).json()["error"]["code"] == "IssuerNotAnswering"
