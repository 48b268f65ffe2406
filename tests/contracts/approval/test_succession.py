"""Who comes after the officials and the institution (protocol §24)."""

from __future__ import annotations

from typing import Any

import pytest
from web3.logs import DISCARD

from tests.contracts.ballot_box import address_of, make_register, opening, secret, sign, signer_of
from tests.contracts.chain import Chain, refusal
from tests.contracts.succession_world import REASON, WEEK, Named, SuccessionWorld, people_named
from tests.contracts.typed import Domain
from tests.contracts.world import PLAN_HASH, OpenPoll

NEW = people_named("second official")


@pytest.fixture
def world(chain: Chain) -> SuccessionWorld:
    return SuccessionWorld(chain)


def _ready(world: SuccessionWorld, size: int = 4) -> Any:
    """Register frozen and plan admitted by those in office; the register."""
    register = make_register(size)
    world.freeze(register)
    world.admit(world.submit())
    return register


def _log(world: SuccessionWorld, receipt: Any, name: str) -> Any:
    (found,) = getattr(world.case.events, name)().process_receipt(receipt, DISCARD)
    return found["args"]


def test_says_whom_and_from_when(world: SuccessionWorld) -> None:
    told = _log(world, world.name_next(NEW, notice=50), "SuccessionAnnounced")
    due = world.chain.now + 50
    assert told == {"successionNumber": 1, "generationHash": NEW.hash_after(world.hash), "holdsFrom": due, "reasonHash": REASON}
    assert world.case.functions.successions().call() == [1, 1, due]


def test_leaves_those_in_office_until_it_is_completed(world: SuccessionWorld) -> None:
    world.name_next(NEW, notice=50)
    world.chain.warp(world.chain.now + 100)
    assert world.case.functions.officials().call() == [signer_of(key) for key in world.official_keys]
    assert world.freeze(make_register(3)) == 0


@pytest.mark.parametrize("keys", [[0], ["new 0", "new 1"], [0, "new 0"]])
def test_refuses_what_k_of_those_in_office_did_not_sign(world: SuccessionWorld, keys: list[Any]) -> None:
    chosen = [world.official_keys[one] if isinstance(one, int) else NEW.officials[int(one[-1])] for one in keys]
    name = "Officials_TooFewSigners" if len(chosen) == 1 else "Officials_NotAnOfficial"
    with refusal(name):
        world.name_next(NEW, keys=chosen)


def test_refuses_another_number_case_or_generation(world: SuccessionWorld) -> None:
    elsewhere = Domain(world.chain.chain_id, address_of(secret("another case")))
    lies: list[dict[str, Any]] = [{"number": 2}, {"number": 0}, {"domain": elsewhere}, {"before": bytes(32)}]
    for lie in lies:
        with refusal("Officials_SignatureWrong"):
            world.name_next(NEW, **lie)


def test_refuses_a_second_one_while_one_waits(world: SuccessionWorld) -> None:
    world.name_next(NEW, notice=50)
    with refusal("Succession_AnotherWaits", 1):
        world.name_next(people_named("third official"))


def test_refuses_no_reason_and_in_a_case_that_counts_a_short_notice(chain: Chain, world: SuccessionWorld) -> None:
    with refusal("Succession_ReasonEmpty"):
        world.name_next(NEW, reason=bytes(32))
    real = SuccessionWorld(chain, rehearsal=False)
    with refusal("Succession_NoticeTooShort", WEEK - 1):
        real.name_next(NEW, notice=WEEK - 1)
    real.name_next(NEW, notice=WEEK)


def test_refuses_whoever_cannot_be(world: SuccessionWorld) -> None:
    old, inst = world.official_keys, world.institution_key
    wrong = [
        (Named([], 1, inst), "Case_NoOfficials"),
        (Named(NEW.officials, 1, inst), "Case_ThresholdNotMajority"),
        (Named(NEW.officials, 4, inst), "Case_ThresholdNotMajority"),
        (Named([NEW.officials[0]] * 3, 2, inst), "Case_OfficialTwice"),
        (Named(NEW.officials, 2, NEW.officials[0]), "Case_InstitutionIsOfficial"),
        (Named(NEW.officials, 2, old[0]), "Case_InstitutionIsOfficial"),
        (Named([*NEW.officials[:2], inst], 2, secret("liquidator")), "Case_InstitutionIsOfficial"),
    ]
    for named, name in wrong:
        with refusal(name):
            world.name_next(named)


def test_takes_32_officials_and_refuses_33(world: SuccessionWorld) -> None:
    with refusal("Case_TooManyOfficials", 33):
        world.name_next(people_named("official of many", count=33))
    many = people_named("official of many", count=32)
    world.succeed(many)
    assert world.case.functions.officials().call() == many.people[0]


def test_takes_the_same_officials_with_another_institution(world: SuccessionWorld) -> None:
    world.succeed(Named(world.official_keys, 2, secret("liquidator")))
    assert world.case.functions.institution().call() == signer_of(secret("liquidator"))
    assert world.submit() == 0


