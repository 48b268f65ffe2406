"""A node that breaks HTTP itself: the recount ends, with a finding, in bounded time and memory."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.contracts.chain import Chain, anvil
from tests.contracts.world import World
from tests.verifier.second.second import evaluate, needs_node, recount
from tests.verifier.tally.proxy import serving

pytestmark = needs_node
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


def bomb() -> Iterator[bytes]:
    packed = gzip.compress(b" " * 50_000_000)
    yield OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed


RUDE: dict[str, Callable[[], Iterable[bytes]]] = {
    "cut off": lambda: [OK + b"Content-Length: 4000\r\n\r\n" + RESULT],
    "longer than it says": lambda: [OK + b"Content-Length: 5\r\n\r\n" + RESULT],
    "length is no number": lambda: [OK + b"Content-Length: many\r\n\r\n" + RESULT],
    "sent elsewhere": lambda: [ELSEWHERE],
    "header without end": lambda: [OK, b"X-Long: " + b"a" * 200_000],
    "no HTTP": lambda: [b"220 mail.example ESMTP\r\n"],
    "nothing": list,
    "packed": bomb,
}


@pytest.mark.parametrize("name", RUDE)
def test_node__that_is_rude_is_a_finding(name: str, published: Path) -> None:
    with speaking(RUDE[name]) as address:
        said = recount("--rpc", address, "--published", published)
    assert "node.answer" in said.names
    assert any("does not answer" in line for line in said.lines)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"null", b"7", b"[]", b"{}", b'{"id":1}', b"\xff\xfe", b"[" * 100_000, b'{"result":' + b"9" * 5000 + b"}"],
    ids=lambda body: repr(body[:12]),
)
def test_node__that_talks_nonsense_is_a_finding(body: bytes, published: Path) -> None:
    with serving(lambda _: (200, body)) as address:
        assert "node.answer" in recount("--rpc", address, "--published", published).names


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://[", "http://", "http://no-such-host.invalid:8545"])
def test_node__out_of_reach_is_a_finding(address: str, published: Path) -> None:
    said = recount("--rpc", address, "--published", published)
    assert said.names == {"node.answer", "step.blocked"}


ASK = """
const { Node } = await import(`${second}/chain/node.mjs`);
const node = new Node(ADDRESS, { bytes: 2 ** 20, milliseconds: 300 });
const found = await node.told("eth_chainId", []).catch((error) => `${error.name}: ${error.what}`);
node.close();
console.log(JSON.stringify(found));
"""


def asked(address: str) -> str:
    """What one question to a node ends with, when a mebibyte and 0.3 s are the most."""
    return str(evaluate(ASK.replace("ADDRESS", json.dumps(address))))


def test_node__without_end_is_left() -> None:
    def endless() -> Iterator[bytes]:
        yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
        while True:
            yield chunked(b"[" * 65536)

    with speaking(endless) as address:
        assert asked(address) == "node.answer: the node's answer is too long"


def test_node__that_drips_is_left() -> None:
    left = threading.Event()

    def drip() -> Iterator[bytes]:
        try:
            yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
            while not left.wait(0.03):
                yield chunked(b" ")
        finally:
            left.set()

    with speaking(drip) as address:
        assert asked(address) == "node.answer: the node's answer does not end"
    assert left.wait(5), "the connection was not given up"


LOGS = """
const { Node } = await import(`${second}/chain/node.mjs`);
const { logRows } = await import(`${second}/chain/live.mjs`);
const node = new Node(ADDRESS, { bytes: 2 ** 17, milliseconds: 30_000 });
const found = [];
for await (const { row } of logRows(node, [Buffer.from("CASE", "hex")], 0, LAST)) found.push(row);
node.close();
console.log(JSON.stringify(found.length));
"""


def test_logs__that_are_too_long_at_once_are_asked_for_in_parts() -> None:
    """Anybody may leave notes, also after the decision."""
    with anvil() as address:
        world = World(Chain(address))
        for _ in range(12):
            world.chain.send(world.case.functions.note(b"weather".ljust(32, b"\0"), bytes(40_000)))
        last = int(world.chain.rpc("eth_blockNumber"), 16)
        script = LOGS.replace("ADDRESS", json.dumps(address)).replace("CASE", world.case.address[2:]).replace("LAST", str(last))
        assert evaluate(script) == 13  # and CaseOpened


BLOCK_BY_BLOCK = """
const { logRows } = await import(`${second}/chain/live.mjs`);
const { Refused } = await import(`${second}/chain/node.mjs`);
const node = {
  async ask(_, [{ fromBlock, toBlock }]) {
    if (fromBlock !== toBlock) throw new Refused("too many blocks");
    return [];
  },
};
let said = "nothing";
try {
  for await (const { row } of logRows(node, [], 0, 2 ** 48)) throw row;
} catch (error) {
  said = `${error.finding ?? error.name}: ${error.what ?? error.message}`;
}
console.log(JSON.stringify(said));
"""


def test_logs__given_block_by_block_under_a_made_up_head_are_not_asked_for_without_end() -> None:
    assert "too few blocks at once" in evaluate(BLOCK_BY_BLOCK)
