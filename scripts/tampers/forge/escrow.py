"""escrow.json of a forged sealed vote: the register's openings are in escrow, as officials and trustees sign it (protocol §23.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from scripts.tampers.forge.abi import word
from scripts.tampers.forge.chain import CHAIN_ID
from tests.contracts.ballot_box import commit, sign, signer_of
from tests.verifier.tally.vote import canonical, hex_of

if TYPE_CHECKING:
    from scripts.tampers.forge.sealed_ballots import SealedBallots

THRESHOLD = 2


def _point(number: int) -> bytes:
    """Some point, compressed."""
    x, y = commit(number, 0)
    return bytes([2 + y % 2]) + word(x)


def escrow_of(vote: SealedBallots, by: list[bytes] | None = None, **lie: Any) -> bytes:
    """The file, signed by k officials and every seat; `by` are other keys, `lie` says otherwise before it is signed."""
    transports = lie.pop("points", [_point(100 + seat) for seat in range(len(vote.trustee_keys))])
    commitments = [_point(200 + k) for k in range(THRESHOLD)]
    classes, number = keccak(encode(["(uint256,uint256,uint256)[]"], [vote.classes])), vote.register_number
    root, count = vote.register.root, len(vote.register.lenders)
    place = [keccak(b"LenderVote/1/escrow"), word(CHAIN_ID), bytes(12) + vote.case, word(number), root, word(count), classes]
    context = lie.pop("context", keccak(b"".join(place) + word(THRESHOLD) + keccak(b"".join(transports))))
    file_digest = keccak(b"the openings' file")
    digest = vote.case_domain.digest("OpeningsEscrow", number, context, keccak(b"".join(commitments)), file_digest)
    signed = [(signer_of(key), sign(key, digest)) for key in (vote.official_keys[: vote.threshold] if by is None else by)]
    signed += [(vote.signer_at(seat), vote.signed_at(seat, digest)) for seat in range(len(vote.trustee_keys)) if by is None]
    paper = {
        "case": hex_of(vote.case),
        "chain_id": CHAIN_ID,
        "classes_hash": hex_of(classes),
        "commitments": [hex_of(one) for one in commitments],
        "context": hex_of(context),
        "file_digest": hex_of(file_digest),
        "leaf_count": count,
        "register_number": number,
        "root": hex_of(root),
        "signatures": [{"signature": hex_of(signature), "signer": hex_of(signer)} for signer, signature in signed],
        "threshold": THRESHOLD,
        "transports": [hex_of(one) for one in transports],
    }
    return canonical(paper | lie)
