"""One thing of an honest ceremony is spoiled, and the step that must notice it says so by name."""

from __future__ import annotations

import inspect
import string
from dataclasses import replace
from typing import Any

import pytest
from Crypto.PublicKey import ECC

from tests.vectors import passkeys
from tests.verifier.trustee.seats import Seats, signed
from verifier.shares.curve import ORDER, NotAPoint, Point
from verifier.shares.hashes import keccak, word
from verifier.shares.polynomials import point_at
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee import errors, key_errors
from verifier.trustee.complaints import Complaint
from verifier.trustee.confirming import Transcript, own_share
from verifier.trustee.dealing import Dealing, dealt, pad_of
from verifier.trustee.escrow import errors as escrow_errors
from verifier.trustee.papers import Paper
from verifier.trustee.refusal import Refused
from verifier.trustee.roll import Ceremony, OwnKeys, Roll, appointed_from

SEATS = Seats.made(2, 3, "refusals")


def with_dealing(seat: int, spoiled: Dealing) -> Transcript:
    made = SEATS.transcript()
    return replace(made, dealings=(*made.dealings[:seat], spoiled, *made.dealings[seat + 1 :]))


def resigned(seat: int, dealing: Dealing) -> Dealing:
    """By a dealer who spoils it and signs all the same."""
    roll_hash = SEATS.roll().hash
    points = b"".join(point.compressed for point in dealing.commitments)
    joined = keccak(b"LenderVote/1/dealing" + roll_hash + word(seat) + points + b"".join(dealing.words))
    return replace(dealing, signature=signed(SEATS.owns[seat].sign, joined))


def misfit(dealer: int, receiver: int) -> Dealing:
    good = SEATS.transcript().dealings[dealer]
    words = list(good.words)
    words[receiver] = words[receiver][:-1] + bytes([words[receiver][-1] ^ 1])
    return resigned(dealer, replace(good, words=tuple(words)))


def test_an_honest_ceremony_is_confirmed_by_all() -> None:
    transcript = SEATS.transcript()
    transcript.roll.check_identities(SEATS.appointed)
    shares = [own_share(own, transcript) for own in SEATS.owns]
    assert len({*shares}) == 3


# --- roll ----------------------------------------------------------------------------------------------------------------------------


def test_an_identity_that_is_not_appointed() -> None:
    strangers = Seats.made(2, 3, "refusals")
    strangers.identities[1] = SigningKey(keccak(b"a stranger"))
    with pytest.raises(errors.SeatNotAppointed) as refused:
        strangers.roll().check_identities(SEATS.appointed)
    assert refused.value.facts == {"seat": 1}


def test_a_signature_of_another_ceremony() -> None:
    other = Seats.made(2, 3, "refusals", random=b"\x01" * 32)
    moved = replace(other.roll(), signatures=SEATS.roll().signatures)
    with pytest.raises(errors.SeatNotAppointed):
        moved.check_identities(SEATS.appointed)


def test_appointed_seats_of_another_case() -> None:
    changes: list[dict[str, Any]] = [{"chain_id": 1}, {"case": "0x" + "77" * 20}, {"trustees": []}]
    for changed in changes:
        with pytest.raises(errors.AppointedOfAnotherCase):
            appointed_from(Paper("appointed", SEATS.appointed_paper() | changed), SEATS.ceremony)


def test_keys_changed_after_joining() -> None:
    other = OwnKeys(1, keccak(b"another seed"), SEATS.ceremony.id)
    with pytest.raises(errors.OwnEntryChanged):
        SEATS.roll(seat_1=other).check_own(SEATS.owns[1])


def test_one_key_at_two_seats() -> None:
    with pytest.raises(errors.KeyTwice):
        SEATS.roll(seat_1=replace(SEATS.owns[0], seat=1))


def test_seats_that_have_not_joined() -> None:
    made = SEATS.roll()
    with pytest.raises(errors.RollIncomplete) as refused:
        Roll.closed(SEATS.ceremony, {1: (made.entries[1], made.signatures[1])})
    assert refused.value.facts == {"seats": [0, 2]}


def test_the_roll_of_another_ceremony() -> None:
    other = Seats.made(2, 3, "other")
    with pytest.raises(errors.RollOfAnotherCeremony):
        Roll.read(Paper("roll", other.roll().paper()), SEATS.ceremony)


def test_an_id_that_does_not_follow() -> None:
    paper = SEATS.ceremony.paper()
    for changed in ({"threshold": 3}, {"number": 1}, {"random": "0x" + "00" * 32}, {"case": "0x" + "00" * 20}):
        with pytest.raises(errors.CeremonyIdWrong):
            Ceremony.read(Paper("ceremony", paper | changed))


