"""Attacks on trustees and their papers, on lenders before they seal, and on shares on their way to the chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.values import Stage
from backend.ground.common.seals import address_of_secret
from backend.vote.tally.errors import PollStillOpen
from backend.vote.tally.unsealing import Unsealing
from scripts.attacks.kinds import Attack, Patch, Run, Told, judged, passed, stopped
from scripts.attacks.pages import asked_page
from scripts.drill_keys.registers import Register
from tests.verifier.trustee.seats import Seats, signed
from verifier.shares.curve import Point
from verifier.shares.hashes import keccak, word
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee.confirming import Transcript, own_share
from verifier.trustee.dealing import Dealing
from verifier.trustee.escrow import contents
from verifier.trustee.refusal import Refused
from verifier.trustee.roll import Roll

CONFIRMING, DEALING = "verifier/trustee/confirming.py", "verifier/trustee/dealing.py"
DEALT_PAGE, MOTIONS_PAGE = "backend/web/src/crypto/transcripts.js", "backend/web/src/crypto/motions.js"
SERVICE = "backend operator"

#: Whether a share lies on what its dealer committed to is not asked.
ANY_SHARE = (
    Patch(CONFIRMING, "        if share >= ORDER or not dealing.fits(own.seat, share):\n", "        if False:\n"),
    Patch(CONFIRMING, "    if Point.of(total) != transcript.share_points[own.seat]:\n", "    if False:\n"),
)
NO_POSSESSION = (
    Patch(
        DEALING,
        "        if not _is_by(self.commitments[0].address, _possessed(roll.hash, seat, self.commitments[0]), self.possession):\n",
        "        if False:\n",
    ),
)
ANY_IDENTITY = (
    Patch(
        "verifier/trustee/roll.py",
        "            if not is_signed(signer, entry.digest(self.ceremony), signature):\n",
        "            if False:\n",
    ),
)
ANY_OPENINGS = (
    Patch("verifier/trustee/escrow/contents.py", "    if root_of(_hashes(leaves, classes)) != escrow.register.root:\n", "    if False:\n"),
)
ANY_KEY = (
    Patch(
        DEALT_PAGE,
        "    const rightKey = x === toNumber(fromHex(sealKey.x)) && y === toNumber(fromHex(sealKey.y));\n",
        "    const rightKey = x > 0n && y > 0n && toNumber(fromHex(sealKey.x)) > 0n;\n",
    ),
)
ANY_TRANSCRIPT = (
    Patch(DEALT_PAGE, " && toHex(keccak(utf8(text))) === sealKey.transcript_hash;", " && toHex(keccak(utf8(text))).length > 0;"),
)
ANY_MOTIONS = (Patch(MOTIONS_PAGE, "  return !sealing || (sealing.motions.length", "  return true || (sealing.motions.length"),)
EARLY_SHARES = (
    Patch(
        "backend/vote/tally/unsealing.py",
        "        if contract.stage() in (Stage.ANNOUNCED, Stage.OPEN):\n            raise PollStillOpen\n",
        "",
    ),
)


def refusing(ask: Callable[[], object], judge: str = "trustee's tool") -> Run:
    """The tool is asked; a refusal stops it."""

    def run(folder: Path) -> Told:
        del folder
        try:
            ask()
        except Refused as refused:
            return stopped(judge, type(refused).__name__)
        return passed(judge)

    return run


def _with(seats: Seats, dealer: int, spoiled: Dealing) -> Transcript:
    """The ceremony with one dealing of somebody who signs it all the same."""
    made = seats.transcript()
    points = b"".join(point.compressed for point in spoiled.commitments)
    joined = keccak(b"LenderVote/1/dealing" + made.roll.hash + word(dealer) + points + b"".join(spoiled.words))
    given = replace(spoiled, signature=signed(seats.owns[dealer].sign, joined))
    return replace(made, dealings=(*made.dealings[:dealer], given, *made.dealings[dealer + 1 :]))


def _misfit() -> None:
    """Seat 1 deals seat 2 a number that is no share: that trustee would find out after the close, when it is too late."""
    seats = Seats.made(2, 3, "misfit")
    good = seats.transcript().dealings[1]
    words = list(good.words)
    words[2] = words[2][:-1] + bytes([words[2][-1] ^ 1])
    own_share(seats.owns[2], _with(seats, 1, replace(good, words=tuple(words))))


def _rogue() -> None:
    """The last to deal sets the constant so that the whole key is one whose secret this dealer knows."""
    seats = Seats.made(2, 3, "rogue")
    made, chosen = seats.transcript(), Point.of(4711)
    others = [dealing.commitments[0].compressed for dealing in made.dealings[:2]]
    constant = Point.total([chosen, *(Point.read(bytes([5 - one[0]]) + one[1:]) for one in others)])
    slope = made.dealings[2].commitments[1]
    transcript = _with(seats, 2, replace(made.dealings[2], commitments=(constant, slope)))
    if transcript.key != chosen:
        raise RuntimeError("the key is not the chosen one")
    transcript.check()


def _stranger_in_a_seat() -> None:
    """The service joins for a seat with keys of its own, under a signature that is not the trustee's."""
    seats = Seats.made(2, 3, "stranger")
    roll = seats.roll()
    forged = SigningKey(keccak(b"the service")).sign(roll.entries[1].digest(seats.ceremony))
    signatures = (roll.signatures[0], forged, roll.signatures[2])
    Roll(roll.ceremony, roll.entries, signatures).check_identities(seats.appointed)


