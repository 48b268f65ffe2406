"""Writes `blocks.jsonl` and `state.jsonl` of a bundle from a node (protocol §16)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.tally.chain.bundle import PIECE_BYTES
from verifier.tally.chain.live import log_of
from verifier.tally.chain.node import Node, Refused, record
from verifier.tally.chain.rules import ChainRule, Written
from verifier.tally.chain.sealed_state import slots as sealed_slots
from verifier.tally.chain.state_proof import slots
from verifier.tally.chain.trie import proof_of
from verifier.tally.contracts import CHECKPOINT
from verifier.tally.findings import Wrong
from verifier.tally.recount import Recount, need
from verifier.tally.signers import verifiers_behind

from .route import route

AT_ONCE = 50


@dataclass(frozen=True)
class Chain:
    """The chain that a recount has read."""

    node: Node
    rule: ChainRule
    work: Recount

    def write_blocks(self, path: Path, ticked: Callable[[int], None] = lambda _: None) -> int:
        """All blocks that prove the poll, from the head down; how many. Raises Wrong."""
        scene, sight = need(self.work.scene, 1), need(self.work.sight, 1)
        carried: dict[int, set[bytes]] = {}
        for event in scene.events:
            carried.setdefault(event.log.block_number, set()).add(event.log.transaction_hash)
        first = min(carried)
        carried[first].add(sight.creation(first, scene.case).hash)
        checkpoints = self._checkpoints(scene.case, first, sight.head.number)
        seeding = set() if self.work.seed_block is None else {self.work.seed_block}
        shown = route(sight.head.number, set(carried) | seeding, {number: named for number, (named, _) in checkpoints.items()})
        for number in shown & checkpoints.keys():
            carried.setdefault(number, set()).update(checkpoints[number][1])
        with path.open("wb") as file:
            for number, written, hashes in self._written(sorted(shown, reverse=True), carried):
                file.write(_line(number, written, hashes, carried.get(number, set())))
                ticked(1)
        return len(shown)

    def _checkpoints(self, case: bytes, first: int, last: int) -> dict[int, tuple[set[int], set[bytes]]]:
        """By block: the blocks that checkpoints in it name, and the transactions that carried them."""
        found: dict[int, tuple[set[int], set[bytes]]] = {}
        wanted = {"address": ["0x" + case.hex()], "topics": ["0x" + CHECKPOINT.hex()]}
        for _, rows in self.node.log_rows(wanted, first, last):
            for row in rows:
                log = log_of(record(row, "checkpoints"), "checkpoints")
                pieces = log.data[64 : 64 + int.from_bytes(log.data[32:64], "big")]
                named, carried = found.setdefault(log.block_number, (set(), set()))
                named.update(int.from_bytes(pieces[i : i + 8], "big") for i in range(0, len(pieces), PIECE_BYTES))
                carried.add(log.transaction_hash)
        return found

    def _written(self, numbers: list[int], carried: dict[int, set[bytes]]) -> Iterator[tuple[int, Written, list[bytes]]]:
        """Header, and where something is in the block all transactions and receipts; with the transactions' hashes."""
        for start in range(0, len(numbers), AT_ONCE):
            part = numbers[start : start + AT_ONCE]
            blocks = self.rule.shown_blocks(self.node, part, "blocks")
            for number, block in zip(part, blocks, strict=True):
                fields = record(block, f"block {number}")
                if number in carried:
                    hashes = [bytes.fromhex(row["hash"][2:]) for row in fields["transactions"]]
                    yield number, self.rule.written(fields, self._receipts(number, hashes)), hashes
                else:
                    yield number, Written(self.rule.written({**fields, "transactions": []}, []).header, [], []), []

    def _receipts(self, number: int, hashes: list[bytes]) -> list[Any]:
        try:
            return list(self.node.ask(self.rule.receipts_question, [hex(number)], "receipts"))
        except Refused:
            return self.node.many(self.rule.receipt_question, [["0x" + one.hex()] for one in hashes], "receipts")

    def write_state(self, path: Path) -> bool:
        """What the node proves of the poll's state at the head; False where it proves nothing."""
        scene, sight, register = need(self.work.scene, 1), need(self.work.sight, 1), need(self.work.register, 3)
        terms, classes = need(self.work.terms, 2), len(register.classes)
        wanted = sealed_slots(classes, terms.motions) if scene.sealed else slots(classes, scene.protocol)
        keys = [f"0x{slot:064x}" for slot in wanted]
        try:
            answer = self.node.ask("eth_getProof", ["0x" + scene.poll.hex(), keys, hex(sight.head.number)], "state")
        except (Refused, Wrong):
            return False
        path.write_bytes(json.dumps(answer, sort_keys=True, separators=(",", ":")).encode() + b"\n")
        return True

    def write_codes(self, path: Path) -> bool:
        """Code at case, poll and passkey verifiers with the proofs of their accounts at the head; False where the node proves nothing."""
        scene, sight = need(self.work.scene, 1), need(self.work.sight, 1)
        appointed = [one.values[1] for one in scene.events if one.name == "TrusteesAppointed" and one.log.address == scene.case]
        seats = [signer for named in appointed for signer in named] if scene.sealed else []
        verifiers = verifiers_behind([*(one for each in scene.generations for one in each.signers), *seats])
        head, rows = hex(sight.head.number), []
        try:
            for address in ("0x" + one.hex() for one in (scene.case, scene.poll, *verifiers)):
                answer = record(self.node.ask("eth_getProof", [address, [], head], "code"), "code")
                rows.append(
                    {"address": address, "code": self.node.ask("eth_getCode", [address, head], "code"), "proof": answer["accountProof"]}
                )
        except (Refused, Wrong, KeyError):
            return False
        path.write_bytes(b"".join(json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n" for row in rows))
        return True


def _line(number: int, written: Written, hashes: list[bytes], wanted: set[bytes]) -> bytes:
    """One block of the file, with proofs of the wanted transactions."""
    places = [place for place, one in enumerate(hashes) if one in wanted]

    def proofs(items: list[bytes]) -> list[dict[str, Any]]:
        return [{"index": place, "proof": ["0x" + node.hex() for node in proof_of(items, place)]} for place in places]

    row = {
        "number": number,
        "header": "0x" + written.header.hex(),
        "transactions": proofs(written.transactions),
        "receipts": proofs(written.receipts),
    }
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n"
