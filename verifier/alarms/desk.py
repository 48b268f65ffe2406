"""The alarms' own page: who was told of a ballot and cast none contests it with one tap; anybody may read the signed list."""

from __future__ import annotations

import html
import json
import logging
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from verifier.alarms.book import Book
from verifier.alarms.statement import signed

log = logging.getLogger(__name__)

_CODE = re.compile(r"/a/([2-9a-z]{20})")
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:18px/1.6 sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;padding:.8rem 1.2rem;width:100%}}</style><h1>{title}</h1>{body}
<p>本页从不索要密码、验证码、银行卡号，从不要求转账。<br>
This page never asks for a password, a code, a bank card or a payment.</p></html>"""
_ASK = """<p>“{poll}”记录了一张您名下的表决票。<br>A ballot in your name was recorded in “{poll}”.</p>
<form method="post"><button>我没有投这张票，提出异议<br>I did not cast it: contest it</button></form>
<p>是您本人投的，无需操作。 / If you cast it yourself, there is nothing to do.</p>"""
_DONE = """<p>已收到。专项工作组在对结果签字之前会看到您的异议。<br>
Taken. The working group sees your contest before it can sign the result.</p>"""
_NONE = """<p>网址有一处不同，或不是本系统发出的。请勿在其他页面填写任何信息。<br>
This address is none of ours, or differs in some place. Fill in nothing elsewhere.</p>"""


class Desk:
    """A small server of its own; behind the working group's own HTTPS."""

    def __init__(self, book: Book, key: bytes, chain_id: int, poll: str, title: str, place: tuple[str, int], backend: str = "") -> None:
        self._book = book
        self._key = key
        self._chain_id = chain_id
        self._poll = poll
        self._title = title
        self._backend = backend
        outer = self

        class Handler(_Handler):
            desk = outer

        self._server = ThreadingHTTPServer(place, Handler)
        self._server.daemon_threads = True
        self.address = f"http://{place[0]}:{self._server.server_address[1]}"

    def start(self) -> None:
        """Serve on a thread."""
        threading.Thread(target=self._server.serve_forever, name="alarms desk", daemon=True).start()

    def stop(self) -> None:
        """No more."""
        self._server.shutdown()
        self._server.server_close()

    def list(self) -> dict[str, Any]:
        """The signed list of contested ballots."""
        return signed(self._key, self._chain_id, self._poll, self._book.contested(), int(time.time()))

    def hand_over(self) -> bool:
        """Give the list to the backend, so that its officials see it there, too; whether it took it. It may be silent: the list is here."""
        if not self._backend or not self._book.contested():
            return False
        try:
            return httpx.post(self._backend, json=self.list(), timeout=10, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def answer(self, method: str, path: str) -> tuple[int, str, str]:
        """Status, type and body."""
        if method == "GET" and path == "/contested.json":
            return 200, "application/json", json.dumps(self.list())
        found = _CODE.fullmatch(path)
        if found is None or self._book.by_code(found[1]) is None:
            return 404, "text/html; charset=utf-8", self._page(_NONE)
        if method == "POST":
            self._book.contest(found[1], int(time.time()))
            log.info("a ballot was contested")
            return 200, "text/html; charset=utf-8", self._page(_DONE)
        return 200, "text/html; charset=utf-8", self._page(_ASK)

    def _page(self, body: str) -> str:
        poll = html.escape(self._title)
        return _PAGE.format(title="表决票核对 Ballot check", body=body.format(poll=poll))


class _Handler(BaseHTTPRequestHandler):
    desk: Desk
    timeout = 15

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        length = self.headers.get("content-length", "0")
        self.rfile.read(min(int(length), 4096) if length.isdigit() else 0)
        status, kind, body = self.desk.answer(method, self.path)
        written = body.encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(written))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the address is the code."""
