"""announcePoll(): what a poll is held to is fixed before it opens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web3.constants import ADDRESS_ZERO

from scripts.build.contracts import load
from tests.contracts.ballot_box import AGAINST, FOR, Register, address_of, created_by, opening, secret, signer_of
from tests.contracts.chain import Refused, refusal
from tests.contracts.world import PLAN_HASH, RULE, OpenPoll, Terms, World


def announce(world: World, terms: Terms, signed: Terms | None = None, number: int = 1, at: int | None = None) -> Any:
    proofs = world.signed("PollAnnouncement", number, (signed or terms).hash, world.rehearsal)
    return world.chain.send(world.case.functions.announcePoll(terms.values, *proofs), at=at)


def test_refuses_a_register_that_is_not_frozen(world: World) -> None:
    with refusal("Register_NotFrozen", 1):
        announce(world, world.terms(register_number=1))


def test_refuses_a_plan_that_was_not_submitted(world: World) -> None:
    with refusal("Plan_NotAdmitted", 1):
        announce(world, world.terms(plan_number=1))


def test_refuses_a_plan_that_was_not_admitted(world: World) -> None:
    world.submit()
    with refusal("Plan_NotAdmitted", 1):
        announce(world, world.terms(plan_number=1))


def test_refuses_fewer_than_k(world: World) -> None:
    terms = world.terms()
    proofs = world.signed("PollAnnouncement", 1, terms.hash, True, keys=world.official_keys[:1])
    with refusal("Officials_TooFewSigners", 1, 2):
        world.chain.send(world.case.functions.announcePoll(terms.values, *proofs))


def test_refuses_any_parameter_changed_after_signing(world: World, register: Register) -> None:
    world.freeze(register)
    world.admit(world.submit())
    terms = world.terms()
    stranger = address_of(secret("stranger"))
    changes: list[dict[str, Any]] = [
        {"register_number": 1},
        {"plan_number": 1},
        {"conditions": RULE[:1]},
        {"conditions": [(0, 0, 1, 1, 3, True), RULE[1]]},
        {"opens_at": terms.opens_at - 1},
        {"closes_at": terms.closes_at + 1},
        {"challenge_seconds": terms.challenge_seconds - 1},
        {"verifiers": [*terms.verifiers, stranger]},
        {"receipt_signer": stranger},
    ]
    for change in changes:
        with refusal("Officials_SignatureWrong"):
            announce(world, replace(terms, **change), signed=terms)
    announce(world, terms)


def test_refuses_the_signatures_of_an_earlier_announcement(world: World) -> None:
    terms = world.terms()
    announce(world, terms)
    with refusal("Officials_SignatureWrong"):
        announce(world, terms, number=1)


def test_refuses_an_opening_that_is_not_in_the_future(world: World) -> None:
    terms = world.terms()
    for late in (0, 1):
        with refusal("Poll_WindowWrong", terms.opens_at, terms.closes_at, terms.opens_at + late):
            announce(world, terms, at=terms.opens_at + late)


def test_accepts_an_opening_a_second_ahead(world: World) -> None:
    terms = world.terms()
    announce(world, terms, at=terms.opens_at - 1)


def test_refuses_a_close_at_or_before_the_opening(world: World) -> None:
    terms = world.terms()
    for closes_at in (terms.opens_at, terms.opens_at - 1, 0):
        with refusal("Poll_WindowWrong", terms.opens_at, closes_at, ...):
            announce(world, replace(terms, closes_at=closes_at))
    announce(world, replace(terms, closes_at=terms.opens_at + 1))


def test_refuses_a_challenge_period_of_zero(world: World) -> None:
    with refusal("Poll_ChallengePeriodMissing"):
        announce(world, replace(world.terms(), challenge_seconds=0))


DAY = 86_400


def real(world: World, register: Register) -> tuple[World, Terms]:
    """A case that is no rehearsal, ready for its first poll, and terms that keep the least periods to the second."""
    other = World(world.chain, rehearsal=False)
    other.freeze(register)
    other.admit(other.submit())
    opens_at = world.chain.now + 1_000 + 15 * DAY
    return other, replace(other.terms(), opens_at=opens_at, closes_at=opens_at + 1, challenge_seconds=15 * DAY)


def test_refuses_a_notice_of_less_than_15_days(world: World, register: Register) -> None:
    other, terms = real(world, register)
    with refusal("Poll_NoticeTooShort", terms.opens_at, terms.opens_at + 1):
        announce(other, terms, number=0, at=terms.opens_at - 15 * DAY + 1)


def test_refuses_a_challenge_period_of_less_than_15_days(world: World, register: Register) -> None:
    other, terms = real(world, register)
    for seconds in (0, 15 * DAY - 1):
        with refusal("Poll_ChallengePeriodTooShort", seconds, 15 * DAY):
            announce(other, replace(terms, challenge_seconds=seconds), number=0)


def test_accepts_15_days_of_each(world: World, register: Register) -> None:
    other, terms = real(world, register)
    announce(other, terms, number=0, at=terms.opens_at - 15 * DAY)
    assert other.case.functions.pollCount().call() == 1


def test_refuses_signatures_over_the_other_mark(world: World, register: Register) -> None:
    """Who signs a rehearsal signs no real poll, and the other way round."""
    for one, terms in (real(world, register), (world, world.terms())):
        number = one.case.functions.pollCount().call()
        proofs = one.signed("PollAnnouncement", number, terms.hash, not one.rehearsal)
        with refusal("Officials_SignatureWrong"):
            one.chain.send(one.case.functions.announcePoll(terms.values, *proofs))


def test_refuses_none_and_nine_and_accepts_eight(world: World) -> None:
    verifiers = [address_of(secret("verifier", i)) for i in range(9)]
    for count in (0, 9):
        with refusal("Poll_VerifierCountOutOfRange", count):
            announce(world, replace(world.terms(), verifiers=verifiers[:count]))
    announce(world, replace(world.terms(), verifiers=verifiers[:8]))


def test_refuses_a_verifier_twice(world: World) -> None:
    twice = address_of(world.verifier_key)
    with refusal("Poll_VerifierTwice", twice):
        announce(world, replace(world.terms(), verifiers=[twice, address_of(secret("x")), twice]))


def test_refuses_the_zero_address(world: World) -> None:
    with refusal("Poll_VerifierEmpty"):
        announce(world, replace(world.terms(), verifiers=[address_of(secret("x")), ADDRESS_ZERO]))


def test_refuses_a_missing_receipt_signer(world: World) -> None:
    with refusal("Poll_ReceiptSignerEmpty"):
        announce(world, replace(world.terms(), receipt_signer=ADDRESS_ZERO))


def insiders(world: World) -> list[str]:
    return [address_of(key) for key in (*world.official_keys, world.institution_key)]


def test_refuses_a_receipt_signer_who_is_an_official_or_the_institution(world: World) -> None:
    for insider in insiders(world):
        with refusal("Poll_RoleHeldTwice", insider):
            announce(world, replace(world.terms(), receipt_signer=insider))


def test_refuses_a_verifier_who_is_an_official_or_the_institution(world: World) -> None:
    own = address_of(world.verifier_key)
    for insider in insiders(world):
        for verifiers in ([insider], [own, insider], [insider, own]):
            with refusal("Poll_RoleHeldTwice", insider):
                announce(world, replace(world.terms(), verifiers=verifiers))


def test_refuses_a_verifier_who_is_the_receipt_signer(world: World) -> None:
    terms = world.terms()
    for verifiers in ([terms.receipt_signer], [*terms.verifiers, terms.receipt_signer], [terms.receipt_signer, *terms.verifiers]):
        with refusal("Poll_RoleHeldTwice", terms.receipt_signer):
            announce(world, replace(terms, verifiers=verifiers))
    announce(world, terms)


def test_refuses_no_condition_and_nine_and_accepts_eight(world: World) -> None:
    for count in (0, 9):
        with refusal("Poll_ConditionCountOutOfRange", count):
            announce(world, replace(world.terms(), conditions=RULE[:1] * count))
    announce(world, replace(world.terms(), conditions=RULE[:1] * 8))


def test_refuses_fractions_beyond_their_range(world: World) -> None:
    for num, den in ((0, 2), (3, 2), (1, 1_000_001), (0, 0)):
        with refusal("Poll_ConditionOutOfRange", 1):
            announce(world, replace(world.terms(), conditions=[RULE[0], (0, 0, 1, num, den, True)]))
    announce(world, replace(world.terms(), conditions=[(0, 0, 1, 1_000_000, 1_000_000, False), (1, 1, 0, 1, 1, False)]))


def test_refuses_a_measure_that_does_not_exist(world: World) -> None:
    for condition in ((2, 0, 1, 1, 2, True), (0, 2, 1, 1, 2, True), (0, 0, 3, 1, 2, True)):
        with pytest.raises(Refused):
            announce(world, replace(world.terms(), conditions=[condition]))
    assert world.case.functions.pollCount().call() == 1


def test_creates_a_poll_that_holds_what_was_announced(announced: OpenPoll) -> None:
    calls, register, terms = announced.calls, announced.register, announced.terms
    assert calls.caseContract().call() == announced.world.case.address
    assert calls.pollNumber().call() == 0
    assert calls.parametersHash().call() == terms.hash
    read = calls.parameters().call()
    assert tuple(read) == terms.values
    assert [calls.registerRoot().call(), calls.leafCount().call(), calls.depth().call()] == [register.root, 300, 9]
    assert calls.classes().call() == register.classes
    assert calls.planHash().call() == PLAN_HASH
    assert calls.planSubmitter().call() == signer_of(announced.world.institution_key)
    assert (calls.stage().call(), calls.approvals().call(), calls.refusals().call()) == (0, 0, 0)


def test_numbers_and_emits_polls(world: World) -> None:
    terms = world.terms()
    receipt = announce(world, terms)
    (event,) = world.case.events.PollAnnounced().process_receipt(receipt)
    address = world.case.functions.poll(1).call()
    assert event["args"] == {"pollNumber": 1, "poll": address, "parametersHash": terms.hash}
    assert world.case.functions.pollCount().call() == 2
    assert world.chain.contract("Poll", address).functions.pollNumber().call() == 1


def test_gives_the_poll_the_code_that_was_compiled(announced: OpenPoll) -> None:
    """With the places of immutable values blanked, the code on chain is the compiled code."""
    artifact = load("Poll")
    compiled = bytes.fromhex(artifact["deployedBytecode"][2:])
    on_chain = bytearray(announced.chain.w3.eth.get_code(announced.contract.address))
    assert len(on_chain) == len(compiled) <= 24_576
    for places in artifact["immutableReferences"].values():
        for place in places:
            on_chain[place["start"] : place["start"] + place["length"]] = bytes(place["length"])
    assert bytes(on_chain) == compiled


def test_stands_at_the_address_that_follows_from_the_case(announced: OpenPoll) -> None:
    """Whoever knows the case knows where its factory and all its polls stand, without asking it."""
    world = announced.world
    factory = created_by(world.case.address, 1)
    assert world.chain.w3.eth.get_code(factory) != b""
    for _ in range(3):
        number = world.case.functions.pollCount().call()
        assert world.announce(world.terms()).address == created_by(factory, number + 1)
    refused = replace(world.terms(), challenge_seconds=0)
    with refusal("Poll_ChallengePeriodMissing"):
        announce(world, refused, number=4)
    assert world.announce(world.terms()).address == created_by(factory, 5), "an announcement that failed takes no number"
    assert announced.contract.address == created_by(factory, 1)


def test_comes_from_a_factory_that_serves_its_case_only(announced: OpenPoll, harness: Path) -> None:
    """A stranger's creation would shift the addresses of all later polls."""
    world = announced.world
    factory = world.chain.contract("PollFactory", created_by(world.case.address, 1))
    create = factory.functions.create(1, world.terms().encoded)
    with refusal("PollFactory_NotItsCase", world.chain.accounts[0]):
        world.chain.send(create)
    with refusal("PollFactory_NotItsCase"):
        world.chain.forward(create, harness)
    other = World(world.chain)
    with refusal("PollFactory_NotItsCase", world.chain.accounts[0]):
        world.chain.send(world.chain.contract("PollFactory", created_by(other.case.address, 1)).functions.create(0, b""))
    own = world.chain.deploy("PollFactory")
    with pytest.raises(Refused):
        world.chain.send(own.functions.create(1, world.terms().encoded))
    assert world.announce(world.terms()).address == created_by(factory.address, 2)


