"""With what a case of each release is created, as the recount reads it (protocol §8.1, §17)."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from verifier.tally.case import CREATION, CREATION_2, CREATION_3, Code, Release, releases

CASE_CODE, SEALED_CODE = b"\x60" * 77, b"\x61" * 99
OFFICIALS = [b"\x01" * 20, b"\x02" * 20]


def _code(code: bytes) -> Code:
    return Code(len(code), keccak(code), keccak(code), ())


def _created(number: int, kinds: str, values: list[Any]) -> Any:
    release = Release(number, {"Case": _code(CASE_CODE), "SealedPoll": _code(SEALED_CODE)})
    return release.created_with(CASE_CODE + encode([kinds], [values])[32:])


def _people(*more: Any) -> list[Any]:
    return [OFFICIALS, 2, b"\x03" * 20, *more]


def test_release_2_has_no_mark() -> None:
    assert _created(2, CREATION_2, _people()) == (OFFICIALS, 2, b"\x03" * 20, False, [])


def test_release_3_has_no_trustees() -> None:
    assert _created(3, CREATION_3, _people(True)) == (OFFICIALS, 2, b"\x03" * 20, True, [])


@pytest.mark.parametrize("trustees", [[], [b"\x04" * 20, b"\x05" * 20, b"\x06" * 84]])
def test_release_4_has_trustees_and_the_code_of_sealed_polls(trustees: list[bytes]) -> None:
    found = _created(4, CREATION, _people(False, trustees, keccak(SEALED_CODE)))
    assert found == (OFFICIALS, 2, b"\x03" * 20, False, trustees)


def test_another_code_of_sealed_polls_is_no_release() -> None:
    assert _created(4, CREATION, _people(False, [], keccak(b"another"))) is None


def test_every_release_from_the_fourth_on_knows_its_sealed_poll() -> None:
    assert {number for number, one in releases().items() if "SealedPoll" in one.contracts} == {4, 5}
