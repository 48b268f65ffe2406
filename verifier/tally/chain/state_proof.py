"""Contract state by storage proofs at the head of a bundle (EIP-1186; protocol §16)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.tally import rlp
from verifier.tally.chain import sealed_state
from verifier.tally.chain.accounts import account_of
from verifier.tally.chain.node import data, quantity, record, rows_of
from verifier.tally.chain.things import Block
from verifier.tally.chain.trie import NotProved, value_at
from verifier.tally.chain.views import Counted, State
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak, word
from verifier.tally.published import bounded, parse

NAME = "state.proof"
#: Where a poll keeps what a count comes to (contracts/poll, the comments beside the variables).
HEADS, SUMS, RESULT_HASH, OUTCOME, VOICES = 7, 23, 153, 155, 157
EARLIER_IN_1 = 2  # slots by which a poll of protocol 1 has the last three earlier (protocol §17)
CHOICES = (1, 2, 3)


EXCLUDED = 152  # a mapping from class to heads and fen that were taken out


def excluded_slot(voting_class: int) -> int:
    """Where a poll keeps the heads taken out of a class; the fen stand behind them."""
    return int.from_bytes(keccak(word(voting_class) + word(EXCLUDED)), "big")


def slots(classes: int, protocol: int = 2) -> list[int]:
    """The storage slots that tell heads, sums, leaves taken out, result and voices of a poll with so many classes."""
    earlier = EARLIER_IN_1 if protocol == 1 else 0
    excluded = [] if protocol == 1 else [excluded_slot(number) + half for number in range(classes) for half in (0, 1)]
    sums = [SUMS + 2 * (4 * number + choice) + half for number in range(classes) for choice in CHOICES for half in (0, 1)]
    return [*(HEADS + number for number in range(classes)), *sums, *excluded, *(one - earlier for one in (RESULT_HASH, OUTCOME, VOICES))]


@dataclass(frozen=True)
class ProvedState(State):
    """The answer of eth_getProof for a poll, as a bundle has it."""

    path: Path
    poll: bytes
    at: Block
    protocol: int

    name = NAME

    def check(self, counted: Counted, log: StepLog) -> None:
        values = self._values()
        if counted.sealed:
            for slot, expected, what in sealed_state.expected(counted, counted.sealed):
                self._equal(values, slot, expected, what, log)
            return
        for number, (yes, no, abstain) in enumerate(counted.heads):
            self._equal(values, HEADS + number, yes << 64 | no << 128 | abstain << 192, f"heads of class {number}", log)
            for choice, total in zip(CHOICES, counted.sums[number], strict=True):
                slot = SUMS + 2 * (4 * number + choice)
                for half in (0, 1):
                    expected = int.from_bytes(total[32 * half : 32 * half + 32], "big")
                    self._equal(values, slot + half, expected, f"sum of class {number}, choice {choice}", log)
        result_hash, outcome, voices = slots(0, self.protocol)
        for number, (heads, fen) in enumerate(counted.excluded if self.protocol > 1 else ()):
            self._equal(values, excluded_slot(number), heads, f"leaves taken out of class {number}", log)
            self._equal(values, excluded_slot(number) + 1, fen, f"amount taken out of class {number}", log)
        self._equal(values, result_hash, int.from_bytes(counted.result_hash, "big"), "result hash", log)
        self._equal(values, outcome, counted.challenge_ends_at << 8 | bool(counted.passed), "outcome and end of the challenge period", log)
        self._equal(values, voices, counted.refusals << 128 | counted.approvals, "approvals and refusals", log)

    def _equal(self, values: dict[int, int], slot: int, expected: int, what: str, log: StepLog) -> None:
        if slot not in values:
            log.wrong(NAME, self.path.name, f"does not prove {what}", f"slot {slot}", "nothing")
        else:
            log.equal(NAME, f"poll, slot {slot}", f"{what}: differs from the recount", expected, values[slot])

    def _values(self) -> dict[int, int]:
        """Every proved slot of the poll. Raises Wrong for what is no proof."""
        try:
            answer = record(parse(bounded(self.path, NAME), self.path.name, NAME), self.path.name)
            account = value_at(self.at.state_root, keccak(self.poll), _nodes(answer.get("accountProof"), self.path.name))
            _said(answer, "address", self.poll, self.path.name)
            storage_root = _storage_root(answer, account, self.at, self.path.name)
            return dict(self._slot(row, storage_root) for row in rows_of(answer.get("storageProof"), self.path.name))
        except Wrong as wrong:
            raise wrong.renamed(NAME) from wrong
        except (OSError, ValueError) as error:
            raise Wrong(NAME, self.path.name, "proves nothing about the poll at the head", "eth_getProof", error) from error

    def _slot(self, row: Any, storage_root: bytes) -> tuple[int, int]:
        fields = record(row, self.path.name)
        slot = quantity(fields.get("key"), self.path.name)
        value = value_at(storage_root, keccak(word(slot)), _nodes(fields.get("proof"), self.path.name))
        item = rlp.decode(value) if value else b""
        if not isinstance(item, bytes) or len(item) > 32 or item[:1] == b"\0":
            raise NotProved("a slot holds no number")
        _said(fields, "value", int.from_bytes(item, "big"), self.path.name)
        return slot, int.from_bytes(item, "big")


def _nodes(value: Any, place: str) -> list[bytes]:
    return [data(one, place) for one in rows_of(value, place)]


def _said(fields: dict[str, Any], key: str, proved: bytes | int, place: str) -> None:
    """What an answer says besides its proofs is what they prove. Raises NotProved."""
    if key not in fields:
        return
    found = data(fields[key], place, len(proved)) if isinstance(proved, bytes) else quantity(fields[key], place)
    if found != proved:
        raise NotProved(f"{key} is not what the proof proves")


def _storage_root(answer: dict[str, Any], account: bytes, at: Block, place: str) -> bytes:
    found = account_of(account, at)
    _said(answer, "nonce", found.nonce, place)
    _said(answer, "balance", found.balance, place)
    _said(answer, "storageHash", found.storage_root, place)
    _said(answer, "codeHash", found.code_hash, place)
    return found.storage_root