@pytest.mark.parametrize(("threshold", "seats"), [(1, 3), (4, 3), (2, 33), (0, 0)])
def test_a_threshold_out_of_range(threshold: int, seats: int) -> None:
    with pytest.raises(errors.ThresholdOutOfRange):
        Ceremony.begun(bytes(20), 1, 0, seats, threshold)


def test_a_seat_that_is_not_there() -> None:
    with pytest.raises(errors.SeatUnknown):
        SEATS.ceremony.check_seat(3)


# --- dealings ------------------------------------------------------------------------------------------------------------------------


def test_a_missing_dealing() -> None:
    papers = {0: Paper("d", SEATS.transcript().dealings[0].paper())}
    with pytest.raises(key_errors.DealingMissing) as refused:
        Transcript.of(SEATS.roll(), papers)
    assert refused.value.facts == {"seats": [1, 2]}


@pytest.mark.parametrize("part", ["commitments", "shares"])
@pytest.mark.parametrize("change", ["short", "long", "garbage", "upper case", "none"])
def test_a_malformed_dealing(part: str, change: str) -> None:
    paper: dict[str, Any] = SEATS.transcript().dealings[1].paper()
    spoiled = {
        "short": paper[part][:-1],
        "long": [*paper[part], paper[part][0]],
        "garbage": ["0x" + "05" + paper[part][0][4:-2], *paper[part][1:]],
        "upper case": ["0X" + paper[part][0][2:].upper(), *paper[part][1:]],
        "none": None,
    }[change]
    with pytest.raises(key_errors.DealingMalformed):
        Dealing.read(Paper("d", paper | {part: spoiled}), 1, SEATS.roll())


def test_a_forged_dealing() -> None:
    other = dealt(replace(SEATS.owns[1], seed=keccak(b"forger")), SEATS.roll())
    with pytest.raises(key_errors.DealingNotSigned) as refused:
        own_share(SEATS.owns[0], with_dealing(1, other))
    assert refused.value.facts == {"seat": 1}


def test_swapped_dealings() -> None:
    made = SEATS.transcript()
    swapped = replace(made, dealings=(made.dealings[0], made.dealings[2], made.dealings[1]))
    with pytest.raises(key_errors.DealingNotSigned):
        own_share(SEATS.owns[0], swapped)


def test_a_dealing_made_for_other_transport_keys() -> None:
    """The service shows seat 1 another roll, with a transport key of its own for seat 2."""
    false = OwnKeys(2, keccak(b"the service"), SEATS.ceremony.id)
    shown = dealt(SEATS.owns[1], SEATS.roll(seat_2=false))
    with pytest.raises(key_errors.DealingNotSigned):
        own_share(SEATS.owns[0], with_dealing(1, shown))


def test_the_own_dealing_replaced() -> None:
    other = SEATS.transcript().dealings[0]
    spoiled = resigned(0, replace(other, words=(other.words[0], other.words[2], other.words[1])))
    with pytest.raises(key_errors.OwnDealingChanged):
        own_share(SEATS.owns[0], with_dealing(0, spoiled))


def test_a_rogue_last_commitment() -> None:
    """The last to deal sets its constant so that X is a key of its choice; it cannot sign with the constant."""
    made = SEATS.transcript()
    chosen = Point.of(4711)
    others = [Point.read(bytes([5 - one.compressed[0]]) + one.compressed[1:]) for one in (d.commitments[0] for d in made.dealings[:2])]
    constant = Point.total([chosen, *others])
    rogue = resigned(2, replace(made.dealings[2], commitments=(constant, made.dealings[2].commitments[1])))
    transcript = with_dealing(2, rogue)
    assert transcript.key == chosen
    with pytest.raises(key_errors.PossessionNotProved) as refused:
        own_share(SEATS.owns[0], transcript)
    assert refused.value.facts == {"seat": 2}


def test_a_share_that_does_not_fit_and_its_proof() -> None:
    transcript = with_dealing(1, misfit(1, 2))
    own_share(SEATS.owns[0], transcript)
    with pytest.raises(key_errors.ShareDoesNotFit) as refused:
        own_share(SEATS.owns[2], transcript)
    assert refused.value.facts == {"dealer": 1}
    complaint = Complaint.by(SEATS.owns[2], transcript.roll, 1)
    complaint.check(transcript)
    with pytest.raises(key_errors.ComplaintUnfounded):
        replace(complaint, dealer=0).check(transcript)
    for spoiled in (
        replace(complaint, transport=complaint.transport + 1),
        replace(complaint, transport=0),
        replace(complaint, transport=complaint.transport + ORDER),
        replace(complaint, receiver=0),
        replace(complaint, receiver=7),
        replace(complaint, ceremony=bytes(32)),
        replace(complaint, roll_hash=bytes(32)),
    ):
        with pytest.raises(key_errors.ComplaintIsAnother):
            spoiled.check(transcript)


