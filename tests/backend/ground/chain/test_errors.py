"""Every error of the contracts is said to a person in both languages, and revert data is read or said to be unknown."""

from __future__ import annotations

import string

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from backend.ground.chain import artifacts, former
from backend.ground.chain.artifacts import decode_revert
from backend.ground.chain.errors import ContractsNotBuilt, TransactionReverted
from backend.ground.chain.sentences import SENTENCES
from backend.ground.chain.signature import Signature

OF_TODAY: dict[str, Signature] = {
    signature.name: signature for name in ("ICase", "IPoll", "ISealedPoll") for signature in artifacts.load(name).errors.values()
}
OF_PROTOCOL_1: dict[str, Signature] = {signature.name: signature for signature in former.ERRORS.values()}
ERRORS = OF_TODAY | OF_PROTOCOL_1
SAMPLES = {"address": "0x" + "ab" * 20, "bytes": b"\x01" * 64, "bytes32": b"\x01" * 32, "bool": True}


def sample(kind: str) -> object:
    return SAMPLES.get(kind, 1)


def test_there_is_a_sentence_for_each_error_and_none_for_another() -> None:
    assert len(OF_TODAY) > 50
    assert set(OF_TODAY) & set(OF_PROTOCOL_1) == set()
    assert set(SENTENCES) - set(ERRORS) == {"OutOfGas", "Panic"}
    assert set(ERRORS) - set(SENTENCES) == set()


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_is_read_and_said(name: str) -> None:
    signature = ERRORS[name]
    kinds = [kind for _, kind in signature.inputs]
    error = decode_revert(signature.hash[:4] + encode(kinds, [sample(kind) for kind in kinds]))
    assert (error.rule, set(error.facts)) == (name, {field for field, _ in signature.inputs})
    chinese, english = error.say("zh"), error.say("en")
    assert "{" not in chinese + english
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert all(ord(letter) < 0x3000 for letter in english)
    for language in (0, 1):
        used = {field for _, field, _, _ in string.Formatter().parse(SENTENCES[name][language]) if field}
        assert used <= {field for field, _ in signature.inputs}


def test_times_and_amounts_are_said_as_people_read_them() -> None:
    closed = TransactionReverted("Poll_Closed", {"closesAt": 1790604800, "blockTime": 1790604801})
    assert "2026年9月28日（星期一）22:13（北京时间）" in closed.say("zh")
    more = TransactionReverted("Poll_MoreThanAdmitted", {"votingClass": 1, "fen": 123450, "admittedFen": 100000})
    assert "CNY 1,234.50" in more.say("en")
    wrong = TransactionReverted("Poll_OpeningWrong", {"votingClass": 0, "choice": 2})
    assert "不同意" in wrong.say("zh")


@given(st.binary(max_size=200))
def test_any_revert_data_is_answered_with_a_sentence(data: bytes) -> None:
    error = decode_revert(data)
    assert error.say("zh")
    assert error.say("en")


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_revert_data_cut_short_is_unknown_not_a_crash(name: str) -> None:
    signature = ERRORS[name]
    if signature.inputs:
        assert decode_revert(signature.hash[:4] + b"\xff" * 7).rule == "Unknown"


def test_what_solidity_itself_says() -> None:
    panic = decode_revert(bytes.fromhex("4e487b71") + encode(["uint256"], [0x11]))
    assert (panic.rule, panic.facts) == ("Panic", {"panicCode": 0x11})
    assert "17" in panic.say("en")
    said = decode_revert(bytes.fromhex("08c379a0") + encode(["string"], ["no"]))
    assert (said.rule, said.facts) == ("Unknown", {"said": "no"})


def test_contracts_that_were_not_built_say_what_to_run() -> None:
    with pytest.raises(ContractsNotBuilt, match="make setup"):
        artifacts.load("NoSuchContract")
