"""submitPlan() and admitPlan(): the institution proposes, the officials admit."""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import secret, sign, signer_of
from tests.contracts.chain import refusal
from tests.contracts.world import PLAN_HASH, World

OTHER_HASH = keccak(b"another plan")


def submit(world: World, key: bytes, number: int, signed_hash: bytes, sent_hash: bytes) -> object:
    signature = sign(key, world.domain.digest("PlanSubmission", number, signed_hash))
    return world.chain.send(world.case.functions.submitPlan(sent_hash, signature))


def test_keeps_and_emits_the_plan(world: World) -> None:
    receipt = submit(world, world.institution_key, 1, OTHER_HASH, OTHER_HASH)
    submitter = signer_of(world.institution_key)
    assert world.case.functions.plan(1).call() == [OTHER_HASH, submitter, False]
    assert world.case.functions.planCount().call() == 2
    (event,) = world.case.events.PlanSubmitted().process_receipt(receipt)
    assert event["args"] == {"planNumber": 1, "planHash": OTHER_HASH, "submitter": submitter}


def test_refuses_an_empty_hash(world: World) -> None:
    with refusal("Plan_HashEmpty"):
        submit(world, world.institution_key, 1, bytes(32), bytes(32))


@pytest.mark.parametrize("key", [secret("official", 0), secret("stranger")], ids=["official", "stranger"])
def test_refuses_anybody_but_the_institution(world: World, key: bytes) -> None:
    with refusal("Plan_NotSignedByInstitution"):
        submit(world, key, 1, OTHER_HASH, OTHER_HASH)


def test_refuses_rubbish_of_an_institution_that_delegates_to_code(world: World, harness: Path) -> None:
    wallet = world.chain.deploy("YesSayer", folder=harness).address
    world.chain.set_code("0x" + signer_of(world.institution_key).hex(), "0xef0100" + wallet[2:])
    for rubbish in (b"", b"rubbish", bytes(65)):
        with refusal("Plan_NotSignedByInstitution"):
            world.chain.send(world.case.functions.submitPlan(OTHER_HASH, rubbish))
    submit(world, world.institution_key, 1, OTHER_HASH, OTHER_HASH)
    assert world.case.functions.planCount().call() == 2


def test_refuses_a_signature_over_another_plan(world: World) -> None:
    with refusal("Plan_NotSignedByInstitution"):
        submit(world, world.institution_key, 1, PLAN_HASH, OTHER_HASH)


def test_refuses_the_signature_of_an_earlier_submission(world: World) -> None:
    with refusal("Plan_NotSignedByInstitution"):
        submit(world, world.institution_key, 0, PLAN_HASH, PLAN_HASH)


def test_refuses_a_submission_through_a_contract(world: World, harness: Path) -> None:
    signature = sign(world.institution_key, world.domain.digest("PlanSubmission", 1, OTHER_HASH))
    with refusal("Case_CalledThroughContract"):
        world.chain.forward(world.case.functions.submitPlan(OTHER_HASH, signature), harness)


def test_refuses_an_admission_through_a_contract(world: World, harness: Path) -> None:
    world.submit(OTHER_HASH)
    with refusal("Case_CalledThroughContract"):
        world.chain.forward(world.case.functions.admitPlan(1, *world.signed("PlanAdmission", 1, OTHER_HASH)), harness)


def test_marks_and_emits_the_admission(world: World) -> None:
    world.submit(OTHER_HASH)
    lists = world.signed("PlanAdmission", 1, OTHER_HASH)
    receipt = world.chain.send(world.case.functions.admitPlan(1, *lists))
    assert world.case.functions.plan(1).call()[2] is True
    (event,) = world.case.events.PlanAdmitted().process_receipt(receipt)
    assert event["args"] == {"planNumber": 1, "planHash": OTHER_HASH}


def test_refuses_fewer_than_k(world: World) -> None:
    world.submit(OTHER_HASH)
    lists = world.signed("PlanAdmission", 1, OTHER_HASH, keys=world.official_keys[:1])
    with refusal("Officials_TooFewSigners", 1, 2):
        world.chain.send(world.case.functions.admitPlan(1, *lists))


def test_refuses_a_plan_that_was_not_submitted(world: World) -> None:
    with refusal("Plan_NotSubmitted", 1):
        world.admit(1)
    with refusal("Plan_NotSubmitted", 1):
        world.chain.send(world.case.functions.plan(1))


def test_refuses_a_second_admission(world: World) -> None:
    with refusal("Plan_AlreadyAdmitted", 0):
        world.admit(0)


def test_refuses_signatures_for_another_plan(world: World) -> None:
    world.submit(OTHER_HASH)
    for number, plan_hash in ((0, PLAN_HASH), (1, PLAN_HASH), (0, OTHER_HASH)):
        lists = world.signed("PlanAdmission", number, plan_hash)
        with refusal("Officials_SignatureWrong"):
            world.chain.send(world.case.functions.admitPlan(1, *lists))
