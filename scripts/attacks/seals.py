"""Attacks on a sealed poll's key, shares, count and end, in a history that somebody wrote and that is right everywhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from scripts.attacks.bundles import bundle, lie
from scripts.attacks.counts import OPENING, OPENINGS_BELIEVED, SIGNATURES_UNCHECKED
from scripts.attacks.kinds import Attack, Patch
from scripts.tampers.forge.sealed import ForgedSealedVote
from scripts.tampers.lies.kinds import Lie, bytes_of_file, instead
from scripts.tampers.lies.sealed_kinds import lie as sealed_lie

WHO, SERVICE = "whoever makes the bundle", "backend operator"
SEAL, SEAL_2 = "verifier/tally/steps/seal.py", "verifier/second/steps/seal.mjs"
COUNT, COUNT_2 = "verifier/tally/steps/sealed_count.py", "verifier/second/steps/sealed_count.mjs"
DEALT, DEALT_2 = "verifier/tally/transcript.py", "verifier/second/math/ceremony.mjs"

USED_KEYS_PASS = (
    Patch(
        SEAL, '"names a key, a share key or a roll of this poll", not both, ', '"names a key, a share key or a roll of this poll", True, '
    ),
    Patch(
        SEAL_2,
        '"names a key, a share key or a roll of this poll", both.length === 0, ',
        '"names a key, a share key or a roll of this poll", true, ',
    ),
)
EARLY_SHARES = (
    Patch(SEAL, '"was published before the close", late, ', '"was published before the close", True, '),
    Patch(SEAL_2, '"was published before the close", at >= terms.closesAt, ', '"was published before the close", true, '),
)
#: A share of somebody else's is passed over, as if it had not been sent.
ANYBODYS_SHARES = (
    Patch(SEAL, 'if self.log.holds(name, event.place, "is not the seat\'s share", right, "", seat):', "if right:"),
    Patch(SEAL_2, 'if (log.holds(name, event.where, "is not the seat\'s share", right, "", seat)) this', "if (right) this"),
)
ANY_CONFIRMATION = (
    Patch(
        SEAL,
        '"the seat\'s signer did not sign the key", has_signed(signer, digest, identity), ',
        '"the seat\'s signer did not sign the key", True, ',
    ),
    Patch(SEAL_2, '"the seat\'s signer did not sign the key", isSigners, ', '"the seat\'s signer did not sign the key", true, '),
)
#: Whoever deals last may choose the sum of all constants.
NO_POSSESSION = (
    Patch(
        DEALT,
        'return "" if _is_by(_address(constant), possessed, dealing.possession) else "does not prove that its first number is known"',
        'return ""',
    ),
    Patch(DEALT_2, 'return by(possession, dealing.possession)?.equals(addressAt(points[0])) ? null : "possession";', "return null;"),
)
#: The file is read for what it says, not for its bytes.
ANY_BYTES = (
    Patch(DEALT, "    if not is_canonical(content, value):\n", "    if False:\n"),
    Patch(
        SEAL,
        'right = log.equal(name, transcript.NAME, "has another hash than was announced", sealing.transcript_hash, found.hash)',
        "right = True",
    ),
    Patch(SEAL_2, "if (!isCanonical(bytes, value)) throw", "if (false) throw"),
    Patch(SEAL_2, 'log.equal(name, FILE, "has another hash than was announced", announcedHash, hash);', ""),
)
#: What is not the end of the box is passed over, as if it had not been counted.
OTHER_PIECES_PASS = (
    Patch(
        COUNT,
        'if not self.log.holds("count.box", event.place, what, start is not None, boxes[self.left], found) or start is None:',
        "if start is None:",
    ),
    Patch(
        COUNT_2,
        'if (!log.holds("count.box", event.where, "the piece is not the end of the box", reason === null, this.box, reason ?? "")) return;',
        "if (reason !== null) return;",
    ),
)
OPENED_AS_SAID = (
    Patch(
        COUNT, 'self.log.equal("count.opened", event.place, "says otherwise than its ballots open to", expected, event.values[0])', "pass"
    ),
    Patch(COUNT_2, 'this.log.equal("count.opened", event.where, "says otherwise than its ballots open to", [expected], event.values);', ""),
)
ABANDONED_ANY_TIME = (
    Patch(SEAL, '"was abandoned before it was overdue", at >= due, ', '"was abandoned before it was overdue", True, '),
    Patch(SEAL_2, '"was abandoned before it was overdue", at >= due, ', '"was abandoned before it was overdue", true, '),
)
#: Also where nobody chose what is opened.
ANY_OPENINGS = (
    *OPENINGS_BELIEVED,
    Patch(
        OPENING,
        'good &= log.equal("opening.wrong", where, "nothing was cast, so nothing can be opened", (0, 0), (amount_fen, blind))',
        "pass",
    ),
)
ANY_BREACH = (
    Patch(
        SEAL, 'if self.log.equal(name, event.place, "is not signed by the secret of the key", self.sealing.address, signer):', "if True:"
    ),
    Patch(
        SEAL_2,
        'if (!log.equal(name, event.where, "is not signed by the secret of the key", right, signer)) return;',
        "void [right, signer];",
    ),
)


def _shuffled(content: bytes) -> bytes:
    """The same dealings under the same names, in another order of names."""
    value = json.loads(content)
    return json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode()


def _exchanged(_: ForgedSealedVote, honest: Callable[[], list[tuple[int, ...]]]) -> list[tuple[int, ...]]:
    """The first motion is given the second one's openings, class by class, and the other way round."""
    rows = honest()
    return [*rows[2:4], *rows[:2], *rows[4:]]


