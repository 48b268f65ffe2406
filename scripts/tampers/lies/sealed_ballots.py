"""Lies about sealed ballots, their box and their receipts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eth_abi.abi import encode

from scripts.tampers.forge.abi import BATCH, call
from scripts.tampers.forge.sealed import ForgedSealedVote
from scripts.tampers.lies.kinds import byte, data_of, logs, moved, receipts, removed, then
from scripts.tampers.lies.registers import class_less, off_curve
from scripts.tampers.lies.sealed_kinds import SealedChange, lie
from tests.contracts.ballot_box import FOR, secret
from tests.contracts.sealed_world import SealedPapers
from tests.verifier.tally.ceremony import DealtKeys

BOX, BALLOT, RELAY = "the box", "ballots", "receipts"
STRANGER = secret("stranger")


def _more(make: SealedChange) -> SealedChange:
    """A further act before the close."""
    return then("_vote", make)


def _papers(vote: ForgedSealedVote, **changes: Any) -> SealedPapers:
    return replace(vote.sealed_papers, **changes)


def _to_another_key(vote: ForgedSealedVote) -> None:
    """A ballot that is sealed to another key, and signed so."""
    papers = _papers(vote, keys=DealtKeys("another", 3, 2, vote.case))
    one = vote.sealed(11, FOR)
    fields = papers.sealed(one)
    vote.cast_sealed("more", replace(one, fields=fields), vote.opens_at + 45, papers)


def _changed(**changes: Any) -> SealedChange:
    """A ballot of which something was changed after it was signed."""

    def make(vote: ForgedSealedVote) -> None:
        seal, sealed_choice = vote.sealed_papers.sealed(vote.sealed(11, FOR))
        fields = (changes.get("seal", seal), sealed_choice ^ changes.get("flip", 0))
        signed = vote.sealed_papers.sealed_signature(vote.sealed(11, FOR))
        vote.cast_sealed("more", vote.sealed(11, FOR, fields=fields), vote.opens_at + 45, ballotSignature=signed)

    return make


def _stuffed(vote: ForgedSealedVote) -> None:
    vote.cast_sealed("more", vote.sealed(11, FOR), vote.opens_at + 45, _papers(vote, verifier_key=STRANGER))


def _by_another_key(vote: ForgedSealedVote) -> None:
    vote.cast_sealed("more", vote.sealed(11, FOR, key=STRANGER), vote.opens_at + 45)


def _in_batch(vote: ForgedSealedVote) -> None:
    vote.batch_sealed("more", [vote.sealed(11, FOR, key=STRANGER)], vote.opens_at + 45)


def _sequence_64(vote: ForgedSealedVote) -> None:
    vote.cast_sealed("more", vote.sealed(11, FOR, 64), vote.opens_at + 45)


def _of_a_wrong_leaf(change: SealedChange) -> SealedChange:
    """The lender of a leaf that the register should not have votes, too."""

    def before(vote: ForgedSealedVote) -> None:
        change(vote)
        _more(lambda one: one.cast_sealed("more", one.sealed(11, FOR), one.opens_at + 45))(vote)

    return before


def _late(vote: ForgedSealedVote) -> None:
    vote.cast_sealed("more", vote.sealed(11, FOR), vote.closes_at)


def _unnamed(vote: ForgedSealedVote) -> None:
    """A good ballot that the contract is said to have taken without a word."""
    vote.batch_sealed("more", [vote.sealed(11, FOR)], vote.opens_at + 45, taken=[])
    data = encode(["address", "uint8", "uint8"], ["0x" + "11" * 20, 1, 2])
    kinds = ["uint256", "address", "uint8", "uint8"]
    vote.acts["more"].sendings[0].logs = [vote.log(vote.poll, "BallotRejected", kinds, [(11).to_bytes(32, "big")], data)]


def _lengths(vote: ForgedSealedVote) -> None:
    """A batch whose ballots are as long as open ones."""
    vote.batch_sealed("more", [vote.sealed(11, FOR)], vote.opens_at + 45)
    batch = vote.sealed_papers.sealed_batch([vote.sealed(11, FOR)])
    sending = vote.acts["more"].sendings[0]
    short = replace(batch, ballots=batch.ballots[:65])
    sending.data = call("castBatch", BATCH, short.arguments)


def _of_another_poll(vote: ForgedSealedVote) -> None:
    """A ballot that was signed for another plan."""
    vote.cast_sealed("more", vote.sealed(11, FOR), vote.opens_at + 45, _papers(vote, plan_hash=b"\x12" * 32))


def _other_box(vote: ForgedSealedVote) -> None:
    data_of("unseal", 0, byte(-1))(vote)


def _missed(**changes: Any) -> SealedChange:
    """A ballot that was received and never sent; its receipt names a lender whose newer ballot stands."""

    def make(vote: ForgedSealedVote) -> None:
        row = vote.receipt_for(vote.sealed(11, FOR))
        if "index" in changes:
            book = vote.books[0]
            vote.receipts.pop()
            book.number, book.head = book.number - 1, bytes.fromhex(row["previous"][2:])
            digest, key = bytes.fromhex(row["ballot_digest"][2:]), row["ballot_key"]
            again = book.sign(digest, key, changes["index"], 1)
            vote.receipts.append(again | {name: row[name] for name in ("seal", "sealed_choice")})

    def before(vote: ForgedSealedVote) -> None:
        anchored = vote.note

        def with_it(name: str, *args: Any, **keys: Any) -> None:
            if name == "anchor":
                make(vote)
            anchored(name, *args, **keys)

        vote.note = with_it  # type: ignore[method-assign]

    return before


def _without_seal(_: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "seal"} for row in rows]


LIES = (
    lie(BOX, "another number was unsealed", "ballots.box", after=_other_box),
    lie(BOX, "ballots that no block shows", "ballots.box", after=removed("again")),
    lie(BOX, "ballots in another order", "ballots.box", after=moved("cast", behind="batch")),
    lie(BALLOT, "one of a leaf off the curve", "count.sums", _of_a_wrong_leaf(off_curve)),
    lie(BALLOT, "one of a class that was not frozen", "count.class", _of_a_wrong_leaf(class_less)),
    lie(BALLOT, "sealed to another key", "ballots.recorded", _more(_to_another_key)),
    lie(BALLOT, "eight bytes flipped after signing", "ballots.recorded", _more(_changed(flip=1))),
    lie(BALLOT, "another seal after signing", "ballots.recorded", _more(_changed(seal=12345))),
    lie(BALLOT, "under a credential of nobody's verifier", "ballots.credential", _more(_stuffed)),
    lie(BALLOT, "signed by a stranger", "ballots.recorded", _more(_by_another_key)),
    lie(BALLOT, "signed by a stranger, in a batch", "ballots.rejected", _more(_in_batch)),
    lie(BALLOT, "sequence 64", "ballots.recorded", _more(_sequence_64)),
    lie(BALLOT, "after the close", "ballots.window", _more(_late)),
    lie(BALLOT, "rejected without a reason", "ballots.rejected", _more(_unnamed)),
    lie(BALLOT, "as long as an open one", "ballots.call", _more(_lengths)),
    lie(BALLOT, "for another plan", "ballots.recorded", _more(_of_another_poll)),
    lie(BALLOT, "recorded with a choice", "ballots.recorded", after=data_of("cast", 0, lambda one: one.replace(b"\x04", b"\x05", 1))),
    lie(BALLOT, "recorded twice by its event", "ballots.recorded", after=logs("cast", lambda _, found: found + found)),
    lie(RELAY, "a receipt for a ballot that was never sent", "receipts.missed", _missed()),
    lie(RELAY, "a receipt excused by somebody else's ballot", "receipts.missed", _missed(index=1)),
    lie(RELAY, "receipts that do not say what was sealed", "receipts.form", after=receipts(_without_seal)),
)
