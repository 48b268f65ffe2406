"""Receipts that lenders or the published list show, and the ballots that the chain recorded (protocol §27, kind 4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verifier.tally.ballots import BYTES_OF_RECORD
from verifier.tally.chain.live import log_of
from verifier.tally.chain.node import record
from verifier.tally.contracts import EVENTS, topic_of
from verifier.tally.findings import Wrong
from verifier.tally.published import Published
from verifier.tally.receipts import Reading, Receipt, read_own, read_part
from verifier.tally.steps import poll_file
from verifier.tally.typed_data import domain_separator

RECORDED = topic_of("BallotsRecorded", EVENTS["BallotsRecorded"])
MOST_BYTES = 2**31


class Poll:
    """One poll by its published poll.json: what its receipts say, and what of them is recorded."""

    def __init__(self, folder: Path) -> None:
        published = Published(folder)
        header = poll_file.read(published)
        self.chain_id, self.case, self.address = header.whole("chain_id", 2**256), header.raw("case", 20), header.raw("poll", 20)
        self.from_block = header.whole("from_block", 2**63)
        self._signer = poll_file.parameters(published).raw("receipt_signer", 20)
        protocol = poll_file.protocol(header)
        self._reading = Reading(protocol, domain_separator(self.chain_id, self.address), poll_file.is_sealed(header))
        self._recorded: dict[int, int] = {}
        self._waiting: dict[bytes, Receipt] = {}
        self._known: dict[Path, tuple[int, int]] = {}

    def take_logs(self, rows: list[Any]) -> None:
        """What the chain recorded: by index the highest sequence."""
        for row in rows:
            found = log_of(record(row, "logs"), "logs")
            if found.address == self.address and found.topics[:1] == (RECORDED,):
                content = found.data[64 : 64 + int.from_bytes(found.data[32:64], "big")]
                for start in range(0, len(content) - BYTES_OF_RECORD + 1, BYTES_OF_RECORD):
                    index, sequence = int.from_bytes(content[start : start + 4], "big"), content[start + 4] >> 2
                    self._recorded[index] = max(sequence, self._recorded.get(index, 0))

    def forget(self) -> None:
        """What was recorded has to be read again: the chain is another one."""
        self._recorded.clear()

    def take_receipts(self, folder: Path) -> list[str]:
        """New and changed files: `*.json` a lender's own receipt, `*.jsonl` a list of them. What of it is no receipt of this relay."""
        faults: list[str] = []
        for path in sorted((*folder.glob("*.json"), *folder.glob("*.jsonl"))):
            try:
                state = path.stat()
            except OSError:
                continue
            mark = (state.st_mtime_ns, state.st_size)
            if self._known.get(path) == mark or state.st_size > MOST_BYTES:
                continue
            self._known[path] = mark
            for one in self._read(path):
                if isinstance(one, Wrong):
                    faults.append(f"{path.name}: {one.what}")
                elif one.signer != self._signer:
                    faults.append(f"{path.name}: not signed by the poll's receipt signer")
                else:
                    self._waiting[one.digest] = one
        return faults

    def _read(self, path: Path) -> Iterator[Receipt | Wrong]:
        if path.suffix == ".json":
            for own in read_own([path], self.chain_id, self.address, self._reading):
                yield own if isinstance(own, Wrong) else own.receipt
            return
        lines = [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
        yield from read_part((1, lines), self._reading)

    def overdue(self, chain_time: int, seconds: int) -> list[bytes]:
        """Digests of receipts whose ballot should be on the chain by now and is not, nor a later one of the same lender."""
        for digest, one in list(self._waiting.items()):
            if self._recorded.get(one.fields.index, -1) >= one.fields.sequence:
                del self._waiting[digest]
        late = [digest for digest, one in self._waiting.items() if chain_time >= one.fields.received_at + seconds]
        for digest in late:
            del self._waiting[digest]
        return late
