"""Two officials vouch: what is issued is taken by the poll contract, and nothing less is issued."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from eth_abi.abi import encode
from fastapi.testclient import TestClient

from tests.contracts.approval.test_officials import p256_signer, passkey_signature
from tests.contracts.ballot_box import address_of, make_register, secret, signer_of
from tests.contracts.world import OpenPoll
from tests.verifier.issuer.asking import code_of, log_of, whole_log
from tests.verifier.issuer.case_world import CaseWorld, fingerprint_of
from tests.verifier.issuer.conftest import Clock
from tests.verifier.issuer.papers import IssuerPapers
from verifier.issuer.http.app import create_app
from verifier.issuer.settings import IssuerSettings
from verifier.signing.signers import is_signed

VOUCHED = "/v1/credentials/vouched"


def test_the_credential_is_taken_by_the_contract(client: TestClient, papers: IssuerPapers) -> None:
    answer = client.post(VOUCHED, json=papers.vouched(3))
    assert answer.status_code == 200, answer.text
    credential = answer.json()["credential"]
    assert (credential["index"], credential["ballot_key"]) == (3, papers.key_of(3))
    assert credential["expires_at"] == papers.poll.terms.closes_at, "a day would go beyond the close"
    changes = {"credentialExpiresAt": credential["expires_at"], "credentialSignature": bytes.fromhex(credential["signature"][2:])}
    papers.poll.cast(papers.poll.vote(3, 1), **changes)
    assert papers.poll.ballot_of(3) == (1, 1)


def test_a_list_of_issued_pairs_is_taken_by_the_contract(client: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    for index in (2, 5, 9):
        assert client.post(VOUCHED, json=papers.vouched(index)).status_code == 200
    asked = papers.list_request(2, 5, 9, at=clock.seconds)
    answer = client.post("/v1/credential-lists", **asked)
    assert answer.status_code == 200, answer.text
    signed = answer.json()
    entries, signature = (bytes.fromhex(signed[name][2:]) for name in ("entries", "signature"))
    votes = [papers.poll.vote(index, 2) for index in (2, 5, 9)]
    papers.poll.cast_batch(votes, entries=entries, expires_at=signed["expires_at"], list_signature=signature)
    assert [papers.poll.ballot_of(index) for index in (2, 5, 9)] == [(2, 1)] * 3
    assert client.post("/v1/credential-lists", **asked).json() == signed, "asking the same again does no harm"
    kinds = [entry["kind"] for entry in whole_log(client)["entries"]]
    assert kinds == ["roots", "face_model"] + ["credential"] * 3 + ["list_signed"], "the same list twice is one entry"


def test_the_same_question_gets_the_same_credential_and_one_log_entry(client: TestClient, papers: IssuerPapers) -> None:
    first, second = (client.post(VOUCHED, json=papers.vouched(4)).json() for _ in range(2))
    assert first == second
    assert len(log_of(client)) == 1


def test_a_new_device_gets_a_credential_of_its_own(client: TestClient, papers: IssuerPapers) -> None:
    new_key = address_of(secret("a new phone")).lower()
    first = client.post(VOUCHED, json=papers.vouched(4)).json()["credential"]
    second = client.post(VOUCHED, json=papers.vouched(4, ballot_key=new_key)).json()["credential"]
    assert second["ballot_key"] == new_key != first["ballot_key"]


def test_the_log_says_who_vouched_and_carries_nothing_personal(client: TestClient, papers: IssuerPapers) -> None:
    client.post(VOUCHED, json=papers.vouched(4))
    log = whole_log(client, poll=papers.address)
    *_, entry = log["entries"]
    assert set(entry) == {
        *("seq", "prev_hash", "poll_seq", "poll_prev", "hash", "time", "kind", "chain_id", "poll", "index", "ballot_key"),
        *("issued_at", "expires_at", "digest", "verifier", "way", "reasons", "vouchers"),
    }
    assert entry["verifier"] == address_of(secret("verifier")).lower()
    signers = [signer_of(key) for key in papers.poll.world.official_keys[:2]]
    assert [voucher["signer"] for voucher in entry["vouchers"]] == ["0x" + signer.hex() for signer in signers]
    for voucher, signer in zip(entry["vouchers"], signers, strict=True):
        message = {"index": 4, "ballotKey": entry["ballot_key"], "method": voucher["method"], "vouchedAt": voucher["vouched_at"]}
        assert is_signed(signer, papers.digest("Voucher", message), bytes.fromhex(voucher["signature"][2:])), "anybody can check it again"
    assert log["head"] == {"seq": 3, "hash": entry["hash"]}, "behind what the poll is and its face model"


Change = Callable[[IssuerPapers], dict[str, Any]]
REFUSED: dict[str, tuple[Change, int, str]] = {
    "one official": (lambda p: p.vouched(3, vouchers=[p.voucher(3, 0)]), 422, "VouchersTooFew"),
    "one official twice": (lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 0, method=2)]), 422, "VouchersTooFew"),
    "one official twice and another": (
        lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 0), p.voucher(3, 1)]),
        422,
        "VoucherRefused",
    ),
    "no official": (lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 0, signer=secret("anyone"))]), 422, "VoucherRefused"),
    "the institution": (
        lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 0, signer=p.poll.world.institution_key)]),
        422,
        "VoucherRefused",
    ),
    "for another lender": (lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(4, 1)]), 422, "VoucherRefused"),
    "for another key": (lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 1, key=p.key_of(4))]), 422, "VoucherRefused"),
    "method changed": (lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 1) | {"method": 2}]), 422, "VoucherRefused"),
    "method unknown": (lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 1, method=3)]), 422, "FieldsNotReadable"),
    "a day old": (
        lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 1, vouched_at=p.now - 86_401)]),
        422,
        "VoucherRefused",
    ),
    "from tomorrow": (
        lambda p: p.vouched(3, vouchers=[p.voucher(3, 0), p.voucher(3, 1, vouched_at=p.now + 86_400)]),
        422,
        "VoucherRefused",
    ),
    "no voucher": (lambda p: p.vouched(3, vouchers=[]), 422, "FieldsNotReadable"),
    "index beyond the register": (lambda p: p.vouched(3) | {"index": 24}, 422, "IndexNotInRegister"),
    "index wrapped around": (lambda p: p.vouched(3) | {"index": 2**32 + 3}, 422, "FieldsNotReadable"),
    "index below zero": (lambda p: p.vouched(3) | {"index": -1}, 422, "FieldsNotReadable"),
    "ticket for another lender": (lambda p: p.vouched(3, ticket=p.ticket(4)), 403, "TicketNotByRelay"),
    "ticket for another key": (lambda p: p.vouched(3, ticket=p.ticket(3, p.key_of(4))), 403, "TicketNotByRelay"),
    "ticket signed by a verifier": (lambda p: p.vouched(3, ticket=p.ticket(3, signer=secret("verifier"))), 403, "TicketNotByRelay"),
    "ticket of half a signature": (
        lambda p: p.vouched(3, ticket=p.ticket(3) | {"signature": p.ticket(3)["signature"][:66]}),
        403,
        "TicketNotByRelay",
    ),
    "ticket expired": (lambda p: p.vouched(3, ticket=p.ticket(3, expires_at=p.now - 1)), 403, "TicketExpired"),
    "ticket missing": (lambda p: {k: v for k, v in p.vouched(3).items() if k != "ticket"}, 422, "FieldsNotReadable"),
    "key empty": (lambda p: p.vouched(3, ballot_key="0x" + "00" * 20), 422, "FieldsNotReadable"),
    "no poll there": (lambda p: p.vouched(3, poll="0x" + "12" * 20), 404, "PollUnknown"),
    "a case instead of a poll": (lambda p: p.vouched(3, poll=p.poll.world.case.address), 404, "PollUnknown"),
    "poll is no address": (lambda p: p.vouched(3, poll="poll"), 422, "FieldsNotReadable"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_less_than_that_is_refused_by_name_and_nothing_is_signed(client: TestClient, papers: IssuerPapers, name: str) -> None:
    change, status, code = REFUSED[name]
    answer = client.post(VOUCHED, json=change(papers))
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert log_of(client) == []


def test_a_poll_of_another_verifier_is_refused(client: TestClient, papers: IssuerPapers) -> None:
    world = papers.poll.world
    terms = world.terms()
    other = world.announce(type(terms)(**{**terms.__dict__, "verifiers": [address_of(secret("another verifier"))]}))
    answer = client.post(VOUCHED, json=papers.vouched(3, poll=other.address))
    assert (answer.status_code, code_of(answer)) == (403, "PollOfAnotherVerifier")


def test_a_signature_for_one_poll_is_no_signature_for_another(client: TestClient, papers: IssuerPapers) -> None:
    second = IssuerPapers(OpenPoll.announce(papers.poll.world, papers.poll.register, papers.poll.world.terms()))
    answer = client.post(VOUCHED, json=papers.vouched(3) | {"poll": second.address})
    assert (answer.status_code, code_of(answer)) == (403, "TicketNotByRelay")
    answer = client.post(VOUCHED, json=papers.vouched(3) | {"poll": second.address, "ticket": second.ticket(3)})
    assert (answer.status_code, code_of(answer)) == (422, "VoucherRefused")


def test_after_the_close_nothing_is_signed(client: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    assert client.post(VOUCHED, json=papers.vouched(3)).status_code == 200
    papers.poll.chain.warp(papers.poll.terms.closes_at)
    assert code_of(client.post(VOUCHED, json=papers.vouched(4))) == "PollClosed"
    assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "PollClosed"
    assert code_of(client.post("/v1/credential-lists", **papers.list_request(3, at=clock.seconds))) == "PollClosed"


def test_lists_hold_only_what_was_issued_in_order(client: TestClient, papers: IssuerPapers, clock: Clock) -> None:
    for index in (2, 5):
        client.post(VOUCHED, json=papers.vouched(index))
    two, five, nine = ({"index": index, "ballot_key": papers.key_of(index)} for index in (2, 5, 9))

    def ask(*entries: dict[str, Any]) -> Any:
        return client.post("/v1/credential-lists", **papers.list_request(at=clock.seconds, entries=list(entries)))

    assert ask(two, five).status_code == 200
    assert code_of(ask(five, two)) == "EntriesNotAscending"
    assert code_of(ask(two, two)) == "EntriesNotAscending"
    assert code_of(ask()) == "FieldsNotReadable"
    assert code_of(ask(two | {"ballot_key": papers.key_of(5)})) == "NeverIssued"
    answer = ask(two, five, nine)
    assert (answer.status_code, code_of(answer)) == (404, "NeverIssued")
    assert answer.json()["error"]["details"]["rows"][0]["row"] == 3


def test_a_list_ends_with_the_first_of_its_credentials_and_an_expired_one_is_renewed(
    client: TestClient, papers: IssuerPapers, clock: Clock
) -> None:
    desk = client.app.state.issuer._desk  # type: ignore[attr-defined]
    object.__setattr__(desk, "credential_ttl_seconds", 1_000)
    first = client.post(VOUCHED, json=papers.vouched(2)).json()["credential"]
    papers.poll.chain.warp(papers.now + 400)
    second = client.post(VOUCHED, json=papers.vouched(5)).json()["credential"]
    assert first["expires_at"] < second["expires_at"] < papers.poll.terms.closes_at
    asked = papers.list_request(2, 5, at=clock.seconds)
    assert client.post("/v1/credential-lists", **asked).json()["expires_at"] == first["expires_at"]
    papers.poll.chain.warp(first["expires_at"] + 1)
    answer = client.post("/v1/credential-lists", **asked)
    assert (answer.status_code, code_of(answer)) == (409, "CredentialExpired")
    renewed = client.post(VOUCHED, json=papers.vouched(2)).json()["credential"]
    assert renewed["expires_at"] > first["expires_at"]


def test_an_official_with_a_passkey_vouches(settings: IssuerSettings, papers: IssuerPapers) -> None:
    key = ec.derive_private_key(54321, ec.SECP256R1())
    chain = papers.poll.chain
    passkey = p256_signer(key, chain.deploy("PasskeyVerifier").address)
    second = IssuerPapers(_poll_with_passkey(papers, passkey))
    pinned = settings.model_copy(update={"cases": fingerprint_of(second.poll.world)})
    with TestClient(create_app(pinned), raise_server_exceptions=False) as client:
        _a_passkey_vouches(client, second, key, passkey)


def _a_passkey_vouches(client: TestClient, second: IssuerPapers, key: ec.EllipticCurvePrivateKey, passkey: bytes) -> None:

    def vouch(signature_key: ec.EllipticCurvePrivateKey, signer: bytes = passkey) -> dict[str, Any]:
        at = second.now
        digest = second.digest("Voucher", {"index": 3, "ballotKey": second.key_of(3), "method": 2, "vouchedAt": at})
        signature = "0x" + passkey_signature(signature_key, digest).hex()
        return {"signer": "0x" + signer.hex(), "method": 2, "vouched_at": at, "signature": signature}

    stranger = ec.derive_private_key(99, ec.SECP256R1())
    for wrong in (vouch(stranger), vouch(stranger, p256_signer(stranger, "0x" + passkey[:20].hex())), vouch(key) | {"signature": "0x00"}):
        assert code_of(client.post(VOUCHED, json=second.vouched(3, vouchers=[second.voucher(3, 0), wrong]))) == "VoucherRefused"
    answer = client.post(VOUCHED, json=second.vouched(3, vouchers=[second.voucher(3, 0), vouch(key)]))
    assert answer.status_code == 200, answer.text


def _poll_with_passkey(papers: IssuerPapers, passkey: bytes) -> OpenPoll:
    chain = papers.poll.chain
    world = CaseWorld(chain)
    world.case = chain.open_case([*(signer_of(key) for key in world.official_keys), passkey], 3, signer_of(world.institution_key))
    world.threshold = 3
    world.domain = type(world.domain)(chain.chain_id, world.case.address)
    register = make_register(24)
    world.freeze(register)
    world.admit(world.submit())
    return OpenPoll.announce(world, register, world.terms())


def test_a_contract_that_answers_nonsense_is_an_unknown_poll(client: TestClient, papers: IssuerPapers) -> None:
    chain = papers.poll.chain
    # Answers every call with 32 bytes of 0xff; with nothing; with a revert; with 100 kB of zeros.
    for number, code in enumerate(["5f195f5260205ff3", "00", "5f5ffd", "620186a05ff3"]):
        address = "0x" + encode(["uint256"], [0xABC000 + number])[-20:].hex()
        chain.rpc("anvil_setCode", address, "0x" + code)
        answer = client.post(VOUCHED, json=papers.vouched(3, poll=address))
        assert (answer.status_code, code_of(answer)) == (404, "PollUnknown"), code
