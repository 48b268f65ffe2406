"""A line to a real node on which somebody sits: answers are changed, refused, or kept back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

#: Hears the request and the node's result; what it gives back is told instead.
Change = Callable[[dict[str, Any], Any], Any]


class Refuse(Exception):
    """Raised by a change to answer with a JSON-RPC error."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        self.error = {"code": code, "message": message} | ({} if data is None else {"data": data})
        super().__init__(message)


class Between:
    """A real node, seen through somebody who changes its answers."""

    def __init__(self, url: str) -> None:
        self.change: Change = lambda request, result: result
        self.down = False
        self._url = url
        self._http = httpx.Client(timeout=30)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.down:
                    self.send_error(502)
                    return
                raw = json.dumps(outer.answer(json.loads(body))).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The node's answer after the change; a refusal by the node is passed on as it is."""
        answer: dict[str, Any] = self._http.post(self._url, json=request).json()
        if "result" in answer:
            try:
                answer["result"] = self.change(request, answer["result"])
            except Refuse as refusal:
                return {"jsonrpc": "2.0", "id": request["id"], "error": refusal.error}
        return answer

    def stop(self) -> None:
        """Close the line."""
        self._server.shutdown()
        self._server.server_close()
        self._http.close()
