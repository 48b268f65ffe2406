"""Ballots as they are in transactions, each judged by itself (protocol §8.2, rules 2, 3, 5, 6 and 7).

What one transaction says can be judged without any other; only the sequence (rule 4) needs the order of the chain. So this part is
spread over processes when there is much of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from verifier.tally import curve, typed_data
from verifier.tally.chain.things import Transaction
from verifier.tally.contracts import dialect_of
from verifier.tally.findings import Wrong
from verifier.tally.keccak import word
from verifier.tally.merkle import leaf_hash, multiproves, proves
from verifier.tally.sealing import SEALED_BYTES

ENTRY_BYTES, BALLOT_BYTES, LEAF_BYTES = 24, 65, 65
BYTES_OF_RECORD = 5  # of one ballot in BallotsRecorded
FOR, AGAINST, ABSTAIN = 1, 2, 3
CHOICE_NOT_ALLOWED, SEQUENCE_NOT_NEWER, NOT_SIGNED_BY_KEY = 1, 2, 3
HIGHEST_SEQUENCE = 63


@dataclass(frozen=True)
class Terms:
    """What every ballot is judged by; `key_hash` is the hash of the key of a sealed poll, and empty in an open one."""

    protocol: int
    separator: bytes
    plan_hash: bytes
    verifiers: frozenset[bytes]
    leaf_count: int
    depth: int
    root: bytes
    key_hash: bytes = b""

    @property
    def is_sealed(self) -> bool:
        return bool(self.key_hash)

    @property
    def ballot_bytes(self) -> int:
        """Of one ballot in a batch."""
        return BALLOT_BYTES + SEALED_BYTES if self.is_sealed else BALLOT_BYTES

    def digest(self, index: int, choice: int, sequence: int, sealed: bytes) -> bytes:
        """What the ballot's key signs."""
        if self.is_sealed:
            return typed_data.sealed_ballot(self.separator, index, sequence, sealed, self.plan_hash, self.key_hash)
        return typed_data.ballot(self.separator, index, choice, sequence, self.plan_hash)


Fault = tuple[str, str, str, str]


class Sent(NamedTuple):
    """One ballot of a transaction: what it says, and whether its key signed it. A sealed one has no choice, but 40 bytes sealed."""

    index: int  # type: ignore[assignment]  # hides a method of tuples, which nobody calls
    choice: int
    sequence: int
    ballot_key: bytes
    voting_class: int
    point: bytes
    digest: bytes
    signed: bool
    sealed: bytes = b""


@dataclass(frozen=True)
class Sending:
    """A transaction's ballots; `faults` are (finding, what, expected, found) for which the contract had to refuse the whole transaction."""

    transaction: bytes
    ballots: tuple[Sent, ...]
    expires_at: int
    single: bool
    proved: bool
    verifier: bytes  # who signed the credentials; empty when nobody did
    faults: tuple["Fault", ...]


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
    selectors = dialect_of(terms.protocol, sealed=terms.is_sealed).selectors
    name = next((n for n in ("cast", "castBatch") if transaction.input.startswith(selectors[n])), "")
    if name == "cast":
        return _judge_single(transaction, poll, terms)
    if name == "castBatch":
        return _judge_batch(transaction, poll, terms)
    what = "recorded ballots but is neither cast nor castBatch"
    raise Wrong("ballots.call", transaction.place, what, "a casting", transaction.input[:4])


