"""Receipts by which a relay excuses itself: index and sequence are its own word, and so is the form that it signs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Brought, Lie
from scripts.tampers.lies.relays import KIND, PAPERS, _more
from tests.contracts.ballot_box import AGAINST, FOR, address_of, sign
from tests.verifier.tally.vote import canonical, hex_of
from verifier.tally.typed_data import ballot_receipt_1


def _names_another(index: int, sequence: int, *, says: tuple[int, int]) -> Callable[[ForgedVote], None]:
    """A ballot against was received and dropped; its receipt names a recorded one by index and sequence."""

    def make(vote: ForgedVote) -> None:
        digest = vote.poll_domain.digest("Ballot", index, AGAINST, sequence, vote.plan_hash)
        key = address_of(vote.register.lenders[index].ballot_key)
        vote.receipts.append(vote.books[0].sign(digest, key, *says))

    return make


def _unnumbered(index: int) -> Callable[[ForgedVote], Brought]:
    """A receipt as relays of protocol 1 signed it, outside of any book."""

    def brings(vote: ForgedVote) -> Brought:
        digest = vote.poll_domain.digest("Ballot", index, FOR, 1, vote.plan_hash)
        key, at = address_of(vote.register.lenders[index].ballot_key), vote.opens_at + 5
        signed = ballot_receipt_1(vote.poll_domain.separator, digest, bytes.fromhex(key[2:]), index, 1, at)
        paper: dict[str, Any] = {"ballot_digest": hex_of(digest), "ballot_key": key.lower(), "index": index, "sequence": 1}
        paper |= {"received_at": at, "signature": hex_of(sign(vote.relay_key, signed))}
        return Brought(files={"--receipt": canonical(paper)})

    return brings


LIES = (
    Lie(KIND, "a receipt that names another lender's ballot", "receipts.missed", before=_more(_names_another(11, 1, says=(2, 1)))),
    Lie(KIND, "a receipt that names an earlier ballot", "receipts.missed", before=_more(_names_another(2, 2, says=(2, 1)))),
    Lie(PAPERS, "a receipt outside of any book", "receipts.withheld", brings=_unnumbered(2)),
    Lie(PAPERS, "a receipt outside of any book, of a ballot that is nowhere", "receipts.missed", brings=_unnumbered(11)),
)
