"""Text messages with codes: the interface, and the console adapter that writes them to a file."""

from __future__ import annotations

import json
import os
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path


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
