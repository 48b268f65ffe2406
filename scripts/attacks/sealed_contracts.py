"""Attacks on the contracts of sealed polls, on a chain of their own: ballots, shares, secret, counting, key and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scripts.attacks.contracts import deed
from scripts.attacks.kinds import Attack, Patch
from tests.contracts.ballot_box import AGAINST, FOR, make_register, secret, sign
from tests.contracts.chain import Chain
from tests.contracts.sealed_world import EMPTY_BOX, RECORD_BYTES, SealedPoll, SealedTerms, SealedWorld, SealKeys, folded

UNSEALING, OUTCOME = "contracts/poll/Unsealing.sol", "contracts/poll/SealedOutcome.sol"
BOX, KEYS = "contracts/poll/SealedBox.sol", "contracts/seals/SealKeys.sol"
LENDERS = 8

#: All mends of sealed polls are off in one copy, as the contracts take a minute to compile; each attack needs one of them.
ALL_OFF = (
    Patch(BOX, "        if (!_isSigned(digest, signature.r, signature.vs, ballotKey)) {\n", "        if (false) {\n"),
    Patch(UNSEALING, "        if (block.timestamp < _CLOSES_AT) revert Poll_StillOpen(_CLOSES_AT, block.timestamp);\n", ""),
    Patch(UNSEALING, "        if (Seal.keyOf(share) != _shareKeys[trustee]) revert Seal_ShareWrong(trustee);\n", ""),
    Patch(UNSEALING, "        if (Seal.keyOf(revealed) != _SEAL_KEY) revert Seal_SecretWrong();\n", ""),
    Patch(UNSEALING, "        if (folded != inside) revert Box_NotItsEnd();\n", ""),
    Patch(OUTCOME, "        if (block.timestamp < overdueAt) revert Poll_NotOverdue(overdueAt, block.timestamp);\n", ""),
    Patch(OUTCOME, "        if (resultHash() != 0) revert Poll_AlreadyTallied();\n", ""),
    Patch(OUTCOME, "        if (_box != 0) revert Box_NotEmpty();\n", ""),
    Patch(KEYS, "        if (_usedKeys[key]) revert Seal_KeyUsed(key);\n", ""),
    Patch(KEYS, "        if (_usedRolls[key.rollHash]) revert Seal_RollUsed(key.rollHash);\n", ""),
    Patch(KEYS, "            if (!Signers.hasSigned(shareKey, digest, confirmations[i].share)) revert Seal_ShareKeyNotConfirmed(i);\n", ""),
    Patch(
        KEYS, "            if (!Signers.hasSigned(seats[i], digest, confirmations[i].identity)) revert Seal_IdentityNotConfirmed(i);\n", ""
    ),
)


def _open(chain: Chain) -> SealedPoll:
    """A poll that is open, in which two lenders have voted."""
    world = SealedWorld(chain)
    world.admit(world.submit())
    poll = SealedPoll.of(world, make_register(LENDERS))
    poll.cast(poll.vote(1, FOR))
    poll.cast(poll.vote(2, AGAINST))
    return poll


def _unsealed(chain: Chain) -> SealedPoll:
    poll = _open(chain)
    poll.close()
    poll.unseal()
    return poll


def _to_another_key(chain: Chain) -> None:
    """The service showed a booth another seal key: the ballot is sealed to it, and signed over its hash."""
    poll = _open(chain)
    papers = replace(poll.papers, keys=SealKeys("the service's"))
    chain.send(poll.calls.cast(*papers.sealed_ballot(poll.vote(3, FOR))))


def _early_share(chain: Chain) -> None:
    poll = _open(chain)
    chain.send(poll.calls.publishShare(0, poll.keys.shares[0]))


def _strangers_share(chain: Chain) -> None:
    """Somebody without a seat publishes a number for one, so that the seat seems to have opened."""
    poll = _open(chain)
    poll.close()
    chain.send(poll.calls.publishShare(0, int.from_bytes(secret("stranger"), "big")))


def _wrong_secret(chain: Chain) -> None:
    """Every ballot would open to nothing."""
    poll = _open(chain)
    poll.close()
    chain.send(poll.calls.unseal(poll.keys.secret + 1))


def _left_out(chain: Chain) -> None:
    """A voice against is left out, and the box said to be empty."""
    poll = _unsealed(chain)
    chain.send(poll.calls.count(EMPTY_BOX, poll.records[0]))


def _twice(chain: Chain) -> None:
    """A voice for is handed in twice, in front: what stands behind the end of the box is not looked at."""
    poll = _unsealed(chain)
    ballots = b"".join([poll.records[0], *poll.records])
    assert len(ballots) == 3 * RECORD_BYTES
    chain.send(poll.calls.count(EMPTY_BOX, ballots))


def _other_order(chain: Chain) -> None:
    """What two lenders sealed is exchanged between them."""
    poll = _unsealed(chain)
    first, second = poll.records
    swapped = first[:69] + second[69:], second[:69] + first[69:]
    chain.send(poll.calls.count(folded(EMPTY_BOX, []), b"".join(swapped)))


def _before_the_count(chain: Chain) -> None:
    """Sums are opened over a box that still holds a voice."""
    poll = _unsealed(chain)
    poll.count(1)
    poll.open_sums({2: [AGAINST]})


def _key_again(chain: Chain) -> None:
    """The case's next poll is sealed to a key whose secret becomes public with the first."""
    poll = _open(chain)
    poll.world.announce_sealed(SealedTerms(poll.world.terms()), poll.keys)


