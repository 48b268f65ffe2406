"""The poll's storage in the head's state, with the answer of eth_getProof for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eth_hash.auto import keccak

from scripts.tampers.forge.sealed_ballots import SealedBallots
from scripts.tampers.forge.vote import ForgedVote
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, N, P
from verifier.tally import rlp
from verifier.tally.chain.sealed_state import slots as sealed_slots
from verifier.tally.chain.state_proof import HEADS, OUTCOME, RESULT_HASH, SUMS, VOICES, excluded_slot, slots
from verifier.tally.chain.trie import EMPTY_ROOT, root_over, way_to
from verifier.tally.curve import add

CHOICES = (FOR, AGAINST, ABSTAIN)


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def values_of(vote: ForgedVote) -> dict[int, int]:
    """What the contract would hold after the decision."""
    found: dict[int, int] = {}
    counted = {index: choice for index, choice in vote.newest.items() if index not in vote.excluded}
    for number in range(len(vote.classes)):
        mine = [lender for lender in vote.register.lenders if lender.voting_class == number]
        for choice in CHOICES:
            chosen = [lender for lender in mine if counted.get(lender.index) == choice]
            found[HEADS + number] = found.get(HEADS + number, 0) | len(chosen) << 64 * choice
            total = add([_word(one.point[0]) + _word(one.point[1] % P) for one in chosen])
            slot = SUMS + 2 * (4 * number + choice)
            found[slot], found[slot + 1] = int.from_bytes(total[:32], "big"), int.from_bytes(total[32:], "big")
        out = [vote.register.lenders[index].amount_fen for index in vote.excluded if vote.register.lenders[index].voting_class == number]
        found[excluded_slot(number)], found[excluded_slot(number) + 1] = len(out), sum(out) % N
    found[RESULT_HASH] = int.from_bytes(vote.result_hash, "big")
    found[OUTCOME] = vote.challenge_ends_at << 8 | vote.outcome
    voices = len(vote.attesters)
    found[VOICES] = voices if vote.approve else voices << 128
    return found


def proved(vote: ForgedVote, values: Mapping[int, int], codes: Mapping[bytes, bytes] | None = None) -> bytes:
    """state.jsonl for these values; the head's state root has them, and the code of each account that is named."""
    storage = {bytes(keccak(_word(slot))): rlp.encode(_number(value)) for slot, value in values.items() if value}
    accounts = _accounts({vote.case: b"case", vote.poll: b"poll"} | dict(codes or {}), {vote.poll: root_over(storage)})
    vote.chain.state_roots[vote.chain.head.number] = root_over(accounts)
    vote.codes = _code_lines(accounts, codes or {})
    answer: dict[str, Any] = {
        "address": "0x" + vote.poll.hex(),
        "accountProof": _nodes(accounts, bytes(keccak(vote.poll))),
        "storageProof": [
            {"key": f"0x{slot:064x}", "value": hex(values.get(slot, 0)), "proof": _nodes(storage, bytes(keccak(_word(slot))))}
            for slot in _slots_of(vote)
        ],
    }
    return json.dumps(answer, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _slots_of(vote: ForgedVote) -> list[int]:
    """The storage slots that a bundle proves."""
    classes = len(vote.classes)
    return sealed_slots(classes, vote.motions) if isinstance(vote, SealedBallots) else slots(classes)


def code_alone(codes: Mapping[bytes, bytes]) -> tuple[bytes, bytes]:
    """The root of a state that has this code by address and nothing else, and code.jsonl for it."""
    accounts = _accounts(codes, {})
    return root_over(accounts), _code_lines(accounts, codes)


def _accounts(codes: Mapping[bytes, bytes], roots: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    return {bytes(keccak(one)): rlp.encode([b"\x01", b"", roots.get(one, EMPTY_ROOT), bytes(keccak(code))]) for one, code in codes.items()}


def _code_lines(accounts: Mapping[bytes, bytes], codes: Mapping[bytes, bytes]) -> bytes:
    rows = [
        {"address": "0x" + one.hex(), "code": "0x" + code.hex(), "proof": _nodes(accounts, bytes(keccak(one)))}
        for one, code in codes.items()
    ]
    return b"".join(json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n" for row in rows)


def _nodes(items: Mapping[bytes, bytes], key: bytes) -> list[str]:
    return ["0x" + node.hex() for node in way_to(items, key)]
