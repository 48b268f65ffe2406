"""The trustee's tool gives what the vectors say: seals, boxes of the ceremony, files, words, all subsets (protocol §21.1, §22)."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from verifier.shares.curve import ORDER, Point
from verifier.shares.hashes import canonical_json, hex_of, keccak, word
from verifier.shares.polynomials import secret_of
from verifier.trustee import key_files, opening
from verifier.trustee.complaints import Complaint
from verifier.trustee.confirming import Transcript, confirmation, own_share
from verifier.trustee.dealing import Dealing, dealt, pad_of
from verifier.trustee.key_errors import SealHoldsAnother, SealIsAnother, SecretWrong, ShareDoesNotFit, ShareWrong, TooFewShares
from verifier.trustee.papers import Paper
from verifier.trustee.roll import Ceremony, Entry, OwnKeys, Roll
from verifier.trustee.seals import Seal
from verifier.trustee.words import are_those, word_numbers

VECTORS = Path(__file__).parents[2] / "vectors"
CEREMONIES: Any = json.loads((VECTORS / "ceremony.json").read_text("utf-8"))
SEALS: Any = json.loads((VECTORS / "seals.json").read_text("utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def number(text: str) -> int:
    return int(text, 16)


def owns_of(vector: Any) -> list[OwnKeys]:
    return [OwnKeys(seat, raw(seed), raw(vector["ceremony"])) for seat, seed in enumerate(vector["seeds"])]


def roll_of(vector: Any) -> Roll:
    roll = json.loads(vector["roll"]) | {"signatures": [join["signature"] for join in vector["joins"]]}
    return Roll.read(Paper("roll", roll), Ceremony.read(Paper("ceremony", vector)))


def seal_of(case: Any) -> Seal:
    numbers = case["index"], case["sequence"], number(case["seal"]), number(case["sealed_choice"])
    return Seal(raw(case["separator"]), *numbers)


@pytest.mark.parametrize("vector", CEREMONIES["ceremonies"], ids=lambda vector: vector["name"])
class TestCeremony:
    def test_joins_and_roll(self, vector: Any) -> None:
        roll = roll_of(vector)
        assert canonical_json(roll.hashed()).decode() == vector["roll"]
        assert hex_of(roll.hash) == vector["roll_hash"]
        roll.check_identities([raw(one) for one in vector["identities"]])
        for own, join in zip(owns_of(vector), vector["joins"], strict=True):
            entry = own.entry()
            assert entry == Entry.read(Paper("join", join))
            assert hex_of(entry.digest(roll.ceremony)) == join["digest"]
            roll.check_own(own)

    def test_dealings(self, vector: Any) -> None:
        roll = roll_of(vector)
        for own, written, coefficients in zip(owns_of(vector), vector["dealings"], vector["coefficients"], strict=True):
            assert [word(one) for one in own.coefficients(roll.hash, vector["threshold"])] == [raw(one) for one in coefficients]
            assert dealt(own, roll).paper() == written

    def test_transcript_words_and_key(self, vector: Any) -> None:
        roll = roll_of(vector)
        transcript = Transcript.read(Paper("seal.json", json.loads(vector["transcript"])), roll)
        transcript.check()
        assert canonical_json(transcript.paper()).decode() == vector["transcript"]
        assert hex_of(transcript.hash) == vector["transcript_hash"]
        assert transcript.words == vector["words"]
        assert word_numbers(transcript.hash) == vector["word_numbers"]
        assert are_those(", ".join(vector["words"]).upper(), transcript.hash)
        assert are_those(" ".join(str(one) for one in vector["word_numbers"]), transcript.hash)
        assert not are_those(" ".join(vector["words"][:11]), transcript.hash)
        assert hex_of(transcript.seal_key.struct_hash) == vector["seal_key_hash"]
        assert hex_of(transcript.digest) == vector["digest"]
        for own, share, signed in zip(owns_of(vector), vector["shares"], vector["confirmations"], strict=True):
            found = own_share(own, transcript)
            assert found == number(share)
            assert hex_of(confirmation(found, transcript)) == signed["share"]

    def test_every_subset(self, vector: Any) -> None:
        key, keys = Point.of(number(vector["secret"])), [raw(one) for one in vector["share_keys"]]
        shares = {seat: number(share) for seat, share in enumerate(vector["shares"])}
        for subset in vector["subsets"]:
            chosen = {seat: shares[seat] for seat in subset["seats"]}
            assert secret_of(chosen) == number(subset["result"])
        for size in range(vector["seats"] + 1):
            for seats in combinations(shares, size):
                chosen = {seat: shares[seat] for seat in seats}
                if size >= vector["threshold"]:
                    assert opening.secret(chosen, vector["threshold"], key, keys) == number(vector["secret"])
                else:
                    with pytest.raises(TooFewShares):
                        opening.secret(chosen, vector["threshold"], key, keys)
                    if chosen:
                        with pytest.raises(SecretWrong):
                            opening.secret(chosen, len(chosen), key, keys)

    def test_wrong_shares(self, vector: Any) -> None:
        key, keys = Point.of(number(vector["secret"])), [raw(one) for one in vector["share_keys"]]
        right = {seat: number(share) for seat, share in enumerate(vector["shares"])}
        for wrong in (right[1], right[0] + ORDER, 0, right[0] + 1):
            with pytest.raises(ShareWrong):
                opening.secret(right | {0: wrong}, vector["threshold"], key, keys)
        with pytest.raises(ShareWrong):
            opening.check_share(vector["seats"], right[0], keys)


def test_two_rolls_of_one_ceremony() -> None:
    two = CEREMONIES["two_rolls"]
    own = OwnKeys(two["seat"], raw(two["seed"]), raw(CEREMONIES["ceremonies"][0]["ceremony"]))
    for roll in two["rolls"]:
        assert keccak(roll["roll"].encode()) == raw(roll["roll_hash"])
        assert own.coefficients(raw(roll["roll_hash"]), 2) == [number(one) for one in roll["coefficients"]]


def test_complaint() -> None:
    vector, written = CEREMONIES["ceremonies"][0], CEREMONIES["complaint"]
    roll = roll_of(vector)
    dealings = [Dealing.read(Paper("dealing", one), seat, roll) for seat, one in enumerate(vector["dealings"])]
    dealings[1] = Dealing.read(Paper("dealing", written["dealing"]), 1, roll)
    transcript = Transcript(roll, tuple(dealings))
    own = owns_of(vector)[2]
    with pytest.raises(ShareDoesNotFit) as refused:
        own_share(own, transcript)
    assert refused.value.facts == {"dealer": 1}
    complaint = Complaint.by(own, roll, 1)
    assert complaint.paper() == written["complaint"]
    complaint.check(transcript)
    pad = pad_of(roll.hash, 1, 2, complaint.transport, roll.entries[1].transport)
    assert dealings[1].share_for(2, pad) == number(written["share"])


@pytest.mark.parametrize("name", ["new_key", "dealt_key", "opening"])
def test_files(name: str) -> None:
    written = CEREMONIES["files"][name]
    first = CEREMONIES["ceremonies"][0]
    kind = key_files.OPENING if name == "opening" else key_files.KEY
    held = key_files.opened(Paper(name, written), kind, CEREMONIES["files"]["password_typed"])
    assert held.secret == raw(first["shares"][0] if name == "opening" else first["seeds"][0])
    again = key_files.sealed(held, CEREMONIES["files"]["password"], raw(written["salt"]), raw(written["nonce"]))
    assert again == written


@pytest.mark.parametrize("kind", ["good", "malformed"])
def test_seals(kind: str) -> None:
    for case in SEALS[kind]:
        assert seal_of(case).opened(number(case["secret"]), case["motions"]) == number(case["opens_to"]), case["name"]


def test_seals_on_a_second_device() -> None:
    for case in SEALS["good"][::7]:
        key, k, plain = Point.of(number(case["secret"])), number(case["k"]), number(case["plain"])
        seal_of(case).check(k, plain, key)
        with pytest.raises(SealHoldsAnother):
            seal_of(case).check(k, plain ^ 3, key)
        with pytest.raises(SealHoldsAnother):
            seal_of(case).check(k, plain, Point.of(12345))
        for wrong in (k + 1, 0, k + ORDER):
            with pytest.raises(SealIsAnother):
                seal_of(case).check(wrong, plain, key)
