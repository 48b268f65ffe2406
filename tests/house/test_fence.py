"""The fence around the tests holds, and lets through what is on this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests import fence


def send_datagram(address: tuple[str, int]) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", address)


# Addresses of documentation (RFC 5737, RFC 3849) and a name of documentation (RFC 2606): nobody is there if the fence is broken.
REACHING: dict[str, Callable[[], object]] = {
    "a connection": lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    "a connection by IPv6": lambda: socket.create_connection(("2001:db8::1", 80), timeout=1),
    "a datagram": lambda: send_datagram(("192.0.2.1", 53)),
    "a name": lambda: socket.getaddrinfo("vote.example", 443),
    "a name of old": lambda: socket.gethostbyname("vote.example"),
    "a page": lambda: httpx.get("http://vote.example/", timeout=1),
}


@pytest.mark.parametrize("way", REACHING)
def test_other_machines_are_out_of_reach(way: str) -> None:
    with pytest.raises((fence.OtherMachineReached, httpx.ConnectError)):
        REACHING[way]()
    assert fence.refused.pop()
    fence.refused.clear()


def test_a_refusal_that_was_taken_for_an_answer_is_remembered() -> None:
    with suppress(Exception):
        socket.getaddrinfo("vote.example", 443)
    assert fence.refused.pop() == "socket.getaddrinfo vote.example"


def test_a_name_that_belongs_to_nobody_is_refused_and_no_fault() -> None:
    for name in ("vote.invalid", "%5B"):
        with pytest.raises(OSError, match="getaddrinfo"):
            socket.getaddrinfo(name, 443)
    assert fence.refused == []


def test_this_machine_is_within_reach(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        pass
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
    assert socket.getaddrinfo("localhost", 80)
