"""Trustees are appointed and make a key, over HTTP; their papers come from the tool that trusts no page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.case.trustees import rules
from backend.case.trustees.rules import Head, KeyInfinite
from backend.ground.common.at_once import AtOnce
from backend.ground.common.hashing import keccak
from tests.backend.case.trustees.seats import Trustees
from tests.backend.town import CasePeople, Refused, Town, answer
from verifier.shares.curve import ORDER, Point
from verifier.trustee.papers import Paper
from verifier.trustee.roll import Ceremony, Roll

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "vectors" / "ceremony.json").read_text())


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


@pytest.fixture
def people(town: Town) -> CasePeople:
    return town.open_case()


@pytest.fixture
def trustees(town: Town, people: CasePeople) -> Trustees:
    """Three seats, appointed and serving, since the case is a rehearsal."""
    made = Trustees(town, people, 3)
    assert made.appoint()["status"] == "done"
    return made


def refused(*wanted: str) -> Any:
    return pytest.raises(Refused, match="|".join(wanted))


@pytest.mark.parametrize("given", VECTORS["ceremonies"], ids=lambda given: given["name"])
def test_ids_rolls_and_keys_are_the_protocols(given: dict[str, Any]) -> None:
    head = Head(given["chain_id"], given["case"], given["number"], given["seats"], given["threshold"], raw(given["random"]))
    assert "0x" + head.ceremony.hex() == given["ceremony"]
    trustees = [{name: join[name] for name in ("key", "seat", "transport")} for join in given["joins"]]
    rolled = rules.roll_hash(head, trustees)
    assert "0x" + rolled.hex() == given["roll_hash"]
    assert rules.transcript(head, trustees, rolled, given["dealings"]).decode() == given["transcript"]
    keys = rules.keys_of([[raw(one) for one in dealing["commitments"]] for dealing in given["dealings"]], given["seats"])
    assert ({"x": f"0x{keys.x:064x}", "y": f"0x{keys.y:064x}"}, list(keys.share_keys)) == (given["key"], given["share_keys"])


def test_dealings_that_cancel_each_other_give_no_key() -> None:
    one = [Point.of(5).compressed, Point.of(7).compressed]
    with pytest.raises(KeyInfinite):
        rules.keys_of([one, [_negative(one[0]), one[1]]], 3)
    with pytest.raises(KeyInfinite):
        rules.keys_of([one, [one[0], _negative(one[1])]], 3)


def test_a_share_of_zero_fits_where_the_polynomial_is_zero() -> None:
    """As every trustee's tool has it: a receiver who complained about it here would void a ceremony in which nothing is wrong."""
    zero_at_2 = [Point.of(6).compressed, Point.of(ORDER - 3).compressed]
    assert rules.share_fits(0, zero_at_2, 1)
    assert not rules.share_fits(ORDER, zero_at_2, 1)
    assert rules.share_fits(3, zero_at_2, 0)
    assert not any(rules.share_fits(share, zero_at_2, 0) for share in (0, 4, ORDER + 3))


def _negative(point: bytes) -> bytes:
    return bytes([point[0] ^ 1]) + point[1:]


def test_trustees_are_appointed_by_officials(town: Town, people: CasePeople) -> None:
    made = Trustees(town, people, 3)
    path = f"/api/cases/{people.case['id']}/trustees"
    assert answer(town.browser().get(path)) == {"signers": []}
    with refused("TrusteesMissing"):
        made.begin(2)
    signers = [trustee.signer for trustee in made.seats]
    with refused("TrusteeNamedTwice"):
        made.official.post(path, {"signers": [signers[0], signers[0]], "names": ["a", "b"]})
    with refused("TrusteeCountOutOfRange"):
        made.official.post(path, {"signers": signers[:1], "names": ["a"]})
    with refused("SeatNamesMissing"):
        made.official.post(path, {"signers": signers, "names": ["a"]})
    with refused("TrusteeSignerNotUsable"):
        made.official.post(path, {"signers": [signers[0], "0x" + "00" * 20], "names": ["a", "b"]})
    for address in ("0x" + "ab" * 20, signers[0], people.case["address"]):  # nobody's code, a person's key, another contract's
        with refused("TrusteeSignerNotUsable"):
            made.official.post(path, {"signers": [signers[0], address + "11" * 64], "names": ["a", "b"]})
    with refused("RoleNotAllowed", "NotOfficialOfCase"):
        people.institution.post(path, {"signers": signers, "names": made.names})
    assert made.appoint()["status"] == "done"
    assert answer(town.browser().get(path)) == {"signers": signers}


