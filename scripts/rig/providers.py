"""A local program that speaks as Aliyun and Tencent Cloud document it, checks every signature, and misbehaves as told.

It throttles, loses requests and answers, doubles, delays and forges reports, and counts what it took. The checks of signatures are
written here once more, apart from the gateways.
"""

from __future__ import annotations

import json
import random
import re
import socket
import struct
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx

from scripts.rig.provider_signatures import KEY_ID, KEY_SECRET, aliyun_signed, tencent_signed

__all__ = ["KEY_ID", "KEY_SECRET", "Manners", "Providers"]

CHINA = timezone(timedelta(hours=8))
REPORTS_AT_ONCE = 200


@dataclass(frozen=True)
class Manners:
    """How badly the provider behaves, as shares of 1."""

    throttled: float = 0.0
    lost_before: float = 0.0
    """The request is gone; nothing was taken."""
    lost_after: float = 0.0
    """It was taken; the answer is gone."""
    failed: float = 0.0
    """Of the messages, reported as not delivered."""
    silent: float = 0.0
    """Of the messages, never reported."""
    doubled: float = 0.0
    """Of the reports, posted twice."""
    late_seconds: float = 0.0
    forged: float = 0.0
    """Reports that somebody else makes up, for each true one."""


@dataclass
class Taken:
    """One message that the provider took."""

    provider: str
    number: str
    own_id: str
    provider_id: str
    words: str
    day: str
    delivered: bool | None = None
    """None while the provider does not know."""


@dataclass
class Books:
    """What was taken, by number; and what came with a wrong signature."""

    by_number: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    taken: int = 0
    refused_signatures: int = 0
    throttled: int = 0
    lost: int = 0
    posted: Counter[str] = field(default_factory=Counter)

    def doubled(self) -> int:
        """Messages with the same link to the same number, by whichever provider, beyond the first."""
        return sum(count - 1 for rows in self.by_number.values() for count in Counter(_link(row.words) for row in rows).values())


def _link(words: str) -> str:
    found = re.search(r"https?://[^\"\\ ]+", words)
    return found[0] if found is not None else words


