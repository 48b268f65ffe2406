"""Lies about the code at the contracts, on which checkpoints rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from eth_abi.abi import encode

from scripts.build.contracts import load
from scripts.tampers.forge.abi import call
from scripts.tampers.forge.chain import Forged, Log, Sending
from scripts.tampers.forge.state import proved, values_of
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Change, Lie
from tests.contracts.ballot_box import secret, signer_of
from verifier.tally.contracts import CHECKPOINT

KIND = "code"
OTHER = b"\xde\xad"


def right_codes(vote: ForgedVote) -> dict[bytes, bytes]:
    """What the release puts at case and poll; what they keep in their code when they are created is zeros here."""
    return {address: bytes.fromhex(load(name)["deployedBytecode"][2:]) for address, name in ((vote.case, "Case"), (vote.poll, "Poll"))}


#: A call of the case's own function, whatever it names.
ASKED = call("checkpoint", ["uint64[]"], [[1]])


def checkpoint_of(vote: ForgedVote, named: Forged) -> Log:
    """The case's word for a block's hash."""
    return vote.case, (CHECKPOINT,), encode(["bytes"], [named.number.to_bytes(8, "big") + named.hash])


def _by_an_account_with_code(vote: ForgedVote) -> None:
    """The checkpoint that links the blocks of the ballots stands in a call to an account that has code and created the case (EIP-7702)."""
    with_codes()(vote)
    one = vote.chain.blocks[-3].sendings[-1]
    one.to, one.data = signer_of(secret("deployer")), b"create"


def bridged(vote: ForgedVote) -> None:
    """Two empty blocks behind the first ballot, and a checkpoint of the block before them in a later one."""
    blocks = vote.chain.blocks
    at = blocks.index(vote.acts["cast"]) + 1
    blocks[at:at] = [Forged(blocks[at - 1].time + 1, []), Forged(blocks[at - 1].time + 2, [])]
    for number, one in enumerate(blocks, start=vote.chain.first_number):
        one.number = number
    vote.chain.seal()
    blocks[-3].sendings.append(Sending(vote.case, ASKED, [checkpoint_of(vote, blocks[at - 1])]))


def without_empty_blocks(lines: list[dict[str, Any]]) -> None:
    """Only blocks in which something stands are shown."""
    lines[:] = [line for line in lines if line["transactions"]]


def with_codes(change: Callable[[ForgedVote], Mapping[bytes, bytes]] = lambda _: {}, left_out: str = "") -> Change:
    """A bridged history with state and code; `change` gives other code by address, `left_out` names the account without a line."""

    def after(vote: ForgedVote) -> None:
        bridged(vote)
        codes = right_codes(vote) | dict(change(vote))
        if left_out:
            del codes[getattr(vote, left_out)]
        vote.state = proved(vote, values_of(vote), codes)

    return after


def _spoiled(change: Callable[[bytes], bytes]) -> Change:
    def after(vote: ForgedVote) -> None:
        with_codes()(vote)
        vote.codes = change(vote.codes)

    return after


def _exchanged(content: bytes) -> bytes:
    """Each account's address with the code and proof of the other."""
    one, other = (json.loads(line) for line in content.splitlines())
    one["address"], other["address"] = other["address"], one["address"]
    return b"".join(json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n" for row in (one, other))


def _at_creation(vote: ForgedVote) -> None:
    """Whoever creates a contract may leave any event in its name: here a checkpoint of a block that is not the chain's."""
    vote.act("before", vote.acts["create"].time - 5, vote.poll, b"before")
    vote.chain.blocks.insert(0, vote.chain.blocks.pop())
    for number, one in enumerate(vote.chain.blocks, start=vote.chain.first_number):
        one.number = number
    vote.chain.seal()
    vote.acts["create"].sendings[0].logs.append(checkpoint_of(vote, vote.chain.blocks[0]))


def _lie(name: str, finding: str, after: Change) -> Lie:
    return Lie(KIND, name, finding, after=after, lines=without_empty_blocks)


LIES = (
    _lie("other code at the case, which left checkpoints", "case.code", with_codes(lambda vote: {vote.case: OTHER})),
    _lie("no code at the case", "case.code", with_codes(lambda vote: {vote.case: b""})),
    _lie("other code at the poll than its release's", "poll.code", with_codes(lambda vote: {vote.poll: OTHER})),
    _lie("the case's code is not proved", "proof.code", with_codes(left_out="case")),
    _lie("the poll's code is not proved", "proof.code", with_codes(left_out="poll")),
    _lie("code that the account does not have", "proof.code", _spoiled(lambda one: one.replace(b'"code":"0x60', b'"code":"0x61', 1))),
    _lie("a line without its fields", "proof.code", _spoiled(lambda _: b"{}\n")),
    _lie("a proof of another account", "proof.code", _spoiled(_exchanged)),
    _lie("an account's code twice", "proof.code", _spoiled(lambda one: one + one)),
    _lie("code without an end", "proof.code", _spoiled(lambda one: one[:-1])),
    _lie("code that is no line", "proof.code", _spoiled(lambda _: b"[]\n")),
    Lie(KIND, "a checkpoint that the case's creation left", "proof.link", after=_at_creation),
    _lie("a checkpoint by an account with code that created the case", "proof.link", _by_an_account_with_code),
)
