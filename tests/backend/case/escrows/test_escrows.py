"""A sealed poll that counts is announced only over a register whose openings are in escrow: k officials and all trustees say so."""

from __future__ import annotations

import copy
import secrets
from typing import Any

import pytest

from backend.ground.chain.signatures import sign
from tests.backend.case.trustees.seats import Trustees
from tests.backend.town import CasePeople, Refused, Town, answer
from tests.backend.vote.polls.test_polls import moment, terms
from verifier.escrow.context import Frozen
from verifier.escrow.dealer import Dealer
from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import keccak
from verifier.trustee.escrow.sharing import Escrow, Sharing
from verifier.trustee.papers import Paper

DAY = 86_400
SEATS, NEEDED = 3, 2


@pytest.fixture
def people(town: Town) -> CasePeople:
    """A case that counts, with a register and trustees who serve."""
    made = town.open_case(rehearsal=False)
    town.freeze_register(made)
    return made


@pytest.fixture
def trustees(town: Town, people: CasePeople) -> Trustees:
    made = Trustees(town, people, SEATS)
    assert made.appoint()["status"] == "done"
    town.chain.move_time(town.chain.chain_time() + 7 * DAY + 1)
    return made


def escrow_of(people: CasePeople, seats: int = SEATS, **lie: Any) -> Escrow:
    """What the dealer and the officials' tools make of the register that was frozen."""
    act = next(act for act in people.officials[0].get(f"/api/acts?case_id={people.case['id']}") if act["kind"] == "register_freeze")
    message, case = act["typed_data"]["message"], bytes.fromhex(people.case["address"][2:])
    root, classes = (bytes.fromhex(message[name][2:]) for name in ("root", "classesHash"))
    facts = {"chain_id": people.case["chain_id"], "case": case, "register_number": 0, "root": root}
    frozen = Frozen(**(facts | {"leaf_count": int(message["leafCount"]), "classes_hash": classes} | lie))
    transports = tuple(Point.of(secrets.randbelow(ORDER - 1) + 1) for _ in range(seats))
    dealer = Dealer(frozen, NEEDED, transports, secrets.token_bytes(32))
    return Escrow(frozen, Sharing(dealer.context, NEEDED, transports, dealer.commitments), keccak(b"the file"))


def signed(escrow: Escrow, people: CasePeople, trustees: Trustees | None = None, officials: int = 2) -> dict[str, Any]:
    paper: dict[str, Any] = escrow.paper()
    given = [
        {"signer": one.signer, "signature": "0x" + sign(bytes(one.key.key), escrow.digest).hex()} for one in people.officials[:officials]
    ]
    given += [{"signer": one.signer.lower(), "signature": one.sign(escrow.digest)} for one in (trustees.seats if trustees else [])]
    return paper | {"signatures": given}


def hand_in(town: Town, people: CasePeople, paper: dict[str, Any]) -> dict[str, Any]:
    taken: dict[str, Any] = answer(town.browser().post(f"/api/cases/{people.case['id']}/escrows", json=paper))
    return taken


def refused(town: Town, people: CasePeople, paper: dict[str, Any]) -> str:
    with pytest.raises(Refused) as error:
        hand_in(town, people, paper)
    return error.value.code


def test_no_sealed_poll_is_announced_without_the_statement_of_officials_and_all_trustees(
    town: Town, people: CasePeople, trustees: Trustees
) -> None:
    plan, ceremony = town.admit_plan(people), trustees.hold(NEEDED)
    opens_at = town.chain.chain_time() + 16 * DAY
    times = {"opens_at": moment(opens_at), "closes_at": moment(opens_at + 3 * DAY), "challenge_seconds": 15 * DAY}
    body = terms(town, plan, **times) | {"ceremony_id": ceremony["id"]}
    at = f"/api/cases/{people.case['id']}/polls/sealed"

    def refusal() -> str:
        with pytest.raises(Refused) as error:
            people.officials[0].post(at, body)
        return error.value.code

    assert refusal() == "EscrowMissing"
    escrow = escrow_of(people)
    unsigned = escrow.paper()
    act = people.sign_together(people.officials[0].post(f"/api/cases/{people.case['id']}/escrows/proposal", unsigned))
    assert act["status"] == "done", act
    assert "salt" not in act["typed_data"]["domain"]
    taken = answer(town.browser().get(f"/api/cases/{people.case['id']}/escrows/0"))
    assert (taken["complete"], taken["missing"], taken["digest"]) == (False, [0, 1, 2], "0x" + escrow.digest.hex())
    assert refusal() == "EscrowIncomplete"
    half = signed(escrow, people, trustees)
    half["signatures"] = half["signatures"][:-1]
    assert hand_in(town, people, half)["missing"] == [2]
    assert refusal() == "EscrowIncomplete"
    assert hand_in(town, people, signed(escrow, people, trustees))["complete"]
    act = people.officials[0].post(at, body)
    assert act["summary"]["openings_in_escrow"] is True
    assert act["summary"]["escrow_file_digest"] == "0x" + keccak(b"the file").hex()
    shown = town.browser().get(f"/api/cases/{people.case['id']}/escrows/0/escrow.json").json()
    read = Escrow.read(Paper("escrow.json", shown))
    assert (read.digest, len(read.signatures)) == (escrow.digest, 5), "the trustee's tool reads what is published"
    people.officials[0].post(f"/api/acts/{act['id']}/withdrawal")


def test_a_statement_that_does_not_fit_is_refused_in_words(town: Town, people: CasePeople, trustees: Trustees) -> None:
    good = escrow_of(people)
    for lie, field in (({"root": bytes(32)}, "root"), ({"leaf_count": 4}, "leaf_count"), ({"chain_id": 1}, "chain_id")):
        assert refused(town, people, signed(escrow_of(people, **lie), people)) == "EscrowRegisterWrong", field
    assert refused(town, people, signed(escrow_of(people, register_number=7), people)) == "EscrowRegisterWrong"
    assert refused(town, people, signed(escrow_of(people, seats=4), people)) == "EscrowOfOtherTrustees"
    assert refused(town, people, signed(good, people, trustees, officials=1)) == "EscrowNotByOfficials"
    for name, value in (("context", "0x" + "00" * 32), ("threshold", 3), ("file_digest", "0x00"), ("commitments", ["0x02"] * 2)):
        paper = copy.deepcopy(signed(good, people))
        paper[name] = value
        assert refused(town, people, paper) == "EscrowMalformed", name
    assert town.browser().get(f"/api/cases/{people.case['id']}/escrows/9").json()["error"]["code"] == "EscrowUnknown"


def test_another_file_begins_anew(town: Town, people: CasePeople, trustees: Trustees) -> None:
    """Whoever deals again makes another file: signatures over the former one count no more, and nobody puts the former one back."""
    former, newer = signed(escrow_of(people), people, trustees), signed(escrow_of(people), people)
    assert hand_in(town, people, former)["complete"]
    assert refused(town, people, newer) == "EscrowStands"
    at = f"/api/cases/{people.case['id']}/escrows"
    assert people.officials[0].post(at, newer)["missing"] == [0, 1, 2]
    assert refused(town, people, former) == "EscrowStands", "it is public, and k officials signed it once"
    with pytest.raises(Refused, match="EscrowStands"):
        town.person("official").post(at, former)
    assert hand_in(town, people, newer)["missing"] == [0, 1, 2]


def test_a_rehearsal_says_that_there_is_none(town: Town) -> None:
    made = town.open_case()
    case = town.cases.get_case(made.case["id"])
    assert town.escrows.demanded(case, 0) is None