def test_leaves_no_way_to_change_the_terms() -> None:
    """The functions of a poll that are no views are its steps; those of a case its decisions, and what is left for later."""
    writing = {
        name: sorted(f["name"] for f in load(name)["abi"] if f["type"] == "function" and f["stateMutability"] not in {"view", "pure"})
        for name in ("Poll", "SealedPoll", "Case")
    }
    steps = ["attest", "cast", "castBatch", "excludeLeaf", "openSums"]
    sealed_decisions = ["abandonPoll", "announceSealedPoll", "appointTrustees"]
    successions = ["announceSuccession", "completeSuccession", "withdrawSuccession"]
    assert writing == {
        "Poll": steps,
        "SealedPoll": sorted([*steps, "abandon", "count", "publishShare", "reportBreach", "unseal"]),
        "Case": sorted(
            [*sealed_decisions, "admitPlan", "announcePoll", "checkpoint", "freezeRegister", "note", "submitPlan", *successions]
        ),
    }


def test_runs_two_polls_side_by_side(announced: OpenPoll) -> None:
    world = announced.world
    second = OpenPoll.announce(world, announced.register, world.terms())
    world.chain.warp(second.terms.opens_at)
    announced.cast_batch([announced.vote(i, FOR) for i in (0, 1)])
    second.cast_batch([second.vote(i, AGAINST) for i in (0, 1)])
    assert (announced.heads(0), second.heads(0)) == ([1, 0, 0], [0, 1, 0])