def test_from_the_first_entry_to_a_confirmed_key(town: Town, people: CasePeople, trustees: Trustees) -> None:
    begun = trustees.begin(2)
    assert (begun["status"], begun["missing"], begun["could_block"], begun["paper"]["seats"]) == ("joining", [0, 1, 2], True, 3)
    with refused("CeremonyUnderway"):
        trustees.begin(2)
    trustees.join_all(begun, [2, 0])
    with refused("SeatsStillMissing"):
        trustees.close_roll(begun)
    with refused("StepNotNow"):
        trustees.hand_in(begun, 0, "confirmation", {"share": "0x" + "11" * 65, "identity": "0x11"})
    trustees.join_all(begun, [1])
    assert trustees.show(begun)["missing"] == []
    roll_path = f"/api/ceremonies/{begun['id']}/roll.json"
    assert town.browser().get(roll_path).status_code == 409
    closed = trustees.close_roll(begun)
    assert closed["status"] == "dealing"
    opened = Ceremony.read(Paper("ceremony", closed["paper"]))
    assert "0x" + Roll.read(Paper("roll", town.browser().get(roll_path).json()), opened).hash.hex() == closed["roll_hash"]
    assert trustees.close_roll(begun) == closed
    assert town.browser().get(f"/api/ceremonies/{begun['id']}/seal.json").status_code == 409
    shown = trustees.deal_all(begun, [1])
    assert (shown["missing"], shown["seal_key"]) == ([0, 2], None)
    shown = trustees.deal_all(begun, [0, 2])
    made = trustees.transcript(shown)
    assert shown["status"] == "confirming"
    assert shown["seal_key"]["transcript_hash"] == "0x" + made.hash.hex()
    assert shown["seal_key"]["x"] == f"0x{made.key.xy[0]:064x}"
    whole = town.browser().get(f"/api/ceremonies/{begun['id']}/seal.json").content
    assert keccak(whole) == made.hash
    shown = trustees.confirm_all(begun)
    assert (shown["status"], shown["missing"]) == ("complete", [])
    [line] = answer(town.browser().get(f"/api/cases/{people.case['id']}/ceremonies"))
    assert (line["status"], line["number"], line["ceremony"]) == ("complete", 0, begun["paper"]["ceremony"])
    complete = town.trustees.complete(begun["id"])
    assert (complete.seal_key.threshold, len(complete.confirmations), complete.transcript) == (2, 3, whole)


