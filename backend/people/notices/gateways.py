"""The installation's ways to people: what the file of gateways names, or the console for trials."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.people.notices.errors import GatewayFileWrong
from backend.people.notices.rules.kinds import TEMPLATES
from verifier.gateways.answers import Accepted, Answer, Gateway, Outcome, Report, ReportNotReadable, Sending, Sight
from verifier.gateways.building import gateway_of

SUBJECT = "出借人表决通知 / Notice about the vote"
CODE = "code"
"""The template for codes to sign in by (fields: code, minutes), which are no notices."""


@dataclass(frozen=True)
class Line:
    """A gateway with the provider's own names for our templates, and how many messages a second it may get."""

    gateway: Gateway
    templates: Mapping[str, str] = field(repr=False)
    per_second: float = 20.0
    confirms_at_once: bool = False
    """Whether what was taken was delivered: of the console alone."""


class ConsoleGateway(Gateway):
    """Writes messages to `outbox/notices.jsonl` under the data folder, for trials on one machine."""

    name, channel, most_at_once, alike = "console", "sms", 500, False

    def __init__(self, data_dir: Path, channel: str = "sms") -> None:
        super().__init__(("",))
        self.channel = channel
        self.path = data_dir / "outbox" / "notices.jsonl"
        self._lock = threading.Lock()

    def send(self, sending: Sending) -> Answer:
        """Append a line for each; the file is its owner's only."""
        words = TEMPLATES[sending.template]
        lines = [
            json.dumps({"id": sending.own_id, "to": one.number, "text": words.say(one.fields, "zh")}, ensure_ascii=False)
            for one in sending.messages
        ]
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))
        return Answer(Outcome.ACCEPTED, "", {one.number: Accepted(sending.own_id) for one in sending.messages})

    def look_up(self, sending: Sending) -> Sight:
        """Whether the file has our id."""
        with self._lock:
            there = self.path.is_file() and f'"id": "{sending.own_id}"' in self.path.read_text("utf-8")
        return Sight.FOUND if there else Sight.ABSENT

    def read_reports(self, body: object) -> list[Report]:
        """There are none."""
        raise ReportNotReadable("the console sends none")


def console_lines(data_dir: Path) -> list[Line]:
    """Text and calls alike into one file."""
    names = {kind: kind for kind in TEMPLATES}
    return [Line(ConsoleGateway(data_dir, channel), names, 1e6, confirms_at_once=True) for channel in ("sms", "voice", "email")]


def read_lines(path: Path | None, data_dir: Path) -> list[Line]:
    """The lines that a file of gateways names, in its order; without a file, the console. Raises: GatewayFileWrong."""
    if path is None:
        return console_lines(data_dir)
    try:
        entries = json.loads(path.read_text("utf-8"))
        lines = [_line(entry, path, data_dir) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise GatewayFileWrong(path=path, reason=f"{type(error).__name__}: {error}") from error
    _check(lines, path)
    return lines


def _line(entry: Mapping[str, Any], path: Path, data_dir: Path) -> Line:
    provider = entry["provider"]
    unknown = set(entry.get("templates", {})) - set(TEMPLATES) - {CODE}
    if unknown:
        raise GatewayFileWrong(path=path, reason=f"templates that nobody approved: {', '.join(sorted(unknown))}")
    gateway = _gateway(provider, entry, data_dir)
    templates = {kind: kind for kind in TEMPLATES} if provider in {"console", "email"} else dict(entry["templates"])
    return Line(gateway, templates, float(entry.get("per_second", 20)), confirms_at_once=provider == "console")


def _gateway(provider: str, entry: Mapping[str, Any], data_dir: Path) -> Gateway:
    if provider == "console":
        return ConsoleGateway(data_dir, entry.get("channel", "sms"))
    return _mail(entry) if provider == "email" else gateway_of(entry)


def _mail(entry: Mapping[str, Any]) -> Gateway:
    # Loaded where it is used: an installation without e-mail does without its libraries at the start.
    from verifier.gateways.mail import Mail, MailServer

    key = Path(entry["dkim_key_file"]).read_bytes()
    server = MailServer(
        entry["host"], int(entry["port"]), entry["sender"], entry["dkim_selector"], key, entry.get("user", ""), entry.get("password", ""),
        start_tls=bool(entry.get("start_tls", True)),
    )  # fmt: skip
    return Mail(server, in_both_languages)


def in_both_languages(kind: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text of an e-mail."""
    template = TEMPLATES[kind]
    return SUBJECT, f"{template.say(fields, 'zh')}\n\n{template.say(fields, 'en')}\n"


def _check(lines: Sequence[Line], path: Path) -> None:
    names = [line.gateway.name for line in lines if line.gateway.name != "console"]
    if len(set(names)) != len(names):
        raise GatewayFileWrong(path=path, reason="a provider is named twice")
    if not lines:
        raise GatewayFileWrong(path=path, reason="it names no gateway")
