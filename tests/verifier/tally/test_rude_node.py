"""A node that breaks HTTP itself: the recount ends, with a finding, in bounded time and memory."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.chain import Chain, anvil
from tests.verifier.tally.vote import HeldVote
from verifier.tally.chain import node as rpc
from verifier.tally.chain.node import Node, Refused, TooLong
from verifier.tally.findings import Wrong
from verifier.tally.recount import Recount
from verifier.tally.report import verdict

Again = Callable[..., Recount]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ELSEWHERE = b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
RESULT = b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'


@contextlib.contextmanager
def speaking(pieces: Callable[[], Iterable[bytes]]) -> Iterator[str]:
    """A server that sends these pieces to whoever connects, and hangs up after the last."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                for piece in pieces():
                    connection.sendall(piece)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def chunked(piece: bytes) -> bytes:
    return f"{len(piece):x}\r\n".encode() + piece + b"\r\n"


def endless() -> Iterator[bytes]:
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield chunked(b"[" * 65536)


def bomb() -> Iterator[bytes]:
    packed = gzip.compress(b" " * 50_000_000)
    yield OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed


RUDE: dict[str, tuple[Callable[[], Iterable[bytes]], str]] = {
    "cut off": (lambda: [OK + b"Content-Length: 4000\r\n\r\n" + RESULT], "does not answer"),
    "longer than it says": (lambda: [OK + b"Content-Length: 5\r\n\r\n" + RESULT], "does not answer"),
    "length is no number": (lambda: [OK + b"Content-Length: many\r\n\r\n" + RESULT], "does not answer"),
    "sent elsewhere": (
        lambda: [b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"],
        "does not answer",
    ),
    "header without end": (lambda: [OK, b"X-Long: " + b"a" * 200_000], "does not answer"),
    "no HTTP": (lambda: [b"220 mail.example ESMTP\r\n"], "does not answer"),
    "nothing": (lambda: [], "does not answer"),
    "without end": (endless, "is too long"),
    "packed": (bomb, "does not answer"),
}


@pytest.mark.parametrize("name", RUDE)
def test_node__that_is_rude_is_a_finding(name: str, published: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(rpc, "MOST_BYTES", 2**20)
    pieces, says = RUDE[name]
    with speaking(pieces) as address:
        first = count_again(published, address).steps[0].findings[0]
    assert says in first.what, first


def test_node__that_drips_is_left(published: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "ANSWER_SECONDS", 0.1)
    left = threading.Event()

    def drip() -> Iterator[bytes]:
        try:
            yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
            while not left.wait(0.03):
                yield chunked(b" ")
        finally:
            left.set()

    with speaking(drip) as address:
        first = count_again(published, address).steps[0].findings[0]
    assert "does not end" in first.what
    assert left.wait(5), "the connection was not given up"


@pytest.mark.parametrize("name", ["receipts.jsonl", "leaves.csv"])
def test_line__without_end_is_a_finding(name: str, published: Path, count_again: Again) -> None:
    with (published / name).open("ab") as file:
        file.write(b"9" * 2_000_000)
    found = [finding for step in count_again(published).steps for finding in step.findings]
    assert [finding.what for finding in found if finding.place == name] == ["has a line that is too long"]


@pytest.mark.parametrize("name", ["poll.json", "receipts.jsonl", "leaves.csv", "plan.pdf", "result.json"])
def test_link__to_a_device_is_a_finding(name: str, published: Path, count_again: Again) -> None:
    """A folder from somebody may hold a link to what has no end."""
    (published / name).unlink()
    (published / name).symlink_to("/dev/zero")
    found = [finding for step in count_again(published).steps for finding in step.findings]
    assert [finding.what for finding in found if finding.place == name] == ["is no file"]


def test_strangers__who_leave_long_notes_stop_no_recount(tmp_path: Path, count_again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may leave notes, also after the decision: what is too long at once is asked for in parts."""
    with anvil() as address:
        vote = HeldVote.announce(Chain(address))
        vote.hold()
        vote.close()
        vote.publish(tmp_path)
        poll, case = vote.poll, vote.world.case
        for _ in range(12):
            poll.chain.send(case.functions.note(b"weather".ljust(32, b"\0"), bytes(40_000)))
        monkeypatch.setattr(rpc, "MOST_BYTES", 2**18)
        work = count_again(tmp_path, address)
    assert (work.findings, verdict(work)) == ([], "agrees")


def test_batch__that_says_too_much_is_asked_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def post(_: Node, body: Any, place: str) -> Any:
        rows = body if isinstance(body, list) else [body]
        asked.append(len(rows))
        if len(rows) > 3:
            raise TooLong("node.answer", place, "the node's answer is too long")
        answers = [{"id": row["id"], "result": row["params"][0]} for row in rows]
        if len(rows) == 3:
            answers[1] = {"id": rows[1]["id"], "error": {"message": "batch response too large"}}
        return answers if isinstance(body, list) else answers[0]

    monkeypatch.setattr(Node, "_post", post)
    node = Node("http://127.0.0.1:1")
    assert node.many("eth_getBlockByNumber", [[number] for number in range(13)], "node: blocks") == list(range(13))
    assert max(asked) == 13
    node.close()


def test_logs__given_block_by_block_under_a_made_up_head_are_not_asked_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(self: Node, method: str, parameters: Sequence[Any], place: str) -> Any:
        if parameters[0]["fromBlock"] != parameters[0]["toBlock"]:
            raise Refused("too many blocks")
        return []

    monkeypatch.setattr(Node, "ask", ask)
    with pytest.raises(Wrong, match="too few blocks at once"):
        list(Node("http://127.0.0.1").log_rows({}, 0, 2**48))
