"""Servers that speak JSON-RPC as nodes do, one question or a batch at once, and some that never come to an end."""

from __future__ import annotations

import contextlib
import json
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Result = Callable[[str], Any]


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    result: Result
    ending: threading.Event

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # whoever asked may have gone
            super().handle()

    def log_message(self, *_: object) -> None:
        pass

    def body(self) -> bytes:
        """The honest answer."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        calls = asked if isinstance(asked, list) else [asked]
        answers = [{"jsonrpc": "2.0", "id": call["id"], "result": type(self).result(call["method"])} for call in calls]
        return json.dumps(answers if isinstance(asked, list) else answers[0]).encode()

    def begin(self, length: int, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_POST(self) -> None:
        body = self.body()
        self.begin(len(body))
        self.wfile.write(body)

    def drip(self, piece: bytes) -> None:
        """One piece ten times a second until whoever asked has gone."""
        with contextlib.suppress(OSError):
            while not type(self).ending.wait(0.1):
                self.wfile.write(piece)
                self.wfile.flush()


class Drips(_Server):
    """Blanks before an answer that does not come."""

    def do_POST(self) -> None:
        self.body()
        self.begin(10**6)
        self.drip(b" ")


class DripsHeaders(_Server):
    """A header without end."""

    def do_POST(self) -> None:
        self.body()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        self.drip(b"x")


class Packed(_Server):
    """Some 100 KiB that unpack to 100 MiB."""

    def do_POST(self) -> None:
        self.body()
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join([*(packer.compress(b" " * 2**20) for _ in range(100)), packer.flush()])
        self.begin(len(body), Content_Encoding="gzip")
        with contextlib.suppress(OSError):
            self.wfile.write(body)


class Endless(_Server):
    """Blanks as fast as they go, of no length that was told."""

    def do_POST(self) -> None:
        self.body()
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while not type(self).ending.is_set():
                self.wfile.write(b" " * 2**20)


class Chunked(_Server):
    """A chunk that is said to be large."""

    def do_POST(self) -> None:
        self.body()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000\r\n")
        self.drip(b" ")


class Long(_Server):
    """A length that nobody has room for."""

    def do_POST(self) -> None:
        self.body()
        self.begin(2**40)
        self.drip(b" ")


RUDE = (Drips, DripsHeaders, Packed, Endless, Chunked, Long)


@contextlib.contextmanager
def serving(result: Result, kind: type[_Server] = _Server) -> Iterator[str]:
    """Serve what `result` gives for a method; yields the address."""
    ending = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (kind,), {"result": staticmethod(result), "ending": ending}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        ending.set()
        server.shutdown()
        server.server_close()
        thread.join()
