"""A bad line to a node: slow, cut, or showing an old head."""

from __future__ import annotations

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

GOOD, SLOW, CUT, STALE = "good", "slow", "cut", "stale"
SLOW_SECONDS = 3


class BadLine:
    """Stands between the backend and the node; `mode` says how bad it is now."""

    def __init__(self, rpc_url: str) -> None:
        self.mode = GOOD
        self.old_head: Any = None
        self._target = urlsplit(rpc_url).netloc
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if line.mode == CUT:
                    self.close_connection = True
                    return
                if line.mode == SLOW:
                    time.sleep(SLOW_SECONDS)  # this slowness is the fault itself
                raw = line.answer(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, body: bytes) -> bytes:
        """The node's answer, or an old one."""
        request = json.loads(body)
        if request["method"] == "eth_getBlockByNumber" and request["params"][0] == "latest":
            if self.mode == STALE and self.old_head is not None:
                return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": self.old_head}).encode()
            raw = self._forward(body)
            self.old_head = json.loads(raw).get("result")
            return raw
        return self._forward(body)

    def stop(self) -> None:
        """Close it."""
        self._server.shutdown()
        self._server.server_close()

    def _forward(self, body: bytes) -> bytes:
        connection = http.client.HTTPConnection(self._target, timeout=30)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            return connection.getresponse().read()
        except OSError:
            return b'{"jsonrpc": "2.0", "id": 0, "error": {"code": -32000, "message": "no node behind the line"}}'
        finally:
            connection.close()
