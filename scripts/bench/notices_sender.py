"""The process that sends and is killed: the ledger of notices over one SQLite file, with a clock in a file and an address for reports."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from backend.ground.common.clock import SystemClock
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.db.base import Base
from backend.ground.db.sessions import open_engine, open_sessions
from backend.people.notices.gateways import Line
from backend.people.notices.leftovers import Pace
from backend.people.notices.rules.kinds import TEMPLATES
from backend.people.notices.rules.ways import Contact
from backend.people.notices.service import NoticeService, Recipient
from scripts.rig.providers import KEY_ID, KEY_SECRET
from verifier.gateways.aliyun import AliyunSms, AliyunVoice
from verifier.gateways.tencent import TencentSms

FIELD_KEY = bytes(range(32))  # of this bench alone: what it seals is invented
LANDLINE_EVERY, ABROAD_EVERY, NO_NUMBER_EVERY = 200, 500, 1000
PACE = Pace(timedelta(seconds=3), timedelta(minutes=5), timedelta(hours=2))


class FileClock(SystemClock):
    """The machine's clock, moved by as many seconds as a file says."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC) + timedelta(seconds=float(self._path.read_text()))


def service_of(folder: Path, providers: str) -> NoticeService:
    """The ledger with three lines to the local providers."""
    settings = Settings(data_dir=folder, public_url="https://vote.example.cn", _env_file=None)
    engine = open_engine(f"sqlite:///{folder / 'ledger.sqlite3'}")
    Base.metadata.create_all(engine)
    names = {kind: f"T_{kind}" for kind in TEMPLATES}
    key = KEY_ID, KEY_SECRET
    lines = [
        Line(AliyunSms(providers, *key, "出借人表决"), names, 5000),
        Line(TencentSms(providers, *key, "1400000000", "出借人表决", ("86", "852")), names, 60),
        Line(AliyunVoice(providers, *key, "057100000000"), names, 60),
    ]
    return NoticeService(open_sessions(engine), FieldCipher(FIELD_KEY), None, settings, FileClock(folder / "clock"), lines, PACE)


def recipients(count: int) -> Iterator[Recipient]:
    """Mobiles mostly, some with a landline besides, some abroad, some without any number."""
    for number in range(count):
        phones: tuple[str, ...] = (f"+861{3_800_000_000 + number}",)
        if number % NO_NUMBER_EVERY == 7:
            phones = ()
        elif number % ABROAD_EVERY == 3:
            phones = (f"+8525{1_000_000 + number}",)
        elif number % LANDLINE_EVERY == 1:
            phones = (*phones, f"+86571{80_000_000 + number}")
        yield Recipient(number.to_bytes(32, "big"), number, Contact(phones))


def serve_reports(service: NoticeService, port: int) -> ThreadingHTTPServer:
    """Take reports at /provider/token, as the service's own route does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            _, provider, token = self.path.split("/")
            try:
                said: dict[str, Any] = dict(service.reports.take(provider, token, body))
                status = 200
            except LenderVoteError as error:
                said, status = {"error": error.code}, 403
            written = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    """Queue what is not queued, then send until killed or everything is closed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--providers", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--notices", type=int, required=True)
    given = parser.parse_args()
    service = service_of(given.folder, given.providers)
    serve_reports(service, given.port)
    ends_at = service.post._clock.now() + timedelta(days=12)
    fields = {"poll": "清偿方案", "until": "12月30日"}
    mailing = service.queue("bench", "no_ballot", "case", "poll", fields, recipients(given.notices), ends_at=ends_at)
    ending = threading.Event()
    while service.mailing(mailing).closed_at is None:
        service.run_once()
        ending.wait(0.1)
    print(service.mailing(mailing).root, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
