"""E-mail is signed with DKIM and handed over; what a mail server says is told apart."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.policy import default

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from backend.people.notices.gateways import in_both_languages
from verifier.gateways.answers import Message, Outcome, ReportNotReadable, Sending, Sight
from verifier.gateways.mail import Mail, MailServer

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
FIELDS = {"poll": "清偿方案", "word": "向日葵", "link": "https://vote.example.cn/n/abc234def567"}
KEY = rsa.generate_private_key(65537, 2048)


class Post(socketserver.ThreadingTCPServer):
    """A mail server that takes, refuses or hangs up."""

    allow_reuse_address, daemon_threads = True, True
    manner = "take"
    taken: list[bytes]


class Session(socketserver.StreamRequestHandler):
    server: Post

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 mail")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO", b"MAIL", b"RSET"):
                self.say("250 ok")
            elif verb == b"RCPT":
                self.say({"refuse": "550 no such user", "later": "451 later"}.get(self.server.manner, "250 ok"))
            elif verb == b"DATA":
                self.say("354 go on")
                text = b""
                while (one := self.rfile.readline()) not in (b".\r\n", b""):
                    text += one
                self.server.taken.append(text)
                if self.server.manner == "hang up":
                    return
                self.say("250 taken")
            else:
                self.say("221 bye")
                return


@pytest.fixture
def post() -> Iterator[Post]:
    server = Post(("127.0.0.1", 0), Session)
    server.taken = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def mail(port: int) -> Mail:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    server = MailServer("127.0.0.1", port, "notice@vote.example.cn", "lv", pem, start_tls=False)
    return Mail(server, in_both_languages)


def sending() -> Sending:
    return Sending("own1", "result", [Message("li@example.cn", FIELDS)], NOW)


def test_it_is_signed_and_handed_over(post: Post) -> None:
    assert mail(post.server_address[1]).send(sending()).outcome is Outcome.ACCEPTED
    (raw,) = post.taken
    shown = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + __import__("base64").b64encode(shown)
    assert dkim.verify(raw, dnsfunc=lambda *_, **__: record)
    assert not dkim.verify(raw.replace(b"li@example.cn", b"mo@example.cn"), dnsfunc=lambda *_, **__: record)
    read = email.message_from_bytes(raw, policy=default)
    assert read["Message-ID"] == "<own1@vote.example.cn>"
    assert "向日葵" in read.get_content()


@pytest.mark.parametrize(("manner", "outcome"), [("refuse", Outcome.REFUSED), ("later", Outcome.THROTTLED), ("hang up", Outcome.LOST)])
def test_what_the_server_says_is_told_apart(post: Post, manner: str, outcome: Outcome) -> None:
    post.manner = manner
    assert mail(post.server_address[1]).send(sending()).outcome is outcome


def test_no_server_took_nothing() -> None:
    assert mail(9).send(sending()).outcome is Outcome.THROTTLED


def test_bounces_are_read_and_nothing_is_looked_up() -> None:
    one = mail(9)
    (read,) = one.read_reports([{"id": "own1", "to": "li@example.cn", "code": "550"}])
    assert (read.own_id, read.delivered) == ("own1", False)
    bodies: list[object] = [{}, [1], [{"id": "own1"}], [{"id": 1, "to": "x", "code": "y"}]]
    for wrong in bodies:
        with pytest.raises(ReportNotReadable):
            one.read_reports(wrong)
    assert one.look_up(sending()) is Sight.UNTOLD
