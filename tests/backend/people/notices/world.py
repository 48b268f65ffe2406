"""A ledger over a real database with a clock that is moved, and providers that misbehave."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.ground.common.clock import MovableClock
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.settings import Settings
from backend.ground.db.base import Base
from backend.ground.db.sessions import open_engine, open_sessions
from backend.people.notices.gateways import Line
from backend.people.notices.leftovers import Pace
from backend.people.notices.rules.kinds import TEMPLATES
from backend.people.notices.rules.ways import Contact
from backend.people.notices.service import NoticeService, Recipient
from scripts.rig.providers import KEY_ID, KEY_SECRET, Manners, Providers
from tests.databases import url_for
from verifier.gateways.aliyun import AliyunSms, AliyunVoice
from verifier.gateways.tencent import TencentSms

#: Ten in the morning in Beijing.
MORNING = datetime(2026, 12, 1, 2, tzinfo=UTC)
NAMES = {kind: f"T_{kind}" for kind in TEMPLATES}
FIELDS = {"poll": "清偿方案", "opens": "12月20日", "closes": "12月30日"}
QUICK = Pace(timedelta(seconds=1), timedelta(seconds=60), timedelta(hours=2))


def lines_to(providers: Providers, per_second: float = 1e6) -> list[Line]:
    """Aliyun first, then Tencent, and Aliyun's calls."""
    key = KEY_ID, KEY_SECRET
    return [
        Line(AliyunSms(providers.url, *key, "出借人表决"), NAMES, per_second),
        Line(TencentSms(providers.url, *key, "1400000000", "出借人表决"), NAMES, per_second),
        Line(AliyunVoice(providers.url, *key, "057100000000"), NAMES, per_second),
    ]


@dataclass
class Ledger:
    """One service; `again()` is what a new process has."""

    folder: Path
    providers: Providers
    manners: Manners = field(default_factory=Manners)
    clock: MovableClock = field(default_factory=lambda: MovableClock(MORNING))

    def __post_init__(self) -> None:
        self.settings = Settings(data_dir=self.folder, public_url="https://vote.example.cn", _env_file=None)
        engine = open_engine(url_for(self.folder / "ledger.sqlite3"))
        Base.metadata.create_all(engine)
        self.sessions = open_sessions(engine)
        self.cipher = FieldCipher(secrets.token_bytes(32))
        self.providers.now = self.clock.now
        self.again()

    def again(self, lines: Sequence[Line] | None = None) -> None:
        """A process that knows nothing but the database."""
        self.lines = list(lines or lines_to(self.providers))
        self.service = NoticeService(self.sessions, self.cipher, None, self.settings, self.clock, self.lines, QUICK)

    def queue(self, recipients: Sequence[Recipient], kind: str = "poll_announced", key: str = "one", days: int = 10) -> str:
        fields = {name: FIELDS.get(name, "12月30日") for name in TEMPLATES[kind].fields}
        ends_at = self.clock.now() + timedelta(days=days)
        return self.service.queue(key, kind, "case", "poll", fields, recipients, ends_at=ends_at)

    def report(self) -> list[tuple[str, int]]:
        """Hand every report that the providers have over; what became of each."""
        said: dict[str, int] = {}
        with self.providers._lock:
            waiting, self.providers._reports = list(self.providers._reports), type(self.providers._reports)()
        for provider in {provider for _, provider, _ in waiting}:
            reports = [report for _, name, report in waiting if name == provider]
            for word, count in self.service.reports.take(provider, self.service.seal.report_token(provider), reports).items():
                said[word] = said.get(word, 0) + count
        return sorted(said.items())

    def states(self, mailing_id: str) -> dict[str, int]:
        return dict(self.service.mailing(mailing_id).counts)


def people(count: int, *, first: int = 0) -> Iterator[Recipient]:
    """Each with a mobile."""
    for number in range(first, first + count):
        yield person(number, f"+861380{number:07d}")


def person(number: int, *phones: str, email: str = "", post: str = "", word: str = "") -> Recipient:
    return Recipient(number.to_bytes(32, "big"), number, Contact(phones, email, "某人", post, word))
