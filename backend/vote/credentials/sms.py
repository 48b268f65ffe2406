"""Text messages with codes: the interface, and the console adapter that writes them to a file."""

from __future__ import annotations

import json
import logging
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backend.ground.common.ids import new_id
from backend.people.notices.gateways import CODE, Line
from backend.people.notices.rules.ways import canonical_number, channel_of
from verifier.gateways.answers import Message, Outcome, Sending

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CodeMessage:
    """A code on its way to a phone; `poll_title` and `minutes` fill the provider's approved template."""

    phone: str
    code: str
    poll_title: str
    minutes: int


class SmsGateway(ABC):
    """Whatever delivers text messages."""

    @abstractmethod
    def send(self, message: CodeMessage) -> None:
        """Hand a message over to the provider."""


class ConsoleGateway(SmsGateway):
    """Writes messages to `outbox/sms.jsonl` under the data folder, for trials on one machine."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "outbox" / "sms.jsonl"
        self._lock = threading.Lock()

    def send(self, message: CodeMessage) -> None:
        """Append one line; the file is its owner's only."""
        text = (
            f"【出借人表决】验证码 {message.code}，{message.minutes} 分钟内有效，只用于“{message.poll_title}”登录。"
            "任何人索要都不要给。不是您本人操作，请不用理会。"
        )
        line = json.dumps({"phone": message.phone, "code": message.code, "text": text}, ensure_ascii=False)
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(line + "\n")


class LinesGateway(SmsGateway):
    """Sends codes through the installation's lines for notices, by their approved template `code` (fields: code, minutes).

    A code whose answer was lost is not sent again: the person asks for another.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = [line for line in lines if CODE in line.templates]

    def send(self, message: CodeMessage) -> None:
        """By the first line that takes it."""
        number = canonical_number(message.phone)
        fields = {"code": message.code, "minutes": str(message.minutes)}
        for line in self._lines:
            if line.gateway.channel != channel_of(number) or not line.gateway.serves(number):
                continue
            sending = Sending(new_id(), line.templates[CODE], [Message(number, fields)], datetime.now(UTC))
            if line.gateway.send(sending).outcome in {Outcome.ACCEPTED, Outcome.LOST}:
                return
        log.warning("no line took a code")
