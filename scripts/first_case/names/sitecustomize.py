"""Plays the public network for the Python programs of a first case: names have addresses, and addresses lead to processes here.

Read from LENDERVOTE_FIRST_CASE_NETWORK, a JSON object of name to [address, port]. Every name's address is one that no machine has, so that
a program which asks whether a name is its own machine hears no, as it would where the verifier is on another machine. What connects to
such an address reaches the port, where the TLS front listens. Nothing else is changed.
"""

from __future__ import annotations

import json
import os
import socket
from typing import Any

_NAMES: dict[str, tuple[str, int]] = {
    name: (place[0], place[1]) for name, place in json.loads(os.environ.get("LENDERVOTE_FIRST_CASE_NETWORK", "{}")).items()
}
_PORTS = dict(_NAMES.values())
_look_up, _connect, _connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex


def _getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    return _look_up(_NAMES[name][0] if name in _NAMES else host, *rest, **named)


def _wire(address: Any) -> Any:
    port = _PORTS.get(address[0]) if isinstance(address, tuple) else None
    return ("127.0.0.1", port) if port else address


if _NAMES:
    socket.getaddrinfo = _getaddrinfo
    socket.socket.connect = lambda self, address: _connect(self, _wire(address))  # type: ignore[method-assign]
    socket.socket.connect_ex = lambda self, address: _connect_ex(self, _wire(address))  # type: ignore[method-assign]
