"""What a lender, an official, a sender or a stranger can do within the contracts' rules to make a right poll look wrong.

Each is done on a real chain to a poll that is right. Every recount has to say "agrees", or at most call a paper void.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_account import Account

from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, make_register, secret
from tests.contracts.chain import Chain, Refused
from tests.contracts.sealed_world import SealedVote
from tests.verifier.tally.sealed_vote import SealedHeldVote
from tests.verifier.tally.vote import NOTE_ABI, RECEIPTS, RELAY, HeldVote

Act = Callable[[HeldVote], None]


@dataclass(frozen=True)
class Steering:
    """Something that somebody does while a poll is open (`open`), or after its close and before the sums are opened (`closed`)."""

    name: str
    who: str
    open: Act = lambda _: None
    closed: Act = lambda _: None

    def hold(self, chain: Chain) -> HeldVote:
        """A whole poll in which this is done."""
        vote = HeldVote.announce(chain, make_register(12))
        vote.hold()
        self.open(vote)
        vote.close(self.closed)
        return vote


def _same_sequence_both_ways(vote: HeldVote) -> None:
    """A lender gives the relay one ballot and the contract another one of the same sequence."""
    vote.vote(11, FOR)
    other = vote.vote(11, AGAINST, receipted=False)
    vote.poll.cast(other)
    vote.count([other])


def _higher_sequence_directly(vote: HeldVote) -> None:
    """A lender gives the relay a ballot and overtakes it."""
    vote.vote(11, FOR)
    other = vote.vote(11, ABSTAIN, 63, receipted=False)
    vote.poll.cast(other)
    vote.count([other])


def _batch_with_rejections(vote: HeldVote) -> None:
    """A sender takes somebody's list and sends rubbish under it: the contract rejects each aloud."""
    votes = [vote.vote(index, choice, 5, key=secret("rubbish"), receipted=False) for index, choice in ((0, FOR), (1, 0), (2, AGAINST))]
    vote.poll.cast_batch(votes)


def _scattered(vote: HeldVote) -> None:
    """A sender lays the parts of a batch out backwards, with gaps and rubbish behind them."""
    poll = vote.poll
    one = vote.vote(11, FOR)
    data = bytes.fromhex(poll.calls.castBatch(*poll.papers.batch([one]).arguments)._encode_transaction_data()[2:])
    poll.chain.send_data(poll.contract.address, "0x" + backwards(data).hex())
    vote.count([one])


def backwards(data: bytes) -> bytes:
    """castBatch's parts in the reverse order, 33 bytes apart, and the list's own parts behind a backward offset."""
    selector, body = data[:4], data[4:]
    offsets = [int.from_bytes(body[32 * i : 32 * i + 32], "big") for i in range(4)]
    ends = [*offsets[1:], len(body)]
    parts = [body[start:end] for start, end in zip(offsets, ends, strict=True)]
    head, tail, places = b"", b"", [0] * 4
    for number in (3, 2, 1, 0):
        tail += b"\xee" * 33
        places[number] = 128 + len(tail)
        tail += parts[number]
    head = b"".join(place.to_bytes(32, "big") for place in places)
    return selector + head + tail + b"\x01\x02\x03"


def _backward_offset(vote: HeldVote) -> None:
    """A sender puts the list's entries in front of the list and reaches them by a negative offset."""
    poll, one = vote.poll, vote.vote(11, FOR)
    arguments: tuple[Any, ...] = poll.papers.batch([one]).arguments
    (entries, expires_at, (r, vs)), ballots, leaves, siblings = arguments
    packed = len(entries).to_bytes(32, "big") + entries + bytes(-len(entries) % 32)
    listed = (-len(packed)).to_bytes(32, "big", signed=True) + expires_at.to_bytes(32, "big") + r + vs
    rest = [encode(["bytes"], [ballots])[32:], encode(["bytes"], [leaves])[32:], encode(["bytes32[]"], [siblings])[32:]]
    places, at = [], 128 + len(packed)
    for part in (listed, *rest):
        places.append(at)
        at += len(part)
    selector = poll.calls.castBatch(*poll.papers.batch([one]).arguments)._encode_transaction_data()[:10]
    body = b"".join(place.to_bytes(32, "big") for place in places) + packed + listed + b"".join(rest)
    poll.chain.send_data(poll.contract.address, selector + body.hex())
    vote.count([one])


def _notes_of_strangers(vote: HeldVote) -> None:
    """A stranger leaves notes that look like the relay's, and some that are nothing."""
    heads = [(b"\x01" * 32, 5, b"\x02" * 32)]
    data = encode(NOTE_ABI, [vote.poll.contract.address, 1, bytes(32), True, heads])
    note = vote.world.case.functions.note
    vote.poll.chain.send_as(secret("stranger"), note(RECEIPTS, data))
    vote.poll.chain.send_as(secret("stranger"), note(RECEIPTS, b"\xff"))
    vote.poll.chain.send_as(secret("stranger"), note(bytes(32), b"x" * 5000))


def _notes_about_another_poll(vote: HeldVote) -> None:
    """The relay notes heads of another poll of the same case."""
    data = encode(NOTE_ABI, ["0x" + "77" * 20, 1, bytes(32), True, []])
    vote.poll.chain.send_as(RELAY, vote.world.case.functions.note(RECEIPTS, data))


