"""A node that lies: it forwards JSON-RPC to a real one and changes what comes back."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Hears method, parameters and result, and answers the result that is given instead.
Lie = Callable[[str, list[Any], Any], Any]


class NodeError(Exception):
    """Raised by a lie to answer with a JSON-RPC error."""


def forward(address: str, body: Any) -> Any:
    """What the real node answers."""
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def _changed(call: dict[str, Any], answer: dict[str, Any], lie: Lie) -> dict[str, Any]:
    if "result" not in answer:
        return answer
    try:
        return {**answer, "result": lie(call["method"], call["params"], answer["result"])}
    except NodeError as error:
        return {"jsonrpc": "2.0", "id": answer["id"], "error": {"code": -32005, "message": str(error)}}


def serving(answer: Callable[[bytes], tuple[int, bytes]]) -> contextlib.AbstractContextManager[str]:
    """Serve status and body for every posted body; yields the address."""
    return _serving_paths(lambda _, body: answer(body))


@contextlib.contextmanager
def _serving_paths(answer: Callable[[str, bytes], tuple[int, bytes]]) -> Iterator[str]:
    """Serve status and body for every path and posted body; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # whoever asked may have ended
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _liar(address: str, lie: Lie) -> Callable[[bytes], tuple[int, bytes]]:
    """Answers as the node does, with the lie in it."""

    def answer(body: bytes) -> tuple[int, bytes]:
        calls = json.loads(body)
        answers = forward(address, calls)
        if isinstance(calls, list):
            by_id = {one["id"]: one for one in answers}
            changed: Any = [_changed(call, by_id[call["id"]], lie) for call in calls]
        else:
            changed = _changed(calls, answers, lie)
        return 200, json.dumps(changed).encode()

    return answer


def lying(address: str, lie: Lie) -> contextlib.AbstractContextManager[str]:
    """A proxy in front of the node whose results go through the lie."""
    return serving(_liar(address, lie))


@contextlib.contextmanager
def lying_each(address: str, lies: Sequence[Lie]) -> Iterator[list[str]]:
    """The same for many lies at once by one server; yields an address for each."""
    liars = [_liar(address, lie) for lie in lies]
    with _serving_paths(lambda path, body: liars[int(path.removeprefix("/"))](body)) as at:
        yield [f"{at}/{number}" for number in range(len(liars))]
