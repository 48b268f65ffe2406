"""Attacks on the verifier that issues credentials: a node that lies to it, strangers, one official, its operator, the relay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr

from scripts.attacks.kinds import Attack, Patch, Run, Told, judged
from tests.contracts.ballot_box import address_of, make_register, secret, signer_of
from tests.contracts.chain import Chain, anvil
from tests.contracts.world import OpenPoll
from tests.verifier.issuer.asking import OPERATOR, TOKEN, hand_in
from tests.verifier.issuer.case_world import CaseWorld, fingerprint_of
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.issuer.test_roots import THIEVES, announcing, people
from tests.verifier.tally.proxy import Lie, lying
from verifier.issuer.http.app import create_app
from verifier.issuer.settings import IssuerSettings

READING, BOOK = "verifier/issuer/roots/reading.py", "verifier/issuer/bindings/book.py"
VOUCHED = "/v1/credentials/vouched"

#: What a node says of officials and announcements is believed.
ROOTS_BELIEVED = (
    Patch(READING, "        if found not in self.pinned:\n", "        if False:\n"),
    Patch(READING, "        signers = signed.signers\n", "        signers = signed.signers\n        return True\n"),
)
ROOTS_UNSIGNED = ROOTS_BELIEVED[1:]
NO_DOOR = (
    Patch(
        "verifier/issuer/relay.py",
        "        if question.requested_at is None or question.signature is None:\n            raise RelayNotProved()\n",
        "        return\n",
    ),
)
VOUCHERS_UNCHECKED = (
    Patch(
        "verifier/issuer/ways/vouched.py",
        "        if not is_signed(signer, digest, ",
        "        if False and not is_signed(signer, digest, ",
    ),
)
ONE_VOUCHER = (Patch("verifier/issuer/ways/vouched.py", "VOUCHERS_NEEDED = 2", "VOUCHERS_NEEDED = 1"),)
STRANGERS_VOUCH = (
    Patch("verifier/issuer/ways/vouched.py", "        if signer not in facts.roots.case.officials:\n", "        if False:\n"),
)
ANY_PERSON = (
    Patch(
        BOOK,
        "        if binding is None or binding.person is None or keyed is None or not hmac.compare_digest(binding.person, keyed):\n",
        "        if keyed is None:\n",
    ),
)
FILES_UNSIGNED = (
    Patch(
        BOOK,
        "        if not case.have_signed(case.domain.identity_file",
        "        if False and not case.have_signed(case.domain.identity_file",
    ),
)
CONSENT_OF_ANYBODY = (Patch("verifier/issuer/consents.py", "    if signer != request.ballot_key:\n", "    if False:\n"),)
TICKETS_OF_ANYBODY = (Patch("verifier/issuer/desk.py", "        if signer != facts.roots.receipt_signer:\n", "        if False:\n"),)


@dataclass
class Scene:
    """An issuer with an open poll; `ask` speaks to it."""

    ask: TestClient
    papers: IssuerPapers
    clock: Clock


@contextmanager
def scene(folder: Path, lie: Callable[[IssuerPapers], Lie] | None = None) -> Iterator[Scene]:
    """Two organisations' nodes, of which there is one here; or one node that lies, which the operator was content with."""
    with anvil() as address:
        papers = open_poll_on_chain(address)
        if lie is None:
            with asked(folder, papers, f"Court={address}, Association={address.replace('127.0.0.1', 'localhost')}") as found:
                yield found
        else:
            with lying(address, lie(papers)) as liar, asked(folder, papers, f"Exchange={liar}", one_node=True) as found:
                yield found


def open_poll_on_chain(address: str) -> IssuerPapers:
    """A case with an open poll, and what lenders and officials of it hand in."""
    world = CaseWorld(Chain(address))
    register = make_register(24)
    world.freeze(register)
    world.admit(world.submit())
    poll = OpenPoll.announce(world, register, world.terms())
    poll.chain.warp(poll.terms.opens_at)
    return IssuerPapers(poll)


@contextmanager
def asked(folder: Path, papers: IssuerPapers, rpc_urls: str, one_node: bool = False) -> Iterator[Scene]:
    """An issuer that asks these nodes."""
    settings = IssuerSettings(
        _env_file=None,
        data_dir=folder / "issuer",
        cases=fingerprint_of(papers.poll.world),
        rpc_urls=rpc_urls,
        one_node=one_node,
        key=SecretStr(secret("verifier").hex()),
        operator_token=SecretStr(TOKEN),
        allowed_origins=["https://vote.test"],
        face_workers=1,
    )
    clock = Clock()
    with TestClient(create_app(settings, clock), raise_server_exceptions=False) as client:
        yield Scene(client, papers, clock)


def asking(do: Callable[[Scene], Any], lie: Callable[[IssuerPapers], Lie] | None = None) -> Run:
    """Ask the issuer for what it must not give; its rule is what stops it."""

    def run(folder: Path) -> Told:
        with scene(folder, lie) as found:
            answer = do(found)
        return judged("issuer", "" if answer.is_success else answer.json()["error"]["code"])

    return run


def _thieves(papers: IssuerPapers) -> Lie:
    """The node calls three thieves the officials, and shows an announcement of theirs that names another relay."""
    officials = people(papers, officials=[signer_of(key) for key in THIEVES])
    announced = announcing(papers, THIEVES[:2], receipt_signer=address_of(THIEVES[2]))
    return lambda method, params, result: announced(method, params, officials(method, params, result))