def test_ceremonies_are_listed_a_page_at_a_time_with_who_appointed_their_seats(
    town: Town, people: CasePeople, trustees: Trustees, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(22):
        begun = trustees.begin(2)
        trustees.official.post(f"/api/ceremonies/{begun['id']}/end", {"reason": "another try"})
    path, browser = f"/api/cases/{people.case['id']}/ceremonies", town.browser()
    pages = [[line["number"] for line in answer(browser.get(path + query))] for query in ("", "?before=2", "?before=0")]
    assert pages == [list(range(21, 1, -1)), [1, 0], []]
    assert browser.get(path + "?before=-1").status_code == 422
    told = town.trustees.with_appointments(people.case["id"], 2)
    assert [view.head.number for view, _ in told] == [1, 0]
    names = {appointment.officials for _, appointment in told if appointment is not None}
    assert names == {tuple(one["name"] for one in people.case["officials"][:2])}
    assert town.trustees.with_appointments(people.case["id"], 0) == []
    monkeypatch.setattr(town.trustees, "_listing", AtOnce(1, 0.01))
    with town.trustees._listing.place():
        busy = browser.get(path)
    assert (busy.status_code, busy.json()["error"]["code"], "retry-after" in busy.headers) == (429, "Busy", True)


def test_the_same_paper_again_is_the_same_answer_and_another_is_refused(town: Town, trustees: Trustees) -> None:
    begun = trustees.begin(2)
    paper = trustees.entry(begun, 0)
    assert trustees.hand_in(begun, 0, "entry", paper) == trustees.hand_in(begun, 0, "entry", paper)
    lost = trustees.seats[0].seed
    trustees.seats[0].seed = bytes(32)
    with refused("PaperDiffers"):
        trustees.hand_in(begun, 0, "entry", trustees.entry(begun, 0))
    trustees.seats[0].seed = lost
    trustees.join_all(begun, [1, 2])
    trustees.close_roll(begun)
    trustees.deal_all(begun)
    dealing = trustees.dealing(trustees.show(begun), 1)
    assert trustees.hand_in(begun, 1, "dealing", dealing)["status"] == "confirming"
    with refused("PaperDiffers"):
        trustees.hand_in(begun, 1, "dealing", {**dealing, "possession": "0x" + "11" * 65})
    before = trustees.confirm_all(begun)
    assert trustees.hand_in(begun, 2, "confirmation", trustees.confirmation(before, 2)) == before
    ended = trustees.official.post(f"/api/ceremonies/{begun['id']}/end", {"reason": "a new list"})
    assert (ended["status"], ended["failure"]) == ("failed", "a new list")
    with refused("CeremonyOver"):
        trustees.official.post(f"/api/ceremonies/{begun['id']}/end", {"reason": "again"})
    assert trustees.begin(2)["paper"]["number"] == 1


def test_nobody_joins_for_another_seat(trustees: Trustees) -> None:
    begun = trustees.begin(2)
    with refused("EntryNotSigned"):
        trustees.hand_in(begun, 1, "entry", trustees.entry(begun, 0))
    with refused("EntryNotAPoint"):
        trustees.hand_in(begun, 0, "entry", {**trustees.entry(begun, 0), "transport": "0x05" + "11" * 32})
    with refused("SeatUnknown"):
        trustees.hand_in(begun, 3, "entry", trustees.entry(begun, 0))
    trustees.join_all(begun, [0])
    trustees.seats[1].seed = trustees.seats[0].seed
    with refused("EntryKeyTaken"):
        trustees.hand_in(begun, 1, "entry", trustees.entry(begun, 1))


def test_dealings_and_confirmations_are_held_to_their_signatures(trustees: Trustees) -> None:
    begun = trustees.begin(2)
    trustees.join_all(begun)
    shown = trustees.close_roll(begun)
    dealing = trustees.dealing(shown, 0)
    for changed in (
        {"shares": [*dealing["shares"][:2], "0x" + "11" * 32]},
        {"commitments": [dealing["commitments"][1], dealing["commitments"][0]]},
        {"possession": dealing["signature"]},
    ):
        with refused("DealingNotSigned"):
            trustees.hand_in(begun, 0, "dealing", dealing | changed)
    for missing in (
        {"shares": dealing["shares"][:2]},
        {"commitments": dealing["commitments"][:1]},
        {"commitments": ["0x05" + "11" * 32] * 2},
    ):
        with refused("DealingMalformed"):
            trustees.hand_in(begun, 0, "dealing", dealing | missing)
    with refused("DealingNotSigned"):
        trustees.hand_in(begun, 1, "dealing", dealing)
    shown = trustees.deal_all(begun)
    own, others = trustees.confirmation(shown, 0), trustees.confirmation(shown, 1)
    with refused("ConfirmationNotByShare"):
        trustees.hand_in(begun, 0, "confirmation", {**own, "share": others["share"]})
    with refused("ConfirmationNotByIdentity"):
        trustees.hand_in(begun, 0, "confirmation", {**own, "identity": others["identity"]})


def test_a_share_that_does_not_fit_voids_the_ceremony(trustees: Trustees) -> None:
    begun = trustees.begin(2)
    trustees.join_all(begun)
    shown = trustees.close_roll(begun)
    roll = trustees.roll(shown)
    cheat = trustees.seats[2].keys(roll.ceremony)
    trustees.deal_all(begun, [0, 1])
    trustees.hand_in(begun, 2, "dealing", _misfit(cheat, roll))
    path = f"/api/ceremonies/{begun['id']}/complaint"

    def complaint(dealer: int, receiver: int) -> dict[str, Any]:
        secret = trustees.seats[receiver].keys(roll.ceremony).transport
        return {"dealer": dealer, "receiver": receiver, "transport_secret": f"0x{secret:064x}"}

    for unfounded in (
        complaint(0, 1),
        complaint(2, 1),
        {**complaint(2, 0), "receiver": 1},
        {**complaint(2, 0), "transport_secret": "0x" + "00" * 32},
    ):
        with refused("ComplaintDoesNotHold"):
            answer(trustees.browser.post(path, json=unfounded))
    failed = answer(trustees.browser.post(path, json=complaint(2, 0)))
    assert (failed["status"], failed["complaint"]["dealer"]) == ("failed", 2)
    assert answer(trustees.browser.post(path, json=complaint(2, 0))) == failed


def _misfit(own: Any, roll: Any) -> dict[str, Any]:
    """A dealing, rightly signed, whose share for seat 0 is another number."""
    from verifier.shares.hashes import word
    from verifier.signing.secp256k1 import SigningKey
    from verifier.trustee import dealing as made

    good = made.dealt(own, roll)
    words = (bytes(a ^ b for a, b in zip(good.words[0], word(1), strict=True)), *good.words[1:])
    signed = made._signed(roll.hash, own.seat, good.commitments, words)
    return replace(good, words=words, signature=SigningKey(word(own.sign)).sign(signed)).paper()


def test_papers_are_bounded_and_written_in_one_way(trustees: Trustees) -> None:
    begun = trustees.begin(2)
    path = f"/api/ceremonies/{begun['id']}/seats/0/entry"
    paper = trustees.entry(begun, 0)
    for odd in (
        {**paper, "key": paper["key"].upper().replace("0X", "0x")},
        {**paper, "more": 1},
        {**paper, "signature": "0x" + "11" * 5000},
        {**paper, "transport": paper["transport"] + "00"},
        {"key": 1},
    ):
        assert trustees.browser.post(path, json=odd).status_code == 422
    assert trustees.browser.post(path.replace("seats/0", "seats/x"), json=paper).status_code == 422
    assert trustees.browser.get("/api/ceremonies/none").status_code == 404
