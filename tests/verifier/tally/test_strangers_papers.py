"""What anybody can write and hand in, or have stamped, says nothing against a right poll (protocol §13.1, §26, §27)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from eth_abi.abi import encode

from tests.contracts.ballot_box import address_of, secret, sign
from tests.contracts.typed import TYPES, Domain
from tests.verifier.second.second import needs_node, recount
from tests.verifier.tally.vote import NOTE_ABI, HeldVote, canonical, hex_of
from verifier.tally.keccak import keccak
from verifier.tally.recount import Recount
from verifier.tally.stamps import Stamp
from verifier.tally.steps.stamps import values_in

WITNESSED = "uint64 number,uint8 kind,uint64 blockNumber,bytes32 hash,uint64 seenAt,bytes32 previous"
POLL, OTHER = b"\x01" * 20, b"\x02" * 20


def file_of_a_stranger(vote: HeldVote, path: Path) -> bytes:
    """A witness's file in its form, by a key of the writer's own, that says that block 1 was another one; the address."""
    TYPES.setdefault("Witnessed", WITNESSED)
    key, domain = secret("stranger"), Domain(vote.poll.chain.chain_id, vote.world.case.address)
    said: dict[str, Any] = {"block": 1, "hash": hex_of(b"\x11" * 32), "kind": 1, "number": 1, "previous": hex_of(bytes(32)), "seen_at": 5}
    signature = sign(key, domain.digest("Witnessed", 1, 1, 1, b"\x11" * 32, 5, bytes(32)))
    header = {"address": hex_of(address_of(key)), "case": vote.world.case.address.lower(), "chain_id": domain.chain_id, "witness": 1}
    path.write_bytes(canonical(header) + b"\n" + canonical(said | {"signature": hex_of(signature)}) + b"\n")
    return bytes.fromhex(address_of(key)[2:])


@needs_node
def test_a_strangers_witness__speaks_against_a_chain_only_where_it_was_named(
    published: Path, node_address: str, held_vote: HeldVote, count_again: Callable[..., Recount], tmp_path: Path
) -> None:
    path = tmp_path / "witness.jsonl"
    address = file_of_a_stranger(held_vote, path)
    brought = ["--rpc", node_address, "--published", published, "--witness", path]
    work = count_again(published, witnesses=(path,))
    assert ([one.name for one in work.findings], {one.name for one in work.void}) == ([], {"void.witness"})
    said = recount(*brought)
    assert (said.last["recount"], said.names) == ("agrees, papers void", {"void.witness"})
    named = count_again(published, witnesses=(path,), witness_keys=frozenset({address}))
    assert {one.name for one in named.findings} == {"witness.chain"}
    assert recount(*brought, "--witness-key", "0x" + address.hex()).names == {"witness.chain"}


def test_a_stamp_of_the_close__is_of_the_note_that_closes_this_poll() -> None:
    notes = [
        encode(NOTE_ABI, ["0x" + poll.hex(), 1, bytes(32), closed, []]) for poll, closed in ((POLL, False), (OTHER, True), (POLL, True))
    ]
    log = SimpleNamespace(block_number=7)
    events = [SimpleNamespace(name="Noted", log=log, values=(bytes(20), bytes(32), note)) for note in notes]
    stamp = Stamp("line", "close", 7, bytes(32), bytes(32), bytes(65), b"")
    scene: Any = SimpleNamespace(events=events, poll=POLL)
    assert values_in(scene, stamp) == {keccak(notes[2])}


def test_a_stamp_of_the_register__is_of_the_one_that_votes() -> None:
    log = SimpleNamespace(block_number=7)
    events = [SimpleNamespace(name="RegisterFrozen", log=log, values=(number, bytes([number]) * 32)) for number in (1, 2)]
    stamp = Stamp("line", "register", 7, bytes(32), bytes(32), bytes(65), b"")
    scene: Any = SimpleNamespace(events=events, poll=POLL)
    assert values_in(scene, stamp, 2) == {b"\x02" * 32}
    assert len(values_in(scene, stamp)) == 2