def _judge_single(transaction: Transaction, poll: bytes, terms: Terms) -> Sending:
    dialect = dialect_of(terms.protocol, sealed=terms.is_sealed)
    ballot, (voting_class, x, y), proof = dialect.decode_call("cast", transaction, poll, "ballots.call")
    *said, ballot_key, signature, expires_at, credential = ballot
    index, choice, sequence, sealed = _said(said, terms)
    digest = terms.digest(index, choice, sequence, sealed)
    signed = _signer(digest, b"".join(signature)) == ballot_key
    point = word(x) + word(y)
    sent = Sent(index, choice, sequence, ballot_key, voting_class, point, digest, signed, sealed)
    verifier = _signer(typed_data.credential(terms.separator, index, ballot_key, expires_at), b"".join(credential))
    proved = proves(terms.root, terms.depth, index, leaf_hash(index, voting_class, point), proof)
    faults = _credential_faults(verifier, terms)
    return Sending(transaction.hash, (sent,), expires_at, single=True, proved=proved, verifier=verifier, faults=faults)


def _said(values: Sequence[int], terms: Terms) -> tuple[int, int, int, bytes]:
    """Index, choice, sequence and what is sealed, of a ballot that was cast alone."""
    if not terms.is_sealed:
        index, choice, sequence = values
        return index, choice, sequence, b""
    index, sequence, seal, sealed_choice = values
    return index, 0, sequence, word(seal) + sealed_choice.to_bytes(8, "big")


def _judge_batch(transaction: Transaction, poll: bytes, terms: Terms) -> Sending:
    (entries, expires_at, signature), ballots, leaves, siblings = _batch_inputs(transaction, poll, terms)
    count = len(entries) // ENTRY_BYTES
    lengths = (len(entries), len(ballots), len(leaves))
    size = terms.ballot_bytes
    if count == 0 or lengths != (count * ENTRY_BYTES, count * size, count * LEAF_BYTES):
        raise Wrong("ballots.call", transaction.place, "batch lengths differ", f"{count} times (24, {size}, 65)", lengths)
    verifier = _signer(typed_data.credential_list(terms.separator, entries, expires_at), b"".join(signature))
    faults = _credential_faults(verifier, terms)
    sent, below = [], -1
    for i in range(count):
        one = _batch_ballot(entries[i * 24 : i * 24 + 24], ballots[i * size : i * size + size], leaves[i * 65 : i * 65 + 65], terms)
        if one.index <= below:
            faults += (("ballots.order", "batch is not in ascending order", f"more than {below}", str(one.index)),)
        below = one.index
        sent.append(one)
    hashed = [(one.index, leaf_hash(one.index, one.voting_class, one.point)) for one in sent]
    proved = multiproves(terms.root, terms.depth, hashed, siblings)
    return Sending(transaction.hash, tuple(sent), expires_at, single=False, proved=proved, verifier=verifier, faults=faults)


def _batch_ballot(entry: bytes, ballot: bytes, leaf: bytes, terms: Terms) -> Sent:
    index, ballot_key = int.from_bytes(entry[:4], "big"), entry[4:]
    head, sealed = ballot[0], ballot[1:-64]
    choice, sequence = (0, head) if terms.is_sealed else (head & 3, head >> 2)
    digest = terms.digest(index, choice, sequence, sealed)
    signed = _signer(digest, ballot[-64:]) == ballot_key
    return Sent(index, choice, sequence, ballot_key, leaf[0], leaf[1:], digest, signed, sealed)


def _batch_inputs(transaction: Transaction, poll: bytes, terms: Terms) -> tuple[Any, ...]:
    dialect = dialect_of(terms.protocol, sealed=terms.is_sealed)
    return dialect.decode_call("castBatch", transaction, poll, "ballots.call")


def _credential_faults(verifier: bytes, terms: Terms) -> tuple[Fault, ...]:
    if verifier in terms.verifiers:
        return ()
    what = "credential is not signed by a verifier of the poll"
    return (("ballots.credential", what, "one of the poll's verifiers", "0x" + verifier.hex()),)


def judge_all(transactions: Sequence[Transaction], poll: bytes, terms: Terms) -> list[Sending | Wrong]:
    """All transactions judged, in their order."""
    found: list[Sending | Wrong] = []
    for transaction in transactions:
        try:
            found.append(judge(transaction, poll, terms))
        except Wrong as wrong:
            found.append(wrong)
    return found
