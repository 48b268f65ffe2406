"""A fence around the tests' own process: it speaks to this machine alone, and asks nobody for a name.

A test that reaches out would pass or fail by the weather elsewhere, and would tell others what it has. Processes that tests start are
given addresses of this machine by name; they stand outside this fence.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import sys
from typing import Any

HERE = frozenset({"localhost", "", None})
#: Where addresses and names stand among the arguments of Python's audit events.
PLACES = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


#: What a name can look like that somebody may have; names that end so belong to nobody (RFC 2606), and tests give them as such.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]*")
NOBODYS = (".invalid", ".test")


class OtherMachineReached(socket.gaierror):
    """A test wanted to speak to another machine; to the code it looks as if there were no network."""


#: What was refused and has not been looked at; some code takes every error for an answer.
refused: list[str] = []


def raise_fence() -> None:
    """Refuse other machines from now on, as long as the process lives."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    place = PLACES.get(event)
    if place is None:
        return
    address = arguments[place]
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        if address is None or arguments[0].family not in {socket.AF_INET, socket.AF_INET6}:
            return
        address = address[0]
    if not _is_here(address) and not (event == "socket.getaddrinfo" and _is_address(address)):  # a number is no question to anybody
        words = f"{event} {address}"
        if NAME.fullmatch(str(address)) and not str(address).endswith(NOBODYS):
            refused.append(words)
        raise OtherMachineReached(socket.EAI_NONAME, words)


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True


def _is_here(host: object) -> bool:
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode("ascii", "replace")
    if host in HERE:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False