def _another_relay(papers: IssuerPapers) -> Lie:
    """Officials are the true ones; the announcement is a thief's, and nobody signed it."""
    return announcing(papers, THIEVES[:2], receipt_signer=address_of(THIEVES[2]))


def _voter_by_thieves(found: Scene) -> Any:
    papers = found.papers
    vouchers = [papers.voucher(3, 0, signer=key) for key in THIEVES[:2]]
    return found.ask.post(VOUCHED, json=papers.vouched(3, vouchers=vouchers, ticket=papers.ticket(3, signer=THIEVES[2])))


def _ticket_by_thief(found: Scene) -> Any:
    return found.ask.post(VOUCHED, json=found.papers.vouched(3, ticket=found.papers.ticket(3, signer=THIEVES[2])))


def _issued(found: Scene) -> None:
    assert found.ask.post(VOUCHED, json=found.papers.vouched(2)).status_code == 200


def _stranger_list(found: Scene) -> Any:
    """With a list of the victim's credential, a batch can be prepared in which the victim's ballot is rejected."""
    _issued(found)
    return found.ask.post("/v1/credential-lists", json=found.papers.list_request(2, at=found.clock())["json"])


def _stranger_log(found: Scene) -> Any:
    _issued(found)
    return found.ask.get("/v1/log", params={"poll": found.papers.address})


def _stranger_declined(found: Scene) -> Any:
    return found.ask.get("/v1/declined", params={"poll": found.papers.address, "index": 2})


def _voucher_for_another_key(found: Scene) -> Any:
    """Two officials met the lender; the relay puts a key of its own under their vouchers."""
    thief, papers = address_of(secret("thief's phone")).lower(), found.papers
    return found.ask.post(VOUCHED, json=papers.vouched(3, ballot_key=thief, vouchers=[papers.voucher(3, 0), papers.voucher(3, 1)]))


def _one_official(found: Scene) -> Any:
    return found.ask.post(VOUCHED, json=found.papers.vouched(3, vouchers=[found.papers.voucher(3, 0)]))


def _stranger_vouches(found: Scene) -> Any:
    papers = found.papers
    return found.ask.post(VOUCHED, json=papers.vouched(3, vouchers=[papers.voucher(3, 0), papers.voucher(3, 0, signer=secret("stranger"))]))


def _foreign_person(found: Scene) -> Any:
    """The operator puts a friend's name under an absent lender's index."""
    papers = found.papers
    hand_in(found.ask, papers, papers.identity_line(4, person=("王小明", "11010119900307013X")))
    friend = {"poll": papers.address, "index": 4, "name": "王小红", "id_number": "110101199003070148"}
    return found.ask.post("/v1/identities", json=friend, headers=OPERATOR)


def _file_of_one(found: Scene) -> Any:
    said, _ = found.papers.signed_file(found.papers.identity_line(7, b"photo"), places=(0,))
    return found.ask.post("/v1/identity-files", json=said)


def _consent_by_relay(found: Scene) -> Any:
    """The relay agrees in a lender's place."""
    papers = found.papers
    return found.ask.post("/v1/consents", json=papers.consent(7) | {"signature": papers.consent(7, secret("relay"))["signature"]})


def _withdrawal_by_relay(found: Scene) -> Any:
    """The relay takes a lender's consent back, and has the face erased."""
    papers = found.papers
    assert found.ask.post("/v1/consents", json=papers.consent(7)).status_code == 201
    forged = papers.withdrawal(7) | {"signature": papers.withdrawal(7, secret("relay"))["signature"]}
    return found.ask.post("/v1/consents/withdrawal", json=forged)


ATTACKS = (
    Attack("one lying node makes voters", "a node that lies", asking(_voter_by_thieves, _thieves), ROOTS_BELIEVED, True),
    Attack("one lying node names another relay", "a node that lies", asking(_ticket_by_thief, _another_relay), ROOTS_UNSIGNED),
    Attack("a ticket by somebody who is not the relay", "stranger", asking(_ticket_by_thief), TICKETS_OF_ANYBODY),
    Attack("a stranger prepares a lender's rejection", "stranger", asking(_stranger_list), NO_DOOR),
    Attack("a stranger reads the verifier's log", "stranger", asking(_stranger_log), NO_DOOR),
    Attack("a stranger reads why a machine refused a lender", "stranger", asking(_stranger_declined), NO_DOOR),
    Attack("the relay puts its own key under two vouchers", "relay", asking(_voucher_for_another_key), VOUCHERS_UNCHECKED),
    Attack("one official makes a voter", "official", asking(_one_official), ONE_VOUCHER),
    Attack("a stranger vouches to the verifier", "stranger", asking(_stranger_vouches), STRANGERS_VOUCH),
    Attack("the operator binds a friend to an absent lender", "verifier operator", asking(_foreign_person), ANY_PERSON),
    Attack("one official binds faces", "official", asking(_file_of_one), FILES_UNSIGNED),
    Attack("the relay agrees in a lender's place", "relay", asking(_consent_by_relay), CONSENT_OF_ANYBODY),
    Attack("the relay takes a lender's consent back", "relay", asking(_withdrawal_by_relay), CONSENT_OF_ANYBODY),
)