def _checkpoints(vote: HeldVote) -> None:
    """A stranger has many blocks' hashes written down."""
    vote.poll.chain.send_as(secret("stranger"), vote.world.case.functions.checkpoint(list(range(1, 6)) * 20))


def _opens(vote: HeldVote) -> None:
    """A stranger tries to take out a leaf that holds a claim; the contract refuses."""
    lender = vote.register.lenders[1]
    call = vote.poll.calls.excludeLeaf(1, lender.leaf, vote.register.proof(1), lender.amount_fen, lender.blind)
    with contextlib.suppress(Refused):
        vote.poll.chain.send(call)


def _other_kinds_of_transactions(vote: HeldVote) -> None:
    """Ballots in a legacy transaction and in one with an access list."""
    poll, chain = vote.poll, vote.poll.chain
    access = [{"address": poll.contract.address, "storageKeys": ["0x" + "00" * 32]}]
    for index, fields in ((10, {}), (11, {"accessList": access})):
        one = vote.vote(index, FOR, 2)
        data = poll.calls.cast(*poll.papers.ballot(one))._encode_transaction_data()
        chain._mine(
            {"from": chain.accounts[0], "to": poll.contract.address, "data": data, "gas": hex(10**6), "gasPrice": hex(10**11), **fields}
        )
        vote.count([one])


def _delegated(vote: HeldVote) -> None:
    """A stranger's transaction carries somebody's delegation to code (EIP-7702)."""
    poll, chain = vote.poll, vote.poll.chain
    sender, holder = Account.from_key(secret("stranger")), Account.from_key(secret("holder"))
    for account in (sender, holder):
        chain.rpc("anvil_setBalance", account.address, hex(10**20))
    signed = holder.sign_authorization({"chainId": chain.chain_id, "address": "0x" + "11" * 20, "nonce": 0})
    one = vote.vote(11, FOR, 3)
    fields = {
        "type": 4,
        "to": poll.contract.address,
        "data": poll.calls.cast(*poll.papers.ballot(one))._encode_transaction_data(),
        "value": 0,
        "gas": 10**6,
        "nonce": chain.w3.eth.get_transaction_count(sender.address),
        "chainId": chain.chain_id,
        "maxFeePerGas": 10**12,
        "maxPriorityFeePerGas": 10**9,
        "accessList": [],
        "authorizationList": [signed],
    }
    sent = chain.w3.eth.send_raw_transaction(sender.sign_transaction(fields).raw_transaction)
    assert chain.w3.eth.wait_for_transaction_receipt(sent)["status"] == 1
    vote.count([one])


@dataclass(frozen=True)
class SealedSteering(Steering):
    """The same in a sealed poll."""

    def hold(self, chain: Chain) -> HeldVote:
        vote = SealedHeldVote.announce_sealed(chain, make_register(12))
        vote.hold()
        self.open(vote)
        vote.close(self.closed)
        return vote


def _nonsense(vote: Any) -> None:
    """A lender puts in seals that are no point, and numbers that are none."""
    for index, fields in ((10, (2**256 - 1, 0)), (11, (0, 2**64 - 1)), (2, (5, 7))):
        one = SealedVote(vote.register.lenders[index], 0, 5, fields=fields)
        vote.poll.cast(one)
        vote.chose([one])


def _all_63(vote: Any) -> None:
    """A lender changes the ballot as often as one can."""
    votes = [SealedVote(vote.register.lenders[11], FOR, sequence) for sequence in range(1, 64)]
    for one in votes:
        vote.poll.cast(one)
    vote.chose(votes[-1:])


def _wrong_shares(vote: Any) -> None:
    """A stranger hands in shares and secrets that are none, and pieces that do not fit."""
    calls, chain = vote.poll.calls, vote.poll.chain
    for call in (calls.publishShare(1, 7), calls.publishShare(99, 7), calls.unseal(7), calls.count(bytes(32), b"\1" * 110)):
        with contextlib.suppress(Refused):
            chain.send(call)


def _last_share(vote: Any) -> None:
    """A trustee comes after the count."""
    vote.poll.chain.send(vote.poll.calls.publishShare(1, vote.poll.keys.shares[1]))


STEERINGS: tuple[Steering, ...] = (
    Steering("one sequence to the relay and another ballot of it to the contract", "lender", open=_same_sequence_both_ways),
    Steering("a receipted ballot overtaken by sequence 63", "lender", open=_higher_sequence_directly),
    Steering("rubbish under somebody's list of credentials", "sender", open=_batch_with_rejections),
    Steering("a batch laid out in another order, with gaps", "sender", open=_scattered),
    Steering("a batch with a backward offset", "sender", open=_backward_offset),
    Steering("legacy and access-list transactions", "sender", open=_other_kinds_of_transactions),
    Steering("a transaction with somebody's delegation", "sender", open=_delegated),
    Steering("notes that look like the relay's", "stranger", open=_notes_of_strangers),
    Steering("notes of the relay about another poll", "relay", open=_notes_about_another_poll),
    Steering("checkpoints of a stranger", "stranger", open=_checkpoints),
    Steering("an exclusion of a claim, tried", "stranger", closed=_opens),
    SealedSteering("seals that are none", "sealed: lender", open=_nonsense),
    SealedSteering("sixty-three ballots of one lender", "sealed: lender", open=_all_63),
    SealedSteering("shares, secrets and pieces that do not fit, tried", "sealed: stranger", closed=_wrong_shares),
    SealedSteering("a share after the count", "sealed: trustee", closed=_last_share),
)
