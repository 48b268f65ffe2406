"""Contract state by storage proofs at the head of a bundle (EIP-1186; protocol §16)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.tally import rlp
from verifier.tally.chain.node import data, record, rows_of
from verifier.tally.chain.things import Block
from verifier.tally.chain.trie import NotProved, value_at
from verifier.tally.chain.views import Counted, State
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak, word

NAME = "state.proof"
#: Where a poll keeps what a count comes to (contracts/poll, the comments beside the variables).
HEADS, SUMS, RESULT_HASH, OUTCOME, VOICES = 7, 23, 153, 155, 157
CHOICES = (1, 2, 3)


def slots(classes: int) -> list[int]:
    """The storage slots that tell heads, sums, result and voices of a poll with so many classes."""
    sums = [SUMS + 2 * (4 * number + choice) + half for number in range(classes) for choice in CHOICES for half in (0, 1)]
    return [*(HEADS + number for number in range(classes)), *sums, RESULT_HASH, OUTCOME, VOICES]


@dataclass(frozen=True)
class ProvedState(State):
    """The answer of eth_getProof for a poll, as a bundle has it."""

    path: Path
    poll: bytes
    at: Block

    name = NAME

    def check(self, counted: Counted, log: StepLog) -> None:
        values = self._values()
        for number, (yes, no, abstain) in enumerate(counted.heads):
            self._equal(values, HEADS + number, yes << 64 | no << 128 | abstain << 192, f"heads of class {number}", log)
            for choice, total in zip(CHOICES, counted.sums[number], strict=True):
                slot = SUMS + 2 * (4 * number + choice)
                for half in (0, 1):
                    expected = int.from_bytes(total[32 * half : 32 * half + 32], "big")
                    self._equal(values, slot + half, expected, f"sum of class {number}, choice {choice}", log)
        self._equal(values, RESULT_HASH, int.from_bytes(counted.result_hash, "big"), "result hash", log)
        self._equal(values, OUTCOME, counted.challenge_ends_at << 8 | counted.passed, "outcome and end of the challenge period", log)
        self._equal(values, VOICES, counted.refusals << 128 | counted.approvals, "approvals and refusals", log)

    def _equal(self, values: dict[int, int], slot: int, expected: int, what: str, log: StepLog) -> None:
        if slot not in values:
            log.wrong(NAME, self.path.name, f"does not prove {what}", f"slot {slot}", "nothing")
        else:
            log.equal(NAME, f"poll, slot {slot}", f"{what}: differs from the recount", expected, values[slot])

    def _values(self) -> dict[int, int]:
        """Every proved slot of the poll. Raises Wrong for what is no proof."""
        try:
            answer = record(json.loads(self.path.read_bytes()), self.path.name)
            account = value_at(self.at.state_root, keccak(self.poll), _nodes(answer.get("accountProof"), self.path.name))
            storage_root = _storage_root(account)
            return dict(self._slot(row, storage_root) for row in rows_of(answer.get("storageProof"), self.path.name))
        except Wrong as wrong:
            raise wrong.renamed(NAME) from wrong
        except (OSError, ValueError, RecursionError) as error:
            raise Wrong(NAME, self.path.name, "proves nothing about the poll at the head", "eth_getProof", error) from error

    def _slot(self, row: Any, storage_root: bytes) -> tuple[int, int]:
        fields = record(row, self.path.name)
        key = fields.get("key")
        slot = int(key, 16) if isinstance(key, str) else -1
        value = value_at(storage_root, keccak(word(slot)), _nodes(fields.get("proof"), self.path.name))
        item = rlp.decode(value) if value else b""
        if not isinstance(item, bytes) or len(item) > 32 or item[:1] == b"\0":
            raise NotProved("a slot holds no number")
        return slot, int.from_bytes(item, "big")


def _nodes(value: Any, place: str) -> list[bytes]:
    return [data(one, place) for one in rows_of(value, place)]


def _storage_root(account: bytes) -> bytes:
    fields = rlp.decode(account) if account else []
    if isinstance(fields, bytes) or len(fields) != 4 or not isinstance(fields[2], bytes) or len(fields[2]) != 32:
        raise NotProved("the poll has no account at the head")
    return fields[2]