def _unconfirmed(chain: Chain) -> None:
    """A key is announced that one person made alone: no trustee has a share of it, and none signed it."""
    world = SealedWorld(chain)
    world.freeze(make_register(LENDERS))
    world.admit(world.submit())
    keys, stranger = SealKeys("one person's"), secret("stranger")
    digest = world.domain.digest("SealKey", *keys.values)
    world.announce_sealed(SealedTerms(world.terms()), keys, confirmations=[(sign(stranger, digest),) * 2] * keys.seats)


def _abandoned(when: Callable[[SealedPoll], int], *, tallied: bool = False) -> Callable[[Chain], None]:
    """Officials abandon a poll whose result they do not like."""

    def do(chain: Chain) -> None:
        poll = _open(chain)
        if tallied:
            poll.close()
            poll.unseal()
            poll.count_all()
            poll.open_sums({1: [FOR], 2: [AGAINST]})
        poll.world.abandon(0, at=when(poll))

    return do


def _overdue(poll: SealedPoll) -> int:
    return poll.terms.poll.closes_at + poll.terms.abandon_after_seconds


def _attack(name: str, who: str, do: Callable[[Chain], None]) -> Attack:
    return Attack(name, who, deed(do), ALL_OFF)


ATTACKS = (
    _attack("a booth that was shown another seal key hands its ballot in", "backend operator", _to_another_key),
    _attack("a share published before the close", "trustee", _early_share),
    _attack("a share published by a stranger for a seat", "stranger", _strangers_share),
    _attack("a box unsealed with a wrong secret", "stranger", _wrong_secret),
    _attack("a ballot left out of the count", "whoever counts", _left_out),
    _attack("a ballot counted twice", "whoever counts", _twice),
    _attack("two lenders' seals exchanged in the count", "whoever counts", _other_order),
    _attack("sums opened before every ballot was counted", "whoever counts", _before_the_count),
    _attack("one key for two polls of a case", "officials", _key_again),
    _attack("a key that its trustees never confirmed", "officials", _unconfirmed),
    _attack("a poll abandoned before its time", "officials", _abandoned(lambda poll: _overdue(poll) - 1)),
    _attack("a poll abandoned although it has a result", "officials", _abandoned(_overdue, tallied=True)),
)
