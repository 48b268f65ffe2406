"""A bad line to a node: slow, cut, showing an old head, lying, or refusing what other engines refuse."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

GOOD, SLOW, CUT, STALE, LYING, NARROW = "good", "slow", "cut", "stale", "lying", "narrow"
SLOW_SECONDS = 3
#: The most blocks that a narrow line tells the events of at once.
NARROW_BLOCKS = 4
Request = dict[str, Any]


class BadLine:
    """Stands between the backend and the node; `mode` says how bad it is now."""

    def __init__(self, rpc_url: str) -> None:
        self.mode = GOOD
        self.refused = 0
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
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # whoever asked did not wait
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
            return self._lied(request, raw) if self.mode == LYING else raw
        if self.mode == NARROW and self._is_too_wide(request):
            self.refused += 1
            return _error(request, -32000, "header does not exist, or more blocks than are told at once")
        if self.mode == LYING and request["method"] == "eth_sendRawTransaction":
            return _result(request, "0x" + "00" * 32)  # kept back
        if self.mode == LYING and request["method"] == "eth_estimateGas":
            return _error(request, 3, "execution reverted")
        raw = self._forward(body)
        return self._lied(request, raw) if self.mode == LYING else raw

    def _is_too_wide(self, request: Request) -> bool:
        head = json.loads(self._forward(b'{"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber", "params": []}'))["result"]
        if request["method"] == "eth_getLogs":
            wanted = request["params"][0]
            first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
            return last - first >= NARROW_BLOCKS or last > int(head, 16)
        at = request["params"][1] if request["method"] == "eth_call" else "latest"
        return bool(at.startswith("0x") and int(at, 16) < int(head, 16))

    def _lied(self, request: Request, raw: bytes) -> bytes:
        """Another history, in which nothing happened, every transaction failed and the relay sent hundreds."""
        result = json.loads(raw).get("result")
        if request["method"] == "eth_getBlockByNumber" and result:
            return _result(request, result | {"hash": "0x" + f"{int(result['number'], 16) + 13:064x}"})
        if request["method"] == "eth_getTransactionReceipt" and result:
            return _result(request, result | {"status": "0x0", "logs": []})
        told = {"eth_getLogs": [], "eth_getTransactionCount": "0x1f4", "eth_gasPrice": hex(10**15), "eth_maxPriorityFeePerGas": hex(10**15)}
        return _result(request, told[request["method"]]) if request["method"] in told else raw

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


def _result(request: Request, result: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode()


def _error(request: Request, code: int, message: str) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": {"code": code, "message": message}}).encode()