def test_takes_it_back_and_its_signatures_with_it(world: SuccessionWorld) -> None:
    world.name_next(NEW, notice=50)
    assert _log(world, world.withdraw(), "SuccessionWithdrawn") == {"successionNumber": 1}
    with refusal("Succession_NoneWaits"):
        world.chain.send(world.case.functions.completeSuccession())
    with refusal("Officials_SignatureWrong"):
        world.name_next(NEW, notice=50, number=1)
    world.name_next(NEW)
    world.complete(NEW)
    assert world.case.functions.generation().call() == 2


def test_refuses_too_few_too_late_and_nothing(world: SuccessionWorld) -> None:
    with refusal("Succession_NoneWaits"):
        world.withdraw()
    world.name_next(NEW, notice=50)
    with refusal("Officials_TooFewSigners"):
        world.withdraw(world.official_keys[:1])
    world.chain.warp(world.chain.now + 51)
    with refusal("Succession_NoticeIsOver"):
        world.withdraw()


def test_is_done_by_anyone_once_the_notice_is_over(world: SuccessionWorld) -> None:
    world.name_next(NEW, notice=50)
    with refusal("Succession_NoticeNotOver"):
        world.chain.send(world.case.functions.completeSuccession())
    world.chain.warp(world.chain.now + 50)
    told = _log(world, world.complete(NEW), "SuccessionCompleted")
    assert told == {"successionNumber": 1, "generationHash": world.hash}
    calls = world.case.functions
    assert calls.officials().call() == NEW.people[0]
    assert (calls.threshold().call(), calls.generation().call()) == (2, 1)
    assert not calls.isOfficial(signer_of(secret("official", 0))).call()
    with refusal("Succession_NoneWaits"):
        world.chain.send(world.case.functions.completeSuccession())


def test_refuses_the_old_and_what_they_signed_before(world: SuccessionWorld) -> None:
    staying = Named([*world.official_keys[:2], secret("newcomer")], 2, world.institution_key)
    old_keys, old_domain = world.official_keys, world.domain
    before = world.signed("PlanAdmission", 0, PLAN_HASH)
    signature = sign(world.institution_key, old_domain.digest("PlanSubmission", 0, PLAN_HASH))
    world.succeed(staying)
    with refusal("Plan_NotSignedByInstitution"):
        world.chain.send(world.case.functions.submitPlan(PLAN_HASH, signature))
    world.submit()
    with refusal("Officials_SignatureWrong"):
        world.chain.send(world.case.functions.admitPlan(0, *before))
    with refusal("Officials_NotAnOfficial"):
        world.chain.send(world.case.functions.admitPlan(0, *world.signed("PlanAdmission", 0, PLAN_HASH, keys=old_keys[1:])))
    world.admit(0)


def test_keeps_the_submitter_of_a_plan(world: SuccessionWorld) -> None:
    submitted = world.submit()
    old = signer_of(world.institution_key)
    world.succeed(people_named("second official", institution="liquidator"))
    assert world.case.functions.plan(submitted).call()[1] == old


def test_refuses_a_former_official_as_verifier_or_relay(world: SuccessionWorld) -> None:
    _ready(world)
    gone = address_of(world.official_keys[0])
    world.succeed(NEW)
    terms = world.terms()
    with refusal("Poll_RoleHeldTwice", gone):
        world.announce(type(terms)(**{**vars(terms), "receipt_signer": gone}))
    world.announce(terms)


def test_keeps_those_who_announced_it(world: SuccessionWorld) -> None:
    register = _ready(world)
    old_keys = list(world.official_keys)
    poll = OpenPoll.announce(world, register, world.terms())
    world.chain.warp(poll.terms.opens_at)
    poll.cast(poll.vote(0, 1))
    world.succeed(people_named("second official", count=5))
    calls = world.case.functions
    assert (calls.generationOfPoll(0).call(), calls.thresholdOfPoll(0).call(), calls.threshold().call()) == (0, 2, 3)
    assert calls.isOfficialOfPoll(0, signer_of(old_keys[0])).call()
    world.chain.warp(poll.terms.closes_at)
    world.chain.send(poll.calls.openSums(opening(register, {0: 1})))
    world.chain.warp(poll.calls.challengeEndsAt().call())
    with refusal("Approval_NotAnOfficial"):
        poll.attest(world.official_keys[0], False)
    for key in old_keys[:2]:
        poll.attest(key, False)
    refused = 5
    assert poll.calls.stage().call() == refused


def test_follows_in_the_next_poll(world: SuccessionWorld) -> None:
    register = _ready(world)
    world.announce(world.terms())
    world.succeed(NEW)
    poll = OpenPoll.announce(world, register, world.terms())
    assert world.case.functions.generationOfPoll(1).call() == 1
    assert poll.calls.pollNumber().call() == 1
