"""What officials signed counts in whatever layout somebody sends it, since the contract takes it so."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode

from verifier.issuer.roots import calls
from verifier.issuer.roots.calls import CallNotReadable, read_announcement, read_freeze, selector

PARAMETERS = (1, 2, [(0, 0, 0, 2, 3, True)], 100, 200, 300, ["0x" + "11" * 20], "0x" + "22" * 20)
SIGNED = [b"a" * 20, b"b" * 84], [b"c" * 65, b"d" * 65]
ANNOUNCE = selector("announcePoll", calls._ANNOUNCE) + encode(calls._ANNOUNCE, [PARAMETERS, *SIGNED])
FREEZE = selector("freezeRegister", calls._FREEZE[2]) + encode(
    calls._FREEZE[2], [b"\x01" * 32, 3, [(3, 500, 7)], b"\x02" * 32, bytes(32), *SIGNED]
)


def test_announcement_says_what_was_signed() -> None:
    found = read_announcement(ANNOUNCE)
    assert (found.register_number, found.closes_at, found.verifiers, found.receipt_signer) == (
        1,
        200,
        ("0x" + "11" * 20,),
        "0x" + "22" * 20,
    )
    assert found.signed == calls.Signatures(tuple(SIGNED[0]), tuple(SIGNED[1]))


@pytest.mark.parametrize("change", [lambda one: one[:-1] + b"\x01", lambda one: one + b"behind"], ids=["filling", "behind the end"])
def test_another_filling_is_the_same_call(change: object) -> None:
    assert read_announcement(change(ANNOUNCE)) == read_announcement(ANNOUNCE)  # type: ignore[operator]
    assert read_freeze(change(FREEZE)) == read_freeze(FREEZE)  # type: ignore[operator]


def test_parts_that_point_backwards_are_the_same_call() -> None:
    """Solidity takes offsets inside of arguments as signed numbers: the list of signers stands before the parameters here."""
    heads, body = ANNOUNCE[4 : 4 + 96], ANNOUNCE[4 + 96 :]
    signers_at = int.from_bytes(heads[32:64], "big") - 96
    length = int.from_bytes(heads[64:96], "big") - 96 - signers_at
    signers = body[signers_at : signers_at + length]
    rest = body[:signers_at] + body[signers_at + length :]
    moved = [96 + length, 96, 96 + length + int.from_bytes(heads[64:96], "big") - 96 - length]
    other = ANNOUNCE[:4] + b"".join(one.to_bytes(32, "big") for one in moved) + signers + rest
    assert other != ANNOUNCE
    assert read_announcement(other) == read_announcement(ANNOUNCE)


@pytest.mark.parametrize("cut", [0, 4, 36, 100, 200])
def test_half_a_call_is_none(cut: int) -> None:
    with pytest.raises(CallNotReadable):
        read_announcement(ANNOUNCE[:cut])


def test_a_list_of_parts_over_each_other_fills_no_memory() -> None:
    many = (96).to_bytes(32, "big") * 3 + (10**6).to_bytes(32, "big") + bytes(32 * 10**6)
    with pytest.raises(CallNotReadable):
        read_announcement(ANNOUNCE[:4] + many)
