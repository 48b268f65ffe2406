"""Lies about trustees, the ceremony and the announced key."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from scripts.build.contracts import load
from scripts.rig.passkey import Passkey
from scripts.tampers.forge.abi import word
from scripts.tampers.forge.escrow import escrow_of
from scripts.tampers.forge.sealed import ForgedSealedVote
from scripts.tampers.forge.sealed_ballots import PASSKEY_VERIFIER
from scripts.tampers.forge.sealed_state import values_of
from scripts.tampers.forge.state import proved
from scripts.tampers.forge.vote import START
from scripts.tampers.lies.kinds import bytes_of_file, data_of, file_gone, in_file, logs, removed, then
from scripts.tampers.lies.sealed_kinds import SealedChange, appointed_later, lie, nothing, transcript
from tests.contracts.ballot_box import address_of, commit, secret, signer_of
from tests.verifier.tally.ceremony import DealtKeys
from verifier.signing.secp256k1 import SigningKey

CEREMONY, KEY, SEATS, ESCROW = "the ceremony", "the key", "trustees", "the openings' escrow"
STRANGER = secret("stranger")


def _named(place: int, value: Any) -> SealedChange:
    """Another value stands in the announced key."""

    def before(vote: ForgedSealedVote) -> None:
        vote.key_changes[place] = value(vote) if callable(value) else value

    return before


def _another_point(vote: ForgedSealedVote) -> None:
    vote.key_changes[0], vote.key_changes[1] = commit(77, 0)


def _share_key(vote: ForgedSealedVote) -> None:
    """A stranger's key stands at a seat, and confirms."""
    keys = list(vote.dealt.share_keys)
    keys[1] = address_of(STRANGER)
    vote.key_changes[3] = keys
    vote.confirmed_by[1] = (STRANGER, vote.trustee_keys[1])


def _share_key_twice(vote: ForgedSealedVote) -> None:
    keys = list(vote.dealt.share_keys)
    keys[1] = keys[0]
    vote.key_changes[3] = keys
    vote.confirmed_by[1] = (word(vote.dealt.shares[0]), vote.trustee_keys[1])


def _rolled(vote: ForgedSealedVote) -> None:
    """The file's own roll hash is of another roll, and its hash was announced."""
    transcript(lambda one: one.update(rollHash="0x" + "ab" * 32))(vote)


def one_by_passkey(vote: ForgedSealedVote) -> None:
    """A trustee signs by passkey."""
    vote.passkeys[1] = Passkey()


def with_codes(verifier: bytes | None) -> SealedChange:
    """The head's state has the code of case and poll, and this at the contract behind the passkey; None: nothing of it is shown."""

    def after(vote: ForgedSealedVote) -> None:
        codes = {
            address: bytes.fromhex(load(name)["deployedBytecode"][2:]) for address, name in ((vote.case, "Case"), (vote.poll, "SealedPoll"))
        }
        vote.state = proved(vote, values_of(vote), codes | ({PASSKEY_VERIFIER: verifier} if verifier is not None else {}))

    return after


def passkey_code(vote: ForgedSealedVote) -> None:
    """The release's own code stands behind the passkey."""
    with_codes(bytes.fromhex(load("PasskeyVerifier")["deployedBytecode"][2:]))(vote)


def _escrow(by: Callable[[ForgedSealedVote], list[bytes]] | None = None, **lies: Any) -> SealedChange:
    """Another statement is published."""

    def after(vote: ForgedSealedVote) -> None:
        vote.published["escrow.json"] = escrow_of(vote, by(vote) if by else None, **lies)

    return after


def _receivers(change: Callable[[list[bytes]], list[bytes]]) -> SealedChange:
    """The dealer encrypted for others than the trustees."""

    def after(vote: ForgedSealedVote) -> None:
        points = [bytes.fromhex(one[2:]) for one in json.loads(vote.published["escrow.json"])["transports"]]
        vote.published["escrow.json"] = escrow_of(vote, points=change(points))

    return after