def _other_openings() -> None:
    """The file that trustees keep has an amount shifted between two lenders, with the totals unchanged."""
    register = Register.invented()
    leaves = [
        (amount + shift, blind) for (amount, blind), shift in zip(register.leaves, [1, -1] + [0] * (len(register.leaves) - 2), strict=True)
    ]
    contents.check(leaves, register.classes, cast(Any, SimpleNamespace(register=register.frozen)))


class _OpenPoll:
    """The contract of a poll that is open."""

    def stage(self) -> Stage:
        return Stage.OPEN

    def shares_published(self) -> frozenset[int]:
        return frozenset()

    def publish_share(self, seat: int, share: int) -> ContractCall:
        return ContractCall("0x" + "11" * 20, bytes([seat]) + share.to_bytes(32, "big"))


def _early_share(folder: Path) -> Told:
    """A trustee hands a share in before the close: sent on, it lies in the pool for all to read, and the contract refuses it too late."""
    del folder
    share, sent = 4711, list[ContractCall]()
    seat = SimpleNamespace(share_key="0x" + address_of_secret(share).hex(), name="notary")
    sealed = SimpleNamespace(sealing=lambda _: SimpleNamespace(seats=(seat,)), contract=lambda _: _OpenPoll())
    chain = SimpleNamespace(transact=lambda call, _: sent.append(call))
    unsealing = Unsealing(cast(Any, chain), cast(Any, sealed))
    try:
        unsealing.publish_share(cast(Any, SimpleNamespace(id="poll")), 0, share)
    except PollStillOpen as refused:
        return judged("backend", "" if sent else type(refused).__name__)
    return passed("backend") if sent else stopped("backend", "nothing was sent")


ATTACKS = (
    Attack("a dealer gives one trustee a share that does not fit", "trustee", refusing(_misfit), ANY_SHARE, True),
    Attack("the last dealer chooses the whole key", "trustee", refusing(_rogue), NO_POSSESSION),
    Attack("the service takes a trustee's seat in the roll", SERVICE, refusing(_stranger_in_a_seat), ANY_IDENTITY),
    Attack("a file of openings with other amounts", "whoever seals the openings", refusing(_other_openings), ANY_OPENINGS),
    Attack("a booth is shown another seal key", SERVICE, asked_page("booth", "another seal key"), ANY_KEY),
    Attack("a booth is shown another transcript", SERVICE, asked_page("booth", "another transcript"), ANY_TRANSCRIPT),
    Attack("a booth is shown the motions in another order", SERVICE, asked_page("booth", "motions in another order"), ANY_MOTIONS),
    Attack("a share handed in before the close goes to the nodes", "trustee in a hurry", _early_share, EARLY_SHARES),
)
