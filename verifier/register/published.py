"""Published leaves (protocol §12), held against those that were worked out."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from verifier.register.findings import Finding, Findings

_HEADER = b"index,voting_class,x,y\n"
_LONGEST_LINE = 200


class PublishedLeaves:
    """A leaves.csv, read line by line beside the work."""

    def __init__(self, path: Path, findings: Findings) -> None:
        """Raises: OSError."""
        self._file: BinaryIO = path.open("rb")
        self._findings = findings
        self._line = 1
        self._expect(_HEADER)

    def take(self, index: int, voting_class: int, point: bytes) -> None:
        """The next leaf; `point` is x ‖ y."""
        digits = point.hex()
        self._expect(f"{index},{voting_class},{digits[:64]},{digits[64:]}\n".encode())

    def end(self) -> None:
        """Nothing follows the last leaf."""
        if self._file.read(1):
            self._findings.add(Finding("leaves.count", {"expected": self._line - 1}))
        self._file.close()

    def _expect(self, line: bytes) -> None:
        if self._file.readline(_LONGEST_LINE).lower() != line:
            self._findings.add(Finding("leaves.differ", {"line": self._line}))
        self._line += 1