def _seat(place: int, **changes: Any) -> SealedChange:
    return transcript(lambda one: one["dealings"][place].update(changes))


def _of_another(place: int, key: str) -> SealedChange:
    """One part of a dealing is another seat's."""
    return transcript(lambda one: one["dealings"][place].update({key: one["dealings"][place - 1][key]}))


def _grown(key: str) -> SealedChange:
    return transcript(lambda one: one["dealings"][1][key].append(one["dealings"][1][key][0]))


def _grown_and_signed(key: str) -> SealedChange:
    """As before, and the seat itself signs it."""

    def before(vote: ForgedSealedVote) -> None:
        own, roll_hash = vote.dealt.owns(vote.dealt.transcript.roll.ceremony)[1], vote.dealt.values[4]

        def change(one: Any) -> None:
            dealing = one["dealings"][1]
            dealing[key].append(dealing[key][0])
            said = b"".join(bytes.fromhex(part[2:]) for part in dealing["commitments"] + dealing["shares"])
            whole = keccak(b"LenderVote/1/dealing" + roll_hash + word(1) + said)
            dealing["signature"] = "0x" + SigningKey(word(own.sign)).sign(whole).hex()

        transcript(change)(vote)

    return before


def _other_poll(**changes: int) -> SealedChange:
    """The case announces another sealed poll, whose key has something of this one's: by its place in SealKey, the rest is its own."""

    def more(vote: ForgedSealedVote) -> None:
        other = DealtKeys("another", len(vote.trustee_keys), 2, vote.case)
        mine, theirs = vote.dealt.values, other.values
        shared = changes.get("shared", 0)
        key = [mine[i] if (i == shared or (shared == 0 and i == 1)) else theirs[i] for i in range(6)]
        if shared == 3:
            key[3] = [theirs[3][0], mine[3][1], theirs[3][2]]
        vote.announce("another", START + 450, 1, key=tuple(key))

    return then("_announce", more)


def _appointment_by(*keys: bytes) -> SealedChange:
    def before(vote: ForgedSealedVote) -> None:
        appointed_later(vote, ["first", "second"])
        vote.signed_by["appoint"] = list(keys)

    return before


def _too_early(vote: ForgedSealedVote) -> None:
    """Those who confirm the key were appointed just before the announcement, and do not serve yet."""
    vote.trustees = [signer_of(secret(name)) for name in ("first", "second", "third")]
    vote.appointed = [signer_of(key) for key in vote.trustee_keys]


def _later(vote: ForgedSealedVote) -> None:
    appointed_later(vote, ["first", "second"])


def _serving_at_once(vote: ForgedSealedVote) -> None:
    """The event says that they serve before they may."""
    data = encode(["bytes[]", "uint64"], [vote.appointed, START + 51])
    data_of("appoint", 0, lambda _: data)(vote)


def _other_number(vote: ForgedSealedVote) -> None:
    def change(_: Any, found: list[Any]) -> list[Any]:
        (address, topics, data), *rest = found
        return [(address, (topics[0], word(2)), data), *rest]

    logs("appoint", change)(vote)


def _code_elsewhere(vote: ForgedSealedVote) -> None:
    """The case was created with the hash of other code for sealed polls."""
    sending = vote.acts["create"].sendings[0]
    right = bytes(keccak(vote.sealed_code))
    sending.data = sending.data.replace(right, b"\x5a" * 32)


def _other_code(vote: ForgedSealedVote) -> None:
    sending = vote.acts["announce"].sendings[0]
    sending.data = sending.data.replace(vote.sealed_code[:64], vote.sealed_code[:63] + b"\xff", 1)


def _first_event(vote: ForgedSealedVote) -> None:
    def change(made: Any, found: list[Any]) -> list[Any]:
        data = encode(["bytes[]", "uint64"], [[signer_of(STRANGER), *made.seats[1:]], START])
        return [found[0], (*found[1][:2], data)]

    logs("create", change)(vote)