def test_a_share_above_the_order_does_not_fit() -> None:
    made, receiver = SEATS.transcript(), SEATS.owns[2]
    pad = pad_of(made.roll.hash, 1, 2, receiver.transport, made.roll.entries[1].transport)
    share = made.dealings[1].share_for(2, pad) + ORDER
    if share >= 2**256:
        share = ORDER  # zero once more
    words = list(made.dealings[1].words)
    words[2] = bytes(a ^ b for a, b in zip(word(share), pad, strict=True))
    with pytest.raises(key_errors.ShareDoesNotFit):
        own_share(receiver, with_dealing(1, resigned(1, replace(made.dealings[1], words=tuple(words)))))


def test_a_share_of_zero_fits_where_the_commitments_say_so() -> None:
    """A polynomial with a root at a seat: infinity is what zero commits to."""
    secret = 99
    commitments = Point.of(secret), Point.of(-secret * pow(2, -1, ORDER) % ORDER)
    with pytest.raises(NotAPoint):
        point_at(commitments, 2)
    dealing = replace(SEATS.transcript().dealings[0], commitments=commitments)
    assert dealing.fits(1, 0)
    assert not dealing.fits(1, 1)
    assert not dealing.fits(0, 0)


def test_a_key_that_is_nothing() -> None:
    """Two seats who conspire can make the sum infinity, each knowing its own constant."""
    made = SEATS.transcript()
    total = sum(own.coefficients(made.roll.hash, 2)[0] for own in SEATS.owns[:2])
    constant = (ORDER - total) % ORDER
    possession = keccak(b"LenderVote/1/possession" + made.roll.hash + word(2) + Point.of(constant).compressed)
    rogue = replace(
        made.dealings[2], commitments=(Point.of(constant), made.dealings[2].commitments[1]), possession=signed(constant, possession)
    )
    with pytest.raises(key_errors.KeyIsNothing):
        own_share(SEATS.owns[0], with_dealing(2, resigned(2, rogue)))
    top = sum(own.coefficients(made.roll.hash, 2)[1] for own in SEATS.owns[:2])
    flat = replace(made.dealings[2], commitments=(made.dealings[2].commitments[0], Point.of(ORDER - top % ORDER)))
    with pytest.raises((key_errors.KeyIsNothing, key_errors.ShareKeysAlike)):
        own_share(SEATS.owns[0], with_dealing(2, resigned(2, flat)))


# --- every refusal has its sentences ---------------------------------------------------------------------------------------------------


ALL = [
    kind
    for module in (errors, key_errors, escrow_errors)
    for kind in vars(module).values()
    if inspect.isclass(kind) and issubclass(kind, Refused) and kind is not Refused
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_refusal_says_in_both_languages_what_to_do(kind: type[Refused]) -> None:
    places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (kind.zh, kind.en)]
    assert places[0] == places[1]
    refusal = kind(**dict.fromkeys(places[0], "\x1b[31m" + "x" * 500))
    for language in ("zh", "en"):
        sentence = refusal.sentence(language)
        assert "\x1b" not in sentence
        assert len(sentence) < 900
    assert kind.zh.endswith("。")
    assert "；" in kind.zh or "：" in kind.zh or "，" in kind.zh
    assert kind.en.endswith(".")
    assert ";" in kind.en or ":" in kind.en or "," in kind.en


def test_a_seat_whose_identity_is_a_passkey() -> None:
    key = ECC.construct(curve="P-256", d=4711)
    signer = bytes(20) + b"".join(int(one).to_bytes(32, "big") for one in (key.pointQ.x, key.pointQ.y))
    roll, appointed = SEATS.roll(), [SEATS.appointed[0], signer, SEATS.appointed[2]]
    with pytest.raises(errors.SeatNotAppointed):
        roll.check_identities(appointed)
    for wrong in (False, True):
        authenticator, client_data, der = passkeys.assertion(key, bytes(32) if wrong else roll.entries[1].digest(SEATS.ceremony))
        length = der[3]
        numbers = int.from_bytes(der[4 : 4 + length], "big"), int.from_bytes(der[6 + length :], "big")
        signed_roll = replace(
            roll, signatures=(roll.signatures[0], passkeys.encoded(authenticator, client_data, *numbers), roll.signatures[2])
        )
        if wrong:
            with pytest.raises(errors.SeatNotAppointed):
                signed_roll.check_identities(appointed)
        else:
            signed_roll.check_identities(appointed)
            assert Roll.read(Paper("roll", signed_roll.paper()), SEATS.ceremony) == signed_roll
