"""Every byte that a running installation keeps: its files, a backup, its database row by row, its chain over RPC, its processes' memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, select

from backend.ground.chain.node import Node
from scripts.secrecy.searching import CHUNK, pieces_of

Store = Callable[[], Iterable[bytes]]
_FILES = {"chain": "chain files", "journal": "journal", "issuer": "verifier's files", "secrets": "key files", "backup": "backup"}


def files_of(data_dir: Path) -> dict[str, Store]:
    """All files under a folder by kind: database, logs, and one kind for each folder."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(data_dir.rglob("*")):
        if path.is_file():
            kinds.setdefault(_kind(path.relative_to(data_dir)), []).append(path)
    return {kind: _contents(paths) for kind, paths in kinds.items()}


def _kind(path: Path) -> str:
    if len(path.parts) > 1:
        return _FILES.get(path.parts[0], path.parts[0])
    return "logs" if path.suffix == ".log" else "database files"


def _contents(paths: list[Path]) -> Store:
    def read() -> Iterator[bytes]:
        for path in paths:
            with path.open("rb") as file:
                yield from pieces_of(file)
            yield b"\n"  # two files are not one text

    return read


def rows_of(database_url: str) -> Store:
    """Every value of every table: a value in the database's own files may lie in two places."""

    def read() -> Iterator[bytes]:
        engine, tables = create_engine(database_url), MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            for table in tables.sorted_tables:
                for row in connection.execute(select(table)):
                    yield b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in row) + b"\n"
        engine.dispose()

    return _joined(read)


def chain_of(rpc_url: str) -> Store:
    """All blocks with their transactions, all receipts, and the dump of the whole state, hex as bytes besides."""

    def read() -> Iterator[bytes]:
        node = Node(rpc_url)
        for number in range(node.block().number + 1):
            for method, asked in (("eth_getBlockByNumber", (hex(number), True)), ("eth_getBlockReceipts", (hex(number),))):
                answer = node.ask(method, *asked)
                yield json.dumps(answer).encode()
                yield from _of_hex(answer)
        state = gzip.decompress(bytes.fromhex(node.ask("anvil_dumpState")[2:]))
        yield state
        yield from _of_hex(json.loads(state))

    return _joined(read)


def _of_hex(answer: Any) -> Iterator[bytes]:
    """The bytes of every 0x text in an answer."""
    if isinstance(answer, dict):
        answer = [*answer, *answer.values()]
    if isinstance(answer, list):
        for one in answer:
            yield from _of_hex(one)
    elif isinstance(answer, str) and answer.startswith("0x") and len(answer) % 2 == 0:
        yield bytes.fromhex(answer[2:]) + b"\0"


def memory_of(pid: int) -> Store:
    """All that can be read of a process that we started. Raises: OSError where its memory may not be read at all."""

    def read() -> Iterator[bytes]:
        read_bytes = 0
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                span, rights, *_ = line.split()
                if not rights.startswith("r"):
                    continue
                begin, end = (int(text, 16) for text in span.split("-"))
                for at in range(begin, end, CHUNK):
                    piece = _read_at(memory, at, min(CHUNK, end - at))
                    read_bytes += len(piece)
                    yield piece
                yield b"\0"  # regions do not touch
        if not read_bytes:
            raise OSError(f"nothing of the memory of process {pid} could be read")

    return read


def _read_at(memory: Any, at: int, length: int) -> bytes:
    try:
        memory.seek(at)
        return bytes(memory.read(length))
    except (OSError, ValueError, OverflowError):  # the system's own pages, and what was given back meanwhile
        return b""


def _joined(read: Callable[[], Iterator[bytes]]) -> Store:
    """The same in larger pieces."""

    def together() -> Iterator[bytes]:
        waiting: list[bytes] = []
        length = 0
        for piece in read():
            waiting.append(piece)
            length += len(piece)
            if length >= CHUNK:
                yield b"".join(waiting)
                waiting, length = [], 0
        yield b"".join(waiting)

    return together