def _not_canonical(content: bytes) -> bytes:
    return json.dumps(json.loads(content)).encode()


def _signed_over(place: int, value: bytes) -> SealedChange:
    def before(vote: ForgedSealedVote) -> None:
        vote.signed_values["announce"] = lambda values: [*values[:place], value, *values[place + 1 :]]

    return before


def _confirmed(seat: int, *, share: bool) -> SealedChange:
    def before(vote: ForgedSealedVote) -> None:
        right = word(vote.dealt.shares[seat]), vote.trustee_keys[seat]
        vote.confirmed_by[seat] = (STRANGER, right[1]) if share else (right[0], STRANGER)

    return before


def _opened(vote: ForgedSealedVote) -> None:
    """The file of an open poll."""

    def change(value: Any) -> None:
        for key in ("kind", "motions", "abandon_after_seconds"):
            del value[key]

    vote.change_file("poll.json", change)


LIES = (
    lie(KEY, "a share did not confirm it", "seal.confirmed", _confirmed(1, share=True)),
    lie(KEY, "a stranger confirmed it in a seat's place", "seal.confirmed", _confirmed(2, share=False)),
    lie(KEY, "another point", "seal.key", _another_point),
    lie(KEY, "a point off the curve", "seal.key", _named(1, lambda vote: vote.dealt.values[1] ^ 1)),
    lie(KEY, "one seat alone opens", "seal.key", _named(2, 1)),
    lie(KEY, "more seats are needed than there are", "seal.key", _named(2, 4)),
    lie(KEY, "another threshold than was dealt", "seal.transcript", _named(2, 3)),
    lie(KEY, "a stranger's share key", "seal.key", _share_key),
    lie(KEY, "one share key at two seats", "seal.key", _share_key_twice),
    lie(KEY, "the event names another key", "seal.key", after=data_of("announce", 0, lambda one: one[:-1] + bytes([one[-1] ^ 1]))),
    lie(KEY, "used by another poll of the case", "seal.used", _other_poll(shared=0)),
    lie(KEY, "a share key used by another poll", "seal.used", _other_poll(shared=3)),
    lie(KEY, "a roll used by another poll", "seal.used", _other_poll(shared=4)),
    lie(KEY, "officials signed another one", "parameters.signatures", _signed_over(2, b"\x11" * 32)),
    lie(SEATS, "other code behind a trustee's passkey", "seal.trustees", before=one_by_passkey, after=with_codes(b"\xde\xad")),
    lie(SEATS, "code behind a trustee's passkey is not proved", "proof.code", before=one_by_passkey, after=with_codes(None)),
    lie(ESCROW, "a poll that counts, and no escrow of its register", "seal.escrow", after=file_gone("escrow.json")),
    lie(ESCROW, "signed by one official too few", "seal.escrow", after=_escrow(lambda vote: vote.official_keys[:1] + vote.trustee_keys)),
    lie(ESCROW, "a trustee has not signed", "seal.escrow", after=_escrow(lambda vote: vote.official_keys[:2] + vote.trustee_keys[1:])),
    lie(
        ESCROW,
        "a stranger signed in a trustee's place",
        "seal.escrow",
        after=_escrow(lambda vote: [*vote.official_keys[:2], STRANGER, *vote.trustee_keys[1:]]),
    ),
    lie(ESCROW, "of another register", "seal.escrow", after=_escrow(root="0x" + "ab" * 32)),
    lie(ESCROW, "another file than was signed", "seal.escrow", after=_escrow(file_digest="0x" + "ab" * 32)),
    lie(ESCROW, "a context that does not follow", "seal.escrow", after=_escrow(context=bytes(32))),
    lie(ESCROW, "a receiver too few", "seal.escrow", after=_receivers(lambda points: points[1:])),
    lie(ESCROW, "a receiver twice beside all others", "seal.escrow", after=_receivers(lambda points: [*points, points[0]])),
    lie(ESCROW, "a statement with blanks", "seal.escrow", after=bytes_of_file("escrow.json", _not_canonical)),
    lie(CEREMONY, "no transcript", "seal.file", after=file_gone("seal.json")),
    lie(CEREMONY, "a transcript with blanks", "seal.file", after=bytes_of_file("seal.json", _not_canonical)),
    lie(CEREMONY, "a seat out of its order", "seal.file", after=in_file("seal.json", "trustees", 0, "seat", to=1)),
    lie(CEREMONY, "one seat alone", "seal.file", transcript(lambda one: one.update(trustees=one["trustees"][:1]))),
    lie(CEREMONY, "a transcript that nobody announced", "seal.transcript", _named(5, b"\x22" * 32)),
    lie(CEREMONY, "a roll that nobody announced", "seal.transcript", _named(4, b"\x33" * 32)),
    lie(CEREMONY, "a roll hash of no roll", "seal.transcript", _rolled),
    lie(
        CEREMONY,
        "a transport key changed",
        "seal.transcript",
        transcript(lambda one: one["trustees"][0].update(transport="0x02" + "11" * 32)),
    ),
    lie(CEREMONY, "another seat's signature under a dealing", "seal.dealing", _of_another(1, "signature")),
    lie(CEREMONY, "another seat's possession", "seal.dealing", _of_another(1, "possession")),
    lie(CEREMONY, "commitments changed after signing", "seal.dealing", _of_another(2, "commitments")),
    lie(CEREMONY, "shares changed after signing", "seal.dealing", _of_another(2, "shares")),
    lie(CEREMONY, "one commitment too many", "seal.dealing", _grown("commitments")),
    lie(CEREMONY, "one share too many", "seal.dealing", _grown("shares")),
    lie(CEREMONY, "one commitment too many, signed by its seat", "seal.dealing", _grown_and_signed("commitments")),
    lie(CEREMONY, "one share too many, signed by its seat", "seal.dealing", _grown_and_signed("shares")),
    lie(CEREMONY, "a commitment that is no point", "seal.dealing", _seat(0, commitments=["0x02" + "00" * 32] * 2)),
    lie(CEREMONY, "a dealing is missing", "seal.dealing", transcript(lambda one: one["dealings"].pop())),
    lie(SEATS, "the creation says others", "seal.trustees", after=_first_event),
    lie(SEATS, "the creation says none", "seal.trustees", after=logs("create", lambda _, found: found[:1])),
    lie(SEATS, "appointed by one official", "seal.trustees", _appointment_by(secret("official", 0))),
    lie(SEATS, "appointed by a stranger", "seal.trustees", _appointment_by(secret("official", 0), STRANGER)),
    lie(SEATS, "appointed too shortly before", "seal.confirmed", _too_early),
    lie(SEATS, "said to serve at once", "seal.trustees", _later, _serving_at_once),
    lie(SEATS, "an appointment out of its number", "seal.trustees", _later, _other_number),
    lie(SEATS, "an appointment that no block shows", "seal.trustees", _later, removed("appoint")),
    lie(SEATS, "a case created with other code for sealed polls", "case.creation", nothing, _code_elsewhere),
    lie(KEY, "announced with other code", "poll.code", nothing, _other_code),
    lie(KEY, "abandoned sooner than a poll that counts may be", "parameters.range", abandon_after=3_600),
    lie(KEY, "poll.json has other motions", "parameters.file", after=in_file("poll.json", "motions", to=2)),
    lie(KEY, "poll.json abandons later", "parameters.file", after=in_file("poll.json", "abandon_after_seconds", to=5)),
    lie(KEY, "poll.json is of a kind that there is not", "poll.file", after=in_file("poll.json", "kind", to="secret")),
    lie(KEY, "poll.json says an open poll", "parameters.announced", after=_opened),
    lie(KEY, "more titles than motions", "plan.form", plan_changes={"motions": ["甲", "乙"]}),
)
