"""Ballots as they stand in transactions, each judged by itself (protocol §8.2, rules 2, 3, 5, 6 and 7).

What one transaction says can be judged without any other; only the sequence (rule 4) needs the order of the chain. So this part is
spread over processes when there is much of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from verifier.tally import curve, typed_data
from verifier.tally.contracts import SELECTORS, decode_call
from verifier.tally.findings import Wrong
from verifier.tally.keccak import word
from verifier.tally.merkle import leaf_hash, multiproves, proves
from verifier.tally.rpc import Transaction

ENTRY_BYTES, BALLOT_BYTES, LEAF_BYTES = 24, 65, 65
BYTES_OF_RECORD = 5  # of one ballot in BallotsRecorded
FOR, AGAINST, ABSTAIN = 1, 2, 3
CHOICE_NOT_ALLOWED, SEQUENCE_NOT_NEWER, NOT_SIGNED_BY_KEY = 1, 2, 3
HIGHEST_SEQUENCE = 63


@dataclass(frozen=True)
class Terms:
    """What every ballot is judged by."""

    separator: bytes
    plan_hash: bytes
    verifiers: frozenset[bytes]
    leaf_count: int
    depth: int
    root: bytes


class Sent(NamedTuple):
    """One ballot of a transaction: what it says, and whether its key signed it."""

    index: int  # type: ignore[assignment]  # hides a method of tuples, which nobody calls
    choice: int
    sequence: int
    ballot_key: bytes
    voting_class: int
    point: bytes
    digest: bytes
    signed: bool


@dataclass(frozen=True)
class Sending:
    """A transaction's ballots; `faults` are (what, expected, found) for which the contract had to refuse the whole transaction."""

    transaction: bytes
    ballots: tuple[Sent, ...]
    expires_at: int
    single: bool
    proved: bool
    faults: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Rejected:
    """A ballot that the chain rejected aloud."""

    index: int
    ballot_key: bytes
    sequence: int
    reason: int


def _signer(digest: bytes, signature: bytes) -> bytes:
    """Who signed, by r and vs; empty when nobody did."""
    try:
        return curve.recover_64(digest, signature)
    except curve.SignatureWrong:
        return b""


def judge(transaction: Transaction, poll: bytes, terms: Terms) -> Sending:
    """The ballots of one transaction, each checked by itself. Raises Wrong when the transaction is no casting of ballots."""
    if transaction.to != poll:
        raise Wrong(transaction.place, "recorded ballots but was not sent to the poll", poll, transaction.to)
    name = next((n for n in ("cast", "castBatch") if transaction.input.startswith(SELECTORS[n])), "")
    if name == "cast":
        return _judge_single(transaction, poll, terms)
    if name == "castBatch":
        return _judge_batch(transaction, poll, terms)
    raise Wrong(transaction.place, "recorded ballots but is neither cast nor castBatch", "a casting", transaction.input[:4])


def _judge_single(transaction: Transaction, poll: bytes, terms: Terms) -> Sending:
    ballot, (voting_class, x, y), proof = decode_call("cast", transaction, poll)
    index, choice, sequence, ballot_key, signature, expires_at, credential = ballot
    digest = typed_data.ballot(terms.separator, index, choice, sequence, terms.plan_hash)
    signed = _signer(digest, b"".join(signature)) == ballot_key
    point = word(x) + word(y)
    sent = Sent(index, choice, sequence, ballot_key, voting_class, point, digest, signed)
    credential_digest = typed_data.credential(terms.separator, index, ballot_key, expires_at)
    faults = _credential_faults(credential_digest, b"".join(credential), terms)
    proved = proves(terms.root, terms.depth, index, leaf_hash(index, voting_class, point), proof)
    return Sending(transaction.hash, (sent,), expires_at, single=True, proved=proved, faults=faults)


def _judge_batch(transaction: Transaction, poll: bytes, terms: Terms) -> Sending:
    (entries, expires_at, signature), ballots, leaves, siblings = decode_call("castBatch", transaction, poll)
    count = len(entries) // ENTRY_BYTES
    lengths = (len(entries), len(ballots), len(leaves))
    if count == 0 or lengths != (count * ENTRY_BYTES, count * BALLOT_BYTES, count * LEAF_BYTES):
        raise Wrong(transaction.place, "batch lengths differ", f"{count} times (24, 65, 65)", lengths)
    faults = _credential_faults(typed_data.credential_list(terms.separator, entries, expires_at), b"".join(signature), terms)
    sent, below = [], -1
    for i in range(count):
        one = _batch_ballot(entries[i * 24 : i * 24 + 24], ballots[i * 65 : i * 65 + 65], leaves[i * 65 : i * 65 + 65], terms)
        if one.index <= below:
            faults += (("batch is not in ascending order", f"more than {below}", str(one.index)),)
        below = one.index
        sent.append(one)
    hashed = [(one.index, leaf_hash(one.index, one.voting_class, one.point)) for one in sent]
    proved = multiproves(terms.root, terms.depth, hashed, siblings)
    return Sending(transaction.hash, tuple(sent), expires_at, single=False, proved=proved, faults=faults)


def _batch_ballot(entry: bytes, ballot: bytes, leaf: bytes, terms: Terms) -> Sent:
    index, ballot_key = int.from_bytes(entry[:4], "big"), entry[4:]
    choice, sequence = ballot[0] & 3, ballot[0] >> 2
    digest = typed_data.ballot(terms.separator, index, choice, sequence, terms.plan_hash)
    signed = _signer(digest, ballot[1:]) == ballot_key
    return Sent(index, choice, sequence, ballot_key, leaf[0], leaf[1:], digest, signed)


def _credential_faults(digest: bytes, signature: bytes, terms: Terms) -> tuple[tuple[str, str, str], ...]:
    signer = _signer(digest, signature)
    if signer in terms.verifiers:
        return ()
    return (("credential is not signed by a verifier of the poll", "one of the poll's verifiers", "0x" + signer.hex()),)


def judge_all(transactions: Sequence[Transaction], poll: bytes, terms: Terms) -> list[Sending | Wrong]:
    """All transactions judged, in their order."""
    found: list[Sending | Wrong] = []
    for transaction in transactions:
        try:
            found.append(judge(transaction, poll, terms))
        except Wrong as wrong:
            found.append(wrong)
    return found
