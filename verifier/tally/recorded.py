"""What a node said, written down while it is asked, and asked again later without the node."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.rpc import Node, Refused

MOST_ROW_BYTES = 2**28


def _question(method: str, parameters: Sequence[Any]) -> bytes:
    return keccak(json.dumps([method, list(parameters)], sort_keys=True, separators=(",", ":")).encode())


class Recording(Node):
    """A node whose answers are written into a file as they come, each question once."""

    def __init__(self, url: str, path: Path) -> None:
        super().__init__(url)
        self._file = path.open("w", encoding="utf-8")
        self._asked: set[bytes] = set()

    def close(self) -> None:
        super().close()
        self._file.close()

    def ask(self, method: str, parameters: Sequence[Any], place: str) -> Any:
        try:
            result = super().ask(method, parameters, place)
        except Refused as refused:
            self._write(method, parameters, {"error": str(refused)})
            raise
        self._write(method, parameters, {"result": result})
        return result

    def many(self, method: str, rows: Sequence[Sequence[Any]], place: str) -> list[Any]:
        results = super().many(method, rows, place)
        for row, result in zip(rows, results, strict=True):
            self._write(method, row, {"result": result})
        return results

    def _write(self, method: str, parameters: Sequence[Any], answer: dict[str, Any]) -> None:
        question = _question(method, parameters)
        if question not in self._asked:
            self._asked.add(question)
            row = {"method": method, "params": list(parameters), **answer}
            self._file.write(json.dumps(row, sort_keys=True, separators=(",", ":")) + "\n")


class Recorded(Node):
    """The answers that were written down, in place of the node that gave them."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1")  # nobody is asked
        self._path = Path()
        self._rows: dict[bytes, tuple[int, int]] = {}

    def read(self, path: Path) -> None:
        """Learn where in the file which answer stands. Raises Wrong when it is no such record."""
        self._path, start = path, 0
        try:
            with path.open("rb") as file:
                while line := file.readline(MOST_ROW_BYTES):
                    row = json.loads(line)
                    self._rows[_question(row["method"], row["params"])] = (start, len(line))
                    start += len(line)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise Wrong(path.name, "is no record of a node's answers", "method, params and result in each line", error) from error

    def ask(self, method: str, parameters: Sequence[Any], place: str) -> Any:
        found = self._rows.get(_question(method, parameters))
        if found is None:
            raise Wrong(place, "the record does not have the node's answer to this", method, "nothing")
        with self._path.open("rb") as file:
            file.seek(found[0])
            row = json.loads(file.read(found[1]))
        if "error" in row:
            raise Refused(str(row["error"]))
        return row.get("result")

    def many(self, method: str, rows: Sequence[Sequence[Any]], place: str) -> list[Any]:
        return [self.told(method, row, place) for row in rows]
