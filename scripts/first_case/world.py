"""What is there before the first command: a chain with nodes at two organisations, public names with certificates, somebody with funds.

All of it is on this machine: one Anvil, whose clock is the only thing that a first case moves, and one TLS front that leads each name to a
port. The names of the guide are used as they stand there.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.ground.chain.anvil import EmbeddedAnvil, ending_with_us
from scripts.first_case import places
from scripts.first_case.certificates import Certificates, make_certificates
from scripts.rig.chain_access import ChainAccess
from scripts.rig.processes import end, free_port

FUNDS_WEI = 10**19
HERE = Path(__file__).parent


@dataclass(frozen=True)
class World:
    """The chain, the names and what leads to them."""

    chain: EmbeddedAnvil
    front_port: int
    backend_port: int
    verifier_port: int
    certificates: Certificates

    @property
    def clock(self) -> ChainAccess:
        """The chain's clock, which may be moved on."""
        return ChainAccess(self.chain.url)

    @property
    def own_node(self) -> str:
        """The address of a node that an auditor has."""
        return self.chain.url

    def pay(self, address: str) -> None:
        """Send funds to an account, from one that the chain began with."""
        node = self.chain.node
        rich = node.ask("eth_accounts")[0]
        node.ask("eth_sendTransaction", {"from": rich, "to": address, "value": hex(FUNDS_WEI)})

    def await_block(self) -> None:
        """Wait until what was sent is in a block."""
        seen = self.clock.height()
        while self.clock.height() <= seen:
            time.sleep(0.1)  # a node tells nobody when a block comes

    @property
    def environment(self) -> dict[str, str]:
        """What makes names and certificates known to a program; everything of this machine's own settings is left out."""
        network = {name: [places.address_of(name), self.front_port] for name in places.NAMES}
        ours = {name: value for name, value in os.environ.items() if not name.startswith("LENDERVOTE_")}
        bundle = str(self.certificates.authority)
        return ours | {
            "PYTHONPATH": str(HERE / "names"),
            "LENDERVOTE_FIRST_CASE_NETWORK": json.dumps(network),
            "SSL_CERT_FILE": bundle,
            "REQUESTS_CA_BUNDLE": bundle,
        }

    @property
    def chromium_flags(self) -> list[str]:
        """The same for the browser."""
        rules = ", ".join(f"MAP {name}:443 127.0.0.1:{self.front_port}" for name in places.NAMES)
        return ["--no-sandbox", f"--host-resolver-rules={rules}", f"--ignore-certificate-errors-spki-list={self.certificates.key_print}"]


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """Start chain and front, and end them."""
    made = make_certificates(folder / "certificates", places.NAMES)
    chain = EmbeddedAnvil(folder / "chain" / "state.json", free_port())
    world = World(chain, free_port(), free_port(), free_port(), made)
    with contextlib.ExitStack() as ending:
        chain.start()
        ending.callback(chain.stop)
        ending.callback(end, _front(world))
        yield world


def _front(world: World) -> subprocess.Popen[str]:
    ports = dict.fromkeys(places.NODES, world.chain.port) | {places.PAGES: world.backend_port, places.VERIFIER: world.verifier_port}
    paths = [str(world.certificates.served), str(world.certificates.key)]
    command = [*ending_with_us(), "node", str(HERE / "front.mjs"), str(world.front_port), *paths, json.dumps(ports)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    if process.stdout.readline().strip() != "listening":
        end(process)
        raise RuntimeError("the TLS front did not start")
    return process