class Providers:
    """Both providers on one port; `/aliyun/` and `/tencent/` in the gateways' addresses are told apart by their signatures."""

    def __init__(self, manners: Manners | None = None, seed: int = 1) -> None:
        self.manners = manners or Manners()
        self.books = Books()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._reports: deque[tuple[float, str, dict[str, Any]]] = deque()
        self._report_urls: dict[str, str] = {}
        self._numbers = iter(range(1, 1 << 62))
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        outer = self

        class Handler(_Handler):
            providers = outer

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._server.serve_forever, daemon=True)]

    def start(self) -> None:
        """Serve from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No more."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def report_to(self, provider: str, url: str) -> None:
        """Where this provider posts its reports."""
        self._report_urls[provider] = url

    # --- what comes in -------------------------------------------------------------------------------------------------------------

    def answer(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]] | None:
        """Status and JSON for a call; None where the answer is lost."""
        with self._lock:
            if "x-acs-action" in headers:
                return self._aliyun(headers, body)
            return self._tencent(headers, body)

    def _luck(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share

    def _aliyun(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]] | None:
        if not aliyun_signed(headers, body):
            self.books.refused_signatures += 1
            return 400, {"Code": "SignatureDoesNotMatch", "Message": "signature"}
        action, form = headers["x-acs-action"], dict(parse_qsl(body.decode()))
        if action == "QuerySendDetails":
            return 200, self._aliyun_details(form)
        fate = self._fate()
        said = self._aliyun_taken(action, form) if fate in {"well", "after"} else {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "limit"}
        return None if fate in {"before", "after"} else (200, said)

    def _aliyun_taken(self, action: str, form: Mapping[str, str]) -> dict[str, Any]:
        if action == "SendBatchSms":
            numbers, words = json.loads(form["PhoneNumberJson"]), json.loads(form["TemplateParamJson"])
            if not 1 <= len(numbers) <= 100 or len(numbers) != len(words):
                return {"Code": "isv.MOBILE_COUNT_OVER_LIMIT", "Message": "count"}
            given = self._take("aliyun", [(f"+86{n}", json.dumps(w)) for n, w in zip(numbers, words, strict=True)], form["OutId"])
            return {"Code": "OK", "Message": "OK", "BizId": given[0], "RequestId": given[0]}
        if action == "SingleCallByTts":
            number = f"+86{form['CalledNumber'].removeprefix('0')}"
            given = self._take("aliyun_voice", [(number, form["TtsParam"])], form["OutId"])
            return {"Code": "OK", "Message": "OK", "CallId": given[0]}
        return {"Code": "InvalidAction", "Message": action}

    def _aliyun_details(self, form: Mapping[str, str]) -> dict[str, Any]:
        rows = [row for row in self.books.by_number.get(f"+86{form['PhoneNumber']}", []) if row.day == form["SendDate"]]
        rows = [row for row in rows if row.provider == "aliyun"]
        size, page = int(form["PageSize"]), int(form["CurrentPage"])
        shown = [
            {"OutId": row.own_id, "SendStatus": {None: 1, False: 2, True: 3}[row.delivered], "PhoneNum": form["PhoneNumber"]}
            for row in rows[(page - 1) * size : page * size]
        ]
        return {"Code": "OK", "Message": "OK", "TotalCount": len(rows), "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown}}

    def _tencent(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]] | None:
        if not tencent_signed(headers, body):
            self.books.refused_signatures += 1
            return 200, {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "signature"}, "RequestId": "-"}}
        action, asked = headers["x-tc-action"], json.loads(body)
        if action == "PullSmsSendStatusByPhoneNumber":
            rows = [row for row in self.books.by_number.get(asked["PhoneNumber"], []) if row.provider == "tencent"]
            shown = [
                {"SessionContext": row.own_id, "SerialNo": row.provider_id, "ReportStatus": "SUCCESS" if row.delivered else "FAIL"}
                for row in rows
                if row.delivered is not None
            ]
            return 200, {"Response": {"PullSmsSendStatusSet": shown, "RequestId": "-"}}
        fate = self._fate()
        if fate == "before":
            return None
        if fate == "throttled":
            return 200, {"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": "limit"}, "RequestId": "-"}}
        words = json.dumps(asked["TemplateParamSet"])
        given = self._take("tencent", [(number, words) for number in asked["PhoneNumberSet"]], asked["SessionContext"])
        said = [
            {"SerialNo": serial, "PhoneNumber": number, "Fee": 1, "SessionContext": asked["SessionContext"], "Code": "Ok", "Message": "ok"}
            for serial, number in zip(given, asked["PhoneNumberSet"], strict=True)
        ]
        return None if fate == "after" else (200, {"Response": {"SendStatusSet": said, "RequestId": "-"}})

    def _fate(self) -> str:
        if self._luck(self.manners.throttled):
            self.books.throttled += 1
            return "throttled"
        for share, fate in ((self.manners.lost_before, "before"), (self.manners.lost_after, "after")):
            if self._luck(share):
                self.books.lost += 1
                return fate
        return "well"

    def _take(self, provider: str, messages: list[tuple[str, str]], own_id: str) -> list[str]:
        day, one = self.now().astimezone(CHINA).strftime("%Y%m%d"), f"B{next(self._numbers)}^{self._chance.getrandbits(64):x}"
        given = []
        for number, words in messages:
            provider_id = one if provider == "aliyun" else f"S{next(self._numbers)}^{self._chance.getrandbits(64):x}"
            row = Taken(provider, number, own_id, provider_id, words, day)
            self.books.by_number[number].append(row)
            self.books.taken += 1
            given.append(provider_id)
            self._plan_report(row)
        return given

    # --- what goes out -------------------------------------------------------------------------------------------------------------

    def _plan_report(self, row: Taken) -> None:
        if self._luck(self.manners.silent):
            return
        when = time.monotonic() + (self._chance.random() * self.manners.late_seconds if self.manners.late_seconds else 0.0)
        delivered = not self._luck(self.manners.failed)
        row.delivered = delivered
        for _ in range(2 if self._luck(self.manners.doubled) else 1):
            self._reports.append((when, row.provider, _report(row, delivered)))
        if self._luck(self.manners.forged):
            lie = Taken(row.provider, row.number, row.own_id, f"F{self._chance.getrandbits(64):x}", "", row.day)
            self._reports.appendleft((0.0, row.provider, _report(lie, not delivered)))
            self.books.posted["forged"] += 1

    def post_reports(self, *, everything: bool = False) -> int:
        """Post the reports whose time has come; how many. What nobody took is posted again later."""
        by_provider: dict[str, list[tuple[float, str, dict[str, Any]]]] = defaultdict(list)
        now = time.monotonic()
        with self._lock:
            for _ in range(len(self._reports)):
                one = self._reports.popleft()
                if (one[0] <= now or everything) and len(by_provider[one[1]]) < REPORTS_AT_ONCE:
                    by_provider[one[1]].append(one)
                else:
                    self._reports.append(one)
                if sum(map(len, by_provider.values())) >= REPORTS_AT_ONCE * 2:
                    break
        sent = 0
        for provider, reports in by_provider.items():
            if not reports:
                continue
            try:
                answer = httpx.post(self._report_urls[provider], json=[report for _, _, report in reports], timeout=20, trust_env=False)
                taken = answer.status_code == 200
            except httpx.HTTPError:
                taken = False
            if taken:
                sent += len(reports)
                self.books.posted["reports"] += len(reports)
            else:
                with self._lock:
                    self._reports.extend(reports)
        return sent

    def waiting_reports(self) -> int:
        """Reports that were not taken yet."""
        with self._lock:
            return len(self._reports)

    def run_reports(self) -> None:
        """Post reports until stopped, on the caller's thread."""
        while not self._ended.is_set():
            if not self.post_reports():
                self._ended.wait(0.05)


def _report(row: Taken, delivered: bool) -> dict[str, Any]:
    moment = "2026-12-01 10:00:00"
    if row.provider == "aliyun":
        return {
            "phone_number": row.number.removeprefix("+86"), "send_time": moment, "report_time": moment, "success": delivered,
            "err_code": "DELIVERED" if delivered else "UNDELIV", "err_msg": "", "sms_size": "1", "biz_id": row.provider_id,
            "out_id": row.own_id,
        }  # fmt: skip
    if row.provider == "aliyun_voice":
        return {"call_id": row.provider_id, "out_id": row.own_id, "status_code": "200000" if delivered else "200005"}
    return {
        "user_receive_time": moment, "nationcode": "86", "mobile": row.number.removeprefix("+86"),
        "report_status": "SUCCESS" if delivered else "FAIL", "errmsg": "DELIVRD" if delivered else "UNDELIV", "description": "",
        "sid": row.provider_id, "ext": row.own_id,
    }  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a sender that is killed leaves its line as it was."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    providers: Providers

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        found = self.providers.answer({name.lower(): value for name, value in self.headers.items()}, body)
        if found is None:
            # The line is cut: no answer, not even a farewell.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        written = json.dumps(found[1]).encode()
        self.send_response(found[0])
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: numbers stand in what comes."""
