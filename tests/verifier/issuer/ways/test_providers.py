"""Identity providers behind one Protocol: which count is frozen with the poll, and a sandbox is never taken for the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from fastapi.testclient import TestClient

from tests.contracts.ballot_box import address_of, secret
from tests.contracts.chain import Refused
from tests.contracts.world import OpenPoll
from tests.verifier.issuer.asking import TOKEN, hand_in, log_of, whole_log
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from verifier.issuer.http.app import create_app
from verifier.issuer.providers.choice import choose
from verifier.issuer.providers.protocol import Begun, Finding, Person, ProviderNotUsable, ProviderSilent
from verifier.issuer.providers.sandbox import CODE, CONFIRMED, Sandbox
from verifier.issuer.settings import IssuerSettings

NAMES = ("national_id", "bank_card", "video_call", "counter")
PERSON = {"name": "王小明", "id_number": "110101199003070134", "bank_card": "6222020000000000", "mobile": "13800000000"}


@dataclass
class OwnService:
    """A provider as an installation would write it; silent when told so."""

    name = "bank_card"
    sandbox = False
    fields = ("name", "id_number")
    silent = False

    def begin(self, person: Person) -> Begun:
        if OwnService.silent:
            raise ProviderSilent
        return Begun("own-" + person.name, "请打开银行应用确认。", "Please confirm in your bank's app.")

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Finding:
        return Finding(answer.get("confirmed") == "yes", CONFIRMED, "transaction 17")


class NoProvider:
    """Something else."""


@pytest.fixture
def settings(settings: IssuerSettings) -> IssuerSettings:
    own = f"bank_card={__name__}:OwnService"
    return settings.model_copy(update={"providers": [*(f"{name}=sandbox" for name in NAMES), own]})


@pytest.fixture
def client(settings: IssuerSettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    import sys

    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _this_module())
    monkeypatch.setattr(OwnService, "silent", False)
    with TestClient(create_app(settings, clock), raise_server_exceptions=False) as client:
        yield client


def _this_module() -> Any:
    import types

    module = types.ModuleType(__name__)
    module.OwnService, module.NoProvider = OwnService, NoProvider  # type: ignore[attr-defined]
    return module


def poll_with(client: TestClient, papers: IssuerPapers, *ways: str) -> IssuerPapers:
    """A poll whose verifiers are the issuer and the addresses of these ways."""
    identity = client.get("/v1/identity").json()
    world = papers.poll.world
    verifiers = [to_checksum_address(address) for address in (identity["address"], *(identity["ways"][way] for way in ways))]
    poll = OpenPoll.announce(world, papers.poll.register, replace(world.terms(), verifiers=verifiers))
    poll.chain.warp(poll.terms.opens_at)
    return IssuerPapers(poll)


def put_identity(client: TestClient, papers: IssuerPapers, index: int, also: tuple[int, ...] = (), **changes: str) -> Any:
    """Officials bind name and number, the operator puts them in."""
    body: dict[str, Any] = {"poll": papers.address, "index": index, "name": PERSON["name"], "id_number": PERSON["id_number"]} | changes
    hand_in(client, papers, *(papers.identity_line(each, person=(body["name"], body["id_number"])) for each in (index, *also)))
    return client.post("/v1/identities", json=body, headers={"Authorization": f"Bearer {TOKEN}"})


def begin(client: TestClient, papers: IssuerPapers, index: int, way: str, **changes: Any) -> Any:
    return client.post("/v1/providers/begin", json=papers.request(index, **({"way": way} | PERSON | changes)))


def finish(client: TestClient, papers: IssuerPapers, index: int, handle: str, **answer: str) -> Any:
    return client.post("/v1/providers/finish", json=papers.request(index, handle=handle, answer=answer))


@pytest.mark.parametrize("name", NAMES)
def test_a_sandbox_leads_to_a_credential_only_where_the_poll_names_the_sandbox(
    client: TestClient, papers: IssuerPapers, clock: Clock, name: str
) -> None:
    way = f"{name}/sandbox"
    named = poll_with(client, papers, way)
    assert put_identity(client, named, 4).status_code == 204
    begun = begin(client, named, 4, way)
    assert begun.status_code == 201, begun.text
    assert begun.json()["zh"].startswith("DEMO")
    assert begun.json()["sandbox"] is True
    answer = finish(client, named, 4, begun.json()["handle"], code=CODE).json()
    assert answer["decision"] == "accepted"
    credential = answer["credential"]
    changes = {"credentialExpiresAt": credential["expires_at"], "credentialSignature": bytes.fromhex(credential["signature"][2:])}
    named.poll.cast(named.poll.vote(4, 1), **changes)
    assert named.poll.ballot_of(4) == (1, 1), "the contract takes it, because the poll names this way"
    entry = log_of(client)[-1]
    assert (entry["way"], entry["sandbox"], entry["reasons"]) == (way, True, ["SandboxConfirmed"])
    assert entry["verifier"] == client.get("/v1/identity").json()["ways"][way]
    (file,) = [each for each in whole_log(client, poll=named.address)["entries"] if each["kind"] == "identity_file"]
    assert entry["identity_file"] == file["file_hash"]
    assert client.post("/v1/credential-lists", **named.list_request(4, at=clock.seconds)).status_code == 200


def test_a_poll_that_names_the_service_does_not_take_its_sandbox(client: TestClient, papers: IssuerPapers) -> None:
    named = poll_with(client, papers, "bank_card")
    put_identity(client, named, 4, also=(5,))
    refused = begin(client, named, 4, "bank_card/sandbox")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "WayNotCounted")
    put_identity(client, papers, 5, also=(4,))
    plain = begin(client, papers, 5, "bank_card/sandbox")
    assert plain.json()["error"]["code"] == "WayNotCounted", "nor does a poll that names the issuer alone"
    keyring = client.app.state.issuer.keyring  # type: ignore[attr-defined]
    digest = named.poll.papers.domain.digest("Credential", 4, named.key_of(4), named.poll.terms.closes_at)
    forged = keyring.key_for_way("bank_card/sandbox").sign(digest)
    with pytest.raises(Refused, match="CredentialNotSignedByVerifier"):
        named.poll.cast(named.poll.vote(4, 1), credentialExpiresAt=named.poll.terms.closes_at, credentialSignature=forged)
    handle = begin(client, named, 4, "bank_card").json()["handle"]
    assert finish(client, named, 4, handle, confirmed="no").json()["decision"] == "official"
    handle = begin(client, named, 4, "bank_card").json()["handle"]
    assert finish(client, named, 4, handle, confirmed="yes").json()["decision"] == "accepted"
    assert [entry["kind"] for entry in log_of(client)][-2:] == ["provider_declined", "credential"]


def test_who_is_not_on_file_or_says_another_name_is_told(
    client: TestClient, papers: IssuerPapers, settings: IssuerSettings, clock: Clock
) -> None:
    named = poll_with(client, papers, "counter/sandbox", "bank_card/sandbox", "bank_card")
    assert begin(client, named, 4, "counter/sandbox").json()["error"]["code"] == "IdentityNotOnFile"
    put_identity(client, named, 4, name="王 小明", id_number="１１０１０１１９９００３０７０１３４")
    assert begin(client, named, 4, "counter/sandbox").status_code == 201, "one writing for full width and spaces"
    assert begin(client, named, 4, "counter/sandbox", name="王大明").json()["error"]["code"] == "IdentityDiffers"
    assert begin(client, named, 4, "bank_card/sandbox", bank_card="").json()["error"]["code"] == "ProviderFieldsMissing"
    OwnService.silent = True
    assert begin(client, named, 4, "bank_card").json()["error"]["code"] == "ProviderNotAnswering"
    assert begin(client, named, 4, "counter/sandbox").status_code == 201, "a silent service used up no try"
    assert begin(client, named, 4, "counter/sandbox").status_code == 201
    assert begin(client, named, 4, "counter/sandbox").json()["error"]["code"] == "TriesUsed"
    assert client.post("/v1/credentials/vouched", json=named.vouched(4)).status_code == 200, "the other way stays open"
    kept = b"".join(path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file())
    for value in PERSON.values():
        assert value.encode() not in kept, "name and numbers are passed on and kept nowhere"
    with sqlite3.connect(settings.data_dir / "issuer.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM identities").fetchone() == (1,)
    client.app.state.issuer.erase(named.address, "operator")  # type: ignore[attr-defined]


def test_a_person_whom_a_newer_file_does_not_bind_is_on_file_no_more(client: TestClient, papers: IssuerPapers) -> None:
    named = poll_with(client, papers, "counter/sandbox")
    put_identity(client, named, 4)
    assert begin(client, named, 4, "counter/sandbox").status_code == 201
    hand_in(client, named, named.identity_line(4, person=("王小红", PERSON["id_number"])))
    assert begin(client, named, 4, "counter/sandbox").json()["error"]["code"] == "IdentityNotOnFile"
    hand_in(client, named, named.identity_line(5, b"photo"))
    assert begin(client, named, 4, "counter/sandbox").json()["error"]["code"] == "IdentityNotOnFile"


def test_a_check_that_outlasts_its_identity_file_is_begun_anew(client: TestClient, papers: IssuerPapers) -> None:
    """Nothing in the log rests on a file that was replaced, not even where the newer one says the same."""
    named = poll_with(client, papers, "counter/sandbox")
    put_identity(client, named, 4)
    handle = begin(client, named, 4, "counter/sandbox").json()["handle"]
    put_identity(client, named, 4)
    put_identity(client, named, 4, also=(5,))
    answer = finish(client, named, 4, handle, code=CODE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "IdentityFileChangedMeanwhile")
    assert [each["kind"] for each in log_of(client)].count("credential") == 0
    handle = begin(client, named, 4, "counter/sandbox").json()["handle"]
    assert finish(client, named, 4, handle, code=CODE).json()["decision"] == "accepted"


def test_a_check_belongs_to_one_lender_and_key_and_ends_once(client: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    named = poll_with(client, papers, "counter/sandbox")
    put_identity(client, named, 4)
    handle = begin(client, named, 4, "counter/sandbox").json()["handle"]
    other_key = address_of(secret("a thief's phone")).lower()
    stolen = client.post("/v1/providers/finish", json=named.request(4, ballot_key=other_key, handle=handle, answer={"code": CODE}))
    assert stolen.json()["error"]["code"] == "CheckUnknown"
    assert finish(client, named, 5, handle, code=CODE).json()["error"]["code"] == "CheckUnknown"
    assert finish(client, named, 4, handle, code="1").json()["decision"] == "official"
    assert finish(client, named, 4, handle, code=CODE).json()["error"]["code"] == "CheckUnknown"
    stepped = begin(client, named, 4, "counter/sandbox").json()["handle"]
    clock.stepped -= 3600
    clock.stepped += 7200
    assert finish(client, named, 4, stepped, code=CODE).json()["decision"] == "accepted", "a clock that is set ends no check"
    late = begin(client, named, 4, "counter/sandbox").json()["handle"]
    clock.seconds += 901
    assert finish(client, named, 4, late, code=CODE).json()["error"]["code"] == "CheckUnknown"


@pytest.mark.parametrize(
    ("providers", "production", "said"),
    [
        (["counter=sandbox"], True, "PRODUCTION"),
        (["counter=sandbox", "counter=sandbox"], False, "twice"),
        (["passport=sandbox"], False, "national_id"),
        (["counter"], False, "sandbox or"),
        (["counter=no.such.module:X"], False, "ModuleNotFoundError"),
        (["counter=json:loads"], False, "TypeError"),
        (["counter=collections:Counter"], False, "no provider of counter"),
    ],
)
def test_a_provider_that_cannot_be_used_stops_the_start(providers: list[str], production: bool, said: str) -> None:
    with pytest.raises(ProviderNotUsable, match=said):
        choose(providers, production=production)


def test_every_sandbox_says_demo_in_every_sentence() -> None:
    for name in NAMES:
        sandbox = Sandbox(name)  # type: ignore[arg-type]
        begun = sandbox.begin(Person("x", "y"))
        for finding in (sandbox.finish(begun, {"code": CODE}), sandbox.finish(begun, {})):
            assert all("DEMO" in words for words in (begun.zh, begun.en, finding.reason.zh, finding.reason.en, finding.reference))
