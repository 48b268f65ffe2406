"""E-mail: by a mail server of one's own, signed with DKIM, so that a receiver can tell whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib
import dkim

from verifier.gateways.answers import SECONDS, Accepted, Answer, Gateway, Outcome, Report, ReportNotReadable, Sending, Sight

#: What is signed of a message's head, so that nobody puts another sender or subject over it.
SIGNED = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]

Worded = Callable[[str, dict[str, str]], tuple[str, str]]
"""Subject and text of a template with its fields."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and the key under which the sender's domain signs."""

    host: str
    port: int
    sender: str
    selector: str
    key_pem: bytes = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    start_tls: bool = True

    @property
    def domain(self) -> str:
        """The sender's."""
        return self.sender.rpartition("@")[2]


class Mail(Gateway):
    """One message at a time; a mail server has no list to look a message up in, and reports nothing but what bounces."""

    name, channel, most_at_once, alike = "email", "email", 1, True

    def __init__(self, server: MailServer, worded: Worded) -> None:
        super().__init__(())
        self._server = server
        self._worded = worded

    def send(self, sending: Sending) -> Answer:
        """See `Gateway.send`. An address that the server refuses for good is refused; before the text is handed over, nothing was taken."""
        (one,) = sending.messages
        try:
            asyncio.run(self._hand_over(one.number, self._signed(sending)))
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            return Answer(Outcome.THROTTLED if codes and max(codes) < 500 else Outcome.REFUSED, str(*codes[:1]))
        except aiosmtplib.SMTPResponseException as error:
            return Answer(Outcome.THROTTLED if 400 <= error.code < 500 else Outcome.REFUSED, str(error.code))
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError):
            return Answer(Outcome.THROTTLED, "connect")
        except (aiosmtplib.SMTPException, OSError):
            return Answer(Outcome.LOST)
        return Answer(Outcome.ACCEPTED, "", {one.number: Accepted(sending.own_id)})

    def look_up(self, sending: Sending) -> Sight:
        """Nobody keeps such a list."""
        return Sight.UNTOLD

    def read_reports(self, body: object) -> list[Report]:
        """What a program that reads bounces posts: a list of {"id", "to", "code"}; there are no reports of success."""
        if not isinstance(body, list) or not all(isinstance(row, dict) and all(map(_is_text, row.values())) for row in body):
            raise ReportNotReadable("a list of bounces")
        try:
            return [Report(row["id"], row["id"], row["to"], False, row["code"][:64]) for row in body]
        except KeyError as error:
            raise ReportNotReadable(str(error)) from error

    def message(self, sending: Sending) -> EmailMessage:
        """The message as it is written."""
        (one,) = sending.messages
        subject, text = self._worded(sending.template, dict(one.fields))
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = self._server.sender, one.number, subject
        made["Date"] = format_datetime(sending.sent_at)
        made["Message-ID"] = f"<{sending.own_id}@{self._server.domain}>"
        made.set_content(text, cte="base64")
        return made

    def _signed(self, sending: Sending) -> bytes:
        raw = self.message(sending).as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        names = self._server.selector.encode(), self._server.domain.encode()
        return bytes(dkim.sign(raw, *names, self._server.key_pem, include_headers=SIGNED)) + raw

    async def _hand_over(self, address: str, raw: bytes) -> None:
        server = self._server
        await aiosmtplib.send(
            raw, sender=server.sender, recipients=[address], hostname=server.host, port=server.port, timeout=SECONDS,
            local_hostname=server.domain, start_tls=server.start_tls,
            username=server.user or None, password=server.password if server.user else None,
        )  # fmt: skip


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 320
