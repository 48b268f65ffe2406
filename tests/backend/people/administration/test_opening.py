"""While a case is opened, nobody changes with what its people sign: the change is refused, or else the opening is, and never neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from backend.ground.common.errors import Unavailable
from backend.people.accounts import service as accounts_service
from tests.backend.people.administration.test_changes import confirm, propose
from tests.backend.people.passkeys.test_passkeys import Device
from tests.backend.town import Person, Refused, Town


class Scene:
    """A case whose first official signs by passkey, and a reset of that passkey that only waits to be confirmed."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.admin, self.second = town.person("admin"), town.person("admin")
        self.officials = [town.person("official") for _ in range(2)]
        self.subject = self.officials[0]
        self.signer = Device().register(self.subject)["signer"]
        self.waiting = propose(self.admin, self.subject, "passkey")
        self.body = town.case_body(self.officials, town.person("institution"))
        del self.body["officials"][0]["signer"]

    def open(self) -> dict[str, Any]:
        opened: dict[str, Any] = self.admin.post("/api/cases", self.body)
        return opened

    def cases(self) -> list[str]:
        return [case["name"] for case in self.admin.get("/api/cases")]


@pytest.fixture
def scene(town: Town) -> Scene:
    return Scene(town)


def refused(work: Callable[[], Any]) -> str:
    try:
        work()
    except Refused as error:
        return error.code
    return ""


def meanwhile(town: Town, monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> list[str]:
    """Have `work` done while the next case's contract goes to the chain; what it was refused by."""
    deploy, outcomes = town.chain.deploy_case, list[str]()

    def deploy_slowly(*words: Any, rehearsal: bool) -> str:
        outcomes.append(refused(work))
        return deploy(*words, rehearsal=rehearsal)

    monkeypatch.setattr(town.chain, "deploy_case", deploy_slowly)
    return outcomes


@pytest.mark.parametrize(
    "work",
    [
        lambda scene: confirm(scene.second, scene.waiting),
        lambda scene: propose(scene.admin, scene.officials[1], "passkey"),
        lambda scene: Device().register(scene.subject),
        lambda scene: Device().register(scene.officials[1]),
    ],
    ids=["reset confirmed", "reset proposed", "passkey replaced", "passkey beside a key file"],
)
def test_what_an_account_signs_with_is_not_changed_while_its_case_opens(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, work: Callable[[Scene], Any]
) -> None:
    outcomes = meanwhile(scene.town, monkeypatch, lambda: work(scene))
    opened = scene.open()
    assert outcomes == ["CaseBeingOpened"]
    assert opened["officials"][0]["signer"] == scene.signer
    assert scene.subject.get("/api/session/passkey")["signer"] == scene.signer
    assert refused(lambda: confirm(scene.second, scene.waiting)) == "SignerFixed"


def test_a_chain_that_takes_longer_than_accounts_are_held_opens_no_case_for_another_passkey(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_service, "HELD", -accounts_service.HELD)
    outcomes = meanwhile(scene.town, monkeypatch, lambda: confirm(scene.second, scene.waiting))
    assert refused(scene.open) == "PasskeyReplaced"
    assert outcomes == [""]
    assert scene.body["name"] not in scene.cases()
    with scene.town.sessions.reading() as session:
        bound = session.execute(
            text("SELECT count(*) FROM accounts WHERE id = :id AND signer IS NOT NULL"), {"id": scene.subject.account_id}
        )
        assert bound.scalar() == 0


@pytest.mark.parametrize(
    "work",
    [lambda scene: confirm(scene.second, scene.waiting), lambda scene: Device().register(scene.subject)],
    ids=["reset", "replaced"],
)
def test_a_passkey_that_is_not_the_one_compared_is_not_taken_unseen(scene: Scene, work: Callable[[Scene], Any]) -> None:
    compared = scene.admin.post("/api/cases/check", scene.body)
    scene.body["officials"][0]["signer"] = compared["officials"][0]["signer"]
    work(scene)
    assert refused(scene.open) == "PasskeyReplaced"
    assert refused(lambda: scene.admin.post("/api/cases/check", scene.body)) == "PasskeyReplaced"


def test_a_passkey_of_somebody_else_opens_no_case(scene: Scene) -> None:
    scene.body["officials"][1]["signer"] = Device().register(scene.town.person("official"))["signer"]
    assert refused(scene.open) == "PasskeyReplaced"


def test_a_case_that_did_not_open_holds_nobody(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_chain(*_: Any, **__: Any) -> str:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(scene.town.chain, "deploy_case", no_chain)
        assert refused(scene.open) == "Unavailable"
    confirm(scene.second, scene.waiting)
    assert not scene.town.passkeys.has_passkey(scene.subject.account_id)


def test_two_cases_opened_at_once_do_not_hold_an_account_to_two_signers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    other = scene.town.case_body([scene.subject, scene.town.person("official")], scene.town.person("institution"))
    assert other["officials"][0]["signer"] != scene.signer
    inner: list[Callable[[], Any]] = [lambda: scene.admin.post("/api/cases", other)]
    outcomes = meanwhile(scene.town, monkeypatch, lambda: inner.pop()() if inner else None)
    scene.open()
    assert outcomes == ["CaseBeingOpened"]


def test_an_official_of_two_cases_opened_at_once_is_bound_by_the_one_signer(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    shared: Person = scene.officials[1]
    other = scene.town.case_body([shared, scene.town.person("official")], scene.town.person("institution"))
    inner: list[Callable[[], Any]] = [lambda: scene.admin.post("/api/cases", other)]
    outcomes = meanwhile(scene.town, monkeypatch, lambda: inner.pop()() if inner else None)
    scene.open()
    assert outcomes == ["", ""]
    assert {scene.body["name"], other["name"]} <= set(scene.cases())
