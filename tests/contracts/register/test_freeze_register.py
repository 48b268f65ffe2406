"""freezeRegister(): who may vote is fixed by k officials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import NO_RANGE_PROOFS, Register, class_names_hash, classes_hash, secret
from tests.contracts.chain import Chain, refusal
from tests.contracts.world import World

ROOT = keccak(b"a root")
NAMES, PROOFS = class_names_hash(["甲组"]), keccak(b"a file of range proofs")
Classes = list[tuple[int, int, int]]


def freeze(world: World, leaf_count: int, classes: Classes, /, keys: list[bytes] | None = None, **sent: Any) -> Any:
    """Sign for the next register and hand it in; `sent` replaces what is handed in after signing."""
    number = world.case.functions.registerCount().call()
    signed = world.signed("RegisterFreeze", number, ROOT, leaf_count, classes_hash(classes), NAMES, PROOFS, keys=keys)
    values: dict[str, Any] = {
        "root": ROOT,
        "leaf_count": leaf_count,
        "classes": classes,
        "names": NAMES,
        "proofs": PROOFS,
        "signed": signed,
    }
    values |= sent
    sender = values.pop("sender", None)
    *frozen, signed = values.values()
    return world.chain.send(world.case.functions.freezeRegister(*frozen, *signed), sender=sender)


@pytest.mark.parametrize("count", [0, (1 << 24) + 1, 1 << 255])
def test_refuses_no_leaves_and_more_than_2_to_the_24(world: World, count: int) -> None:
    with refusal("Register_LeafCountOutOfRange", count):
        freeze(world, count, [(count, 1, 1)])


def test_accepts_2_to_the_24_leaves(world: World) -> None:
    freeze(world, 1 << 24, [(1 << 24, 1, 1)])
    assert world.case.functions.register(1).call()[2] == 24


@pytest.mark.parametrize("count", [0, 17])
def test_refuses_no_classes_and_more_than_16(world: World, count: int) -> None:
    with refusal("Register_ClassCountOutOfRange", count):
        freeze(world, max(count, 1), [(1, 1, 1)] * count)
    freeze(world, 16, [(1, 1, 1)] * 16)


def test_refuses_an_empty_class(world: World) -> None:
    with refusal("Register_ClassEmpty", 1):
        freeze(world, 5, [(5, 1, 1), (0, 1, 1)])


def test_refuses_an_amount_of_2_to_the_63_and_accepts_one_fen_less(world: World) -> None:
    with refusal("Register_AmountOutOfRange", 1, 1 << 63):
        freeze(world, 5, [(3, 1, 1), (2, 1 << 63, 1)])
    freeze(world, 5, [(3, 1, 1), (2, (1 << 63) - 1, 1)])


@pytest.mark.parametrize("heads", [(3, 1), (3, 3), (6, 1)])
def test_refuses_heads_that_do_not_add_up(world: World, heads: tuple[int, ...]) -> None:
    with refusal("Register_HeadsDoNotAddUp"):
        freeze(world, 5, [(count, 1, 1) for count in heads])


def test_refuses_heads_that_add_up_by_overflow(world: World) -> None:
    with refusal("Register_HeadsDoNotAddUp", (1 << 256) - 1, 5):
        freeze(world, 5, [((1 << 256) - 1, 1, 1), (6, 1, 1)])


def test_refuses_fewer_than_k(world: World) -> None:
    with refusal("Officials_TooFewSigners", 1, 2):
        freeze(world, 5, [(5, 1, 1)], keys=world.official_keys[:1])


@pytest.mark.parametrize(
    "sent",
    [
        {"root": bytes(32)},
        {"classes": [(5, 2, 1)]},
        {"classes": [(5, 1, 2)]},
        {"classes": [(6, 1, 1)], "leaf_count": 6},
        {"names": class_names_hash(["乙组"])},
        {"proofs": NO_RANGE_PROOFS},
        {"names": PROOFS, "proofs": NAMES},
    ],
    ids=["root", "amount", "blind", "count", "names", "range proofs", "names and proofs exchanged"],
)
def test_refuses_a_freeze_that_was_signed_for_another_content(world: World, sent: dict[str, Any]) -> None:
    with refusal("Officials_SignatureWrong"):
        freeze(world, 5, [(5, 1, 1)], **sent)


def test_refuses_the_signatures_of_an_earlier_freeze(world: World) -> None:
    classes = [(5, 1, 1)]
    first = world.signed("RegisterFreeze", 1, ROOT, 5, classes_hash(classes), NAMES, PROOFS)
    freeze(world, 5, classes, signed=first)
    with refusal("Officials_SignatureWrong"):
        freeze(world, 5, classes, signed=first)
    assert world.case.functions.registerCount().call() == 2


def test_keeps_and_emits_the_register(world: World) -> None:
    classes = [(2, 100, secret_number("a")), (3, 250, secret_number("b"))]
    receipt = freeze(world, 5, classes)
    assert world.case.functions.register(1).call() == [ROOT, 5, 8, classes]
    (event,) = world.case.events.RegisterFrozen().process_receipt(receipt)
    given = event["args"]
    assert (given["registerNumber"], given["root"], given["leafCount"]) == (1, ROOT, 5)
    assert [tuple(row.values()) for row in given["classes"]] == classes
    assert (given["classNamesHash"], given["rangeProofsHash"]) == (NAMES, PROOFS)


def secret_number(word: str) -> int:
    return int.from_bytes(secret(word), "big")


def test_numbers_registers_from_0(world: World, register: Register) -> None:
    case = world.case.functions
    assert case.registerCount().call() == 1
    assert case.register(0).call()[:2] == [register.root, 300]
    freeze(world, 1, [(1, 1, 1)])
    assert case.registerCount().call() == 2


@pytest.mark.parametrize(("count", "depth"), [(1, 8), (256, 8), (257, 9), (512, 9), (513, 10), (1_000_000, 20)])
def test_gives_the_depth_of_the_tree(world: World, count: int, depth: int) -> None:
    freeze(world, count, [(count, 1, 1)])
    assert world.case.functions.register(1).call()[2] == depth


def test_may_be_sent_by_anyone(world: World, chain: Chain) -> None:
    freeze(world, 5, [(5, 1, 1)], sender=chain.accounts[6])
    assert world.case.functions.registerCount().call() == 2


def test_refuses_a_call_through_a_contract(world: World, register: Register, harness: Path) -> None:
    (root, count), hashes = (register.root, len(register.lenders)), (register.class_names_hash, NO_RANGE_PROOFS)
    signed = world.signed("RegisterFreeze", 1, root, count, register.classes_hash, *hashes)
    with refusal("Case_CalledThroughContract"):
        world.chain.forward(world.case.functions.freezeRegister(root, count, register.classes, *hashes, *signed), harness)


def test_says_which_register_is_not_there(world: World) -> None:
    with refusal("Register_NotFrozen", 1):
        world.chain.send(world.case.functions.register(1))