def _unproved(vote: ForgedSealedVote) -> None:
    """A dealing is announced and used although nobody showed that its constant is known: it could be chosen against all the others."""
    dealt = vote.dealt
    made = dealt.transcript if dealt.shares else None
    assert made is not None
    spoiled = replace(made.dealings[1], possession=made.dealings[0].possession)
    vars(dealt)["transcript"] = replace(made, dealings=(made.dealings[0], spoiled, *made.dealings[2:]))
    for name in ("values", "hash"):
        vars(dealt).pop(name, None)


def _attack(name: str, told: Lie, patches: tuple[Patch, ...], who: str = WHO, *, quick: bool = False) -> Attack:
    return Attack(name, who, bundle(told), patches, quick)


SHUFFLED = sealed_lie("attack", "a shuffled seal.json", "seal.file", after=bytes_of_file("seal.json", _shuffled))

UNPROVED = sealed_lie("attack", "a constant that nobody knows", "seal.dealing", before=_unproved)

#: Officials refuse the plan by what the relay opened.
EXCHANGED = sealed_lie(
    "attack", "two motions exchanged", "opening.wrong", before=instead("honest_openings", _exchanged), motions=3, approve=False
)


ATTACKS = (
    _attack("a ballot sealed to another key", lie("sealed: ballots", "sealed to another key"), SIGNATURES_UNCHECKED),
    _attack(
        "a key that was opened with another poll", lie("sealed: the key", "used by another poll of the case"), USED_KEYS_PASS, "officials"
    ),
    _attack(
        "a key that a stranger confirmed", lie("sealed: the key", "a stranger confirmed it in a seat's place"), ANY_CONFIRMATION, SERVICE
    ),
    _attack(
        "a dealing whose constant nobody knows",
        UNPROVED,
        NO_POSSESSION,
        "the last trustee to deal",
    ),
    _attack("a shuffled seal.json", SHUFFLED, ANY_BYTES, SERVICE),
    _attack("a share before the close", lie("sealed: shares", "published before the close"), EARLY_SHARES, "trustee", quick=True),
    _attack("a stranger's share in a seat's place", lie("sealed: shares", "another number"), ANYBODYS_SHARES, "stranger"),
    _attack("a piece of the box counted twice", lie("sealed: counting", "a piece twice"), OTHER_PIECES_PASS),
    _attack("a good ballot called invalid", lie("sealed: counting", "a good ballot said to be invalid"), OPENED_AS_SAID),
    _attack("two motions' sums exchanged", EXCHANGED, ANY_OPENINGS, "relay"),
    _attack(
        "a fen moved from against to for in a sealed poll", lie("sealed: openings", "a fen moved from against to for"), OPENINGS_BELIEVED
    ),
    _attack("a sealed poll abandoned too early", lie("sealed: abandonment", "too early"), ABANDONED_ANY_TIME, "officials"),
    _attack("a breach that the secret did not sign", lie("sealed: a breach", "signed by a stranger"), ANY_BREACH, "stranger"),
)
