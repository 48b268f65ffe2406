"""Lines between validators that can be cut: each dials the others through one of its own."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Collection
from pathlib import Path

from scripts.consortium.network import Network
from scripts.consortium.validator import Validator

PIECE_BYTES = 65_536


class Cable:
    """One way from one validator to another's port, on loopback."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_cut = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._server.accept()
            except OSError:
                return
            if self.is_cut:
                caller.close()
                continue
            try:
                called = socket.create_connection(("127.0.0.1", self._target), timeout=5)
                called.settimeout(None)
            except OSError:
                caller.close()
                continue
            with self._lock:
                self._ends |= {caller, called}
            for source, sink in ((caller, called), (called, caller)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE_BYTES):
                sink.sendall(piece)
        for end in (source, sink):
            self._drop(end)

    def _drop(self, end: socket.socket) -> None:
        with self._lock:
            self._ends.discard(end)
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()

    def cut(self) -> None:
        """Nothing goes through any more."""
        self.is_cut = True
        for end in list(self._ends):
            self._drop(end)

    def mend(self) -> None:
        """Connections may be made again."""
        self.is_cut = False

    def stop(self) -> None:
        """Close it."""
        self.cut()
        self._server.close()


class CabledNetwork(Network):
    """Validators who know each other by such lines only."""

    def __init__(self, folder: Path, *, funded: Collection[str] = ()) -> None:
        super().__init__(folder, funded=list(funded))
        self._cables = {
            (one.name, other.name): Cable(other.organisation.port)
            for one in self.validators
            for other in self.validators
            if one is not other
        }

    def static_nodes(self, validator: Validator) -> bytes:
        """The others, each by the line to it."""
        found = []
        for one in self.validators:
            if one is not validator:
                port = self._cables[validator.name, one.name].port
                found.append(f"kni://{one.organisation.node_key.hex()}@127.0.0.1:{port}?discport=0&ntype=cn")
        return json.dumps(found).encode()

    def part(self, group: Collection[str]) -> None:
        """Those named here, and all others, hear nothing of each other."""
        for (one, other), cable in self._cables.items():
            if (one in group) != (other in group):
                cable.cut()

    def join(self) -> None:
        """All lines are there again."""
        for cable in self._cables.values():
            cable.mend()

    def stop(self) -> None:
        """End validators and lines."""
        super().stop()
        for cable in self._cables.values():
            cable.stop()