def test_keeps_a_poll_of_somebody_else_s_making_out_of_the_case(announced: OpenPoll) -> None:
    """Anyone may put the same code on chain; the case lists only what it announced."""
    world = announced.world
    terms = world.terms()
    copy = world.chain.deploy("Poll", world.case.address, 7, terms.encoded)
    assert copy.functions.caseContract().call() == world.case.address
    assert world.case.functions.pollCount().call() == 1
    with refusal("Poll_NotAnnounced", 7):
        world.chain.send(world.case.functions.poll(7))


def test_never_ends_a_challenge_period_beyond_the_end_of_time(world: World, register: Register) -> None:
    """Absurd, but signed by k officials: the sums can be opened all the same."""
    poll = OpenPoll.announce(world, register, replace(world.terms(), challenge_seconds=(1 << 64) - 1))
    world.chain.send(poll.calls.openSums(opening(register, {})), at=poll.terms.closes_at)
    assert poll.calls.challengeEndsAt().call() == (1 << 64) - 1


def test_refuses_a_call_through_a_contract(world: World, harness: Path) -> None:
    terms = world.terms()
    proofs = world.signed("PollAnnouncement", 1, terms.hash, True)
    with refusal("Case_CalledThroughContract"):
        world.chain.forward(world.case.functions.announcePoll(terms.values, *proofs), harness)


def test_says_which_poll_is_not_there(world: World) -> None:
    with refusal("Poll_NotAnnounced", 1):
        world.chain.send(world.case.functions.poll(1))
