"""One organisation's validator on this machine: its data folder, its key, its process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.ground.chain.anvil import ending_with_us
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.node import Node
from scripts.consortium.errors import EngineMissing, GenesisDiffers, ValidatorNotStarted
from scripts.consortium.genesis import FILE
from scripts.consortium.organisations import Organisation

PROGRAM = Path("build/engines/validator")
START_SECONDS = 90
#: Of a round of votes that a proposer who is gone may cost, and the most that the engine's own computation limit can be set to.
ROUND_MILLISECONDS, NO_LIMIT = 3_000, 2**63 - 1
QUEUE = "1024"  # transactions of one account: the relay sends many at once
MODULES = "eth,net,web3,kaia,istanbul,governance"


@dataclass(frozen=True)
class Place:
    """Where a validator keeps its things and listens; all on loopback here."""

    folder: Path
    rpc_port: int


class Validator:
    """A validator that can be started, killed and started again."""

    def __init__(
        self,
        organisation: Organisation,
        place: Place,
        chain_id: int,
        round_milliseconds: int = ROUND_MILLISECONDS,
        before: Sequence[str] = (),
    ) -> None:
        """`before` are words in front of the command, say to give it a clock of its own."""
        self.organisation = organisation
        self.place = place
        self.chain_id = chain_id
        self.round_milliseconds = round_milliseconds
        self.before = list(before)
        self.clock_seconds = 0
        """How wrong its clock is where it judges others' blocks."""
        self.node = Node(self.url, timeout_seconds=5, organisation=organisation.name)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """The organisation's."""
        return self.organisation.name

    @property
    def url(self) -> str:
        """The JSON-RPC address."""
        return f"http://127.0.0.1:{self.place.rpc_port}"

    @property
    def data(self) -> Path:
        """The engine's own folder."""
        return self.place.folder / "data"

    @property
    def pid(self) -> int:
        """Of its process; 0 while it does not run."""
        return self._process.pid if self._process is not None else 0

    def prepare(self, genesis: Path, static_nodes: bytes) -> None:
        """Write the first block into the data folder, once. Raises: EngineMissing, ValidatorNotStarted, GenesisDiffers."""
        if not PROGRAM.exists():
            raise EngineMissing(path=PROGRAM)
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "static-nodes.json").write_bytes(static_nodes)
        (self.place.folder / FILE).write_bytes(genesis.read_bytes())
        command = [str(PROGRAM), "--datadir", str(self.data), "init", str(self.place.folder / FILE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        said = done.stdout + done.stderr
        if "incompatible" in said.lower():
            raise GenesisDiffers(name=self.name, found="the one in its folder", expected="the one in genesis.json")
        if done.returncode != 0:
            raise ValidatorNotStarted(name=self.name, reason=said[-400:])

    def launch(self) -> None:
        """Start the process; `await_answer` waits for it."""
        with (self.place.folder / "validator.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*ending_with_us(), *self.before, *self.command()], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )

    def command(self) -> list[str]:
        """As an organisation would start it, but for the addresses."""
        words: dict[str, object] = {
            "datadir": self.data,
            "networkid": self.chain_id,
            "nodekey": self.place.folder / "nodekey",
            "port": self.organisation.port,
            "nat": "none",
            "netrestrict": "127.0.0.0/8",
            "rpcaddr": "127.0.0.1",
            "rpcport": self.place.rpc_port,
            "rpcapi": MODULES,
            "rpcvhosts": "localhost",
            "rewardbase": self.organisation.address,
            "opcode-computation-cost-limit": NO_LIMIT,
            "gcmode": "archive",
            "txpool.exec-slots.account": QUEUE,
            "txpool.nonexec-slots.account": QUEUE,
            "round-milliseconds": self.round_milliseconds,
            "verbosity": 3,
            **({"drill-clock-seconds": self.clock_seconds} if self.clock_seconds else {}),
        }
        options = [word for name, value in words.items() for word in (f"--{name}", str(value))]
        return [str(PROGRAM), *options, "--nodiscover", "--rpc", "--txpool.nolocals"]

    def await_answer(self, seconds: float = START_SECONDS) -> None:
        """Return when it answers. Raises: ValidatorNotStarted with the end of its log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.runs:
            with contextlib.suppress(NodeNotAnswering):
                self.node.chain_id()
                return
            time.sleep(0.2)  # a process that is starting has no event to wait for but its port
        log = self.place.folder / "validator.log"
        raise ValidatorNotStarted(name=self.name, reason=log.read_text(errors="replace")[-600:])

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order; by force when it takes too long."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Let it stand still, as a machine does that swaps or that lost its disk."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again after `pause`."""
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None

    def memory_bytes(self) -> int:
        """Of its process."""
        return memory_of(self.pid)

    def disk_bytes(self) -> int:
        """Of its data folder."""
        return sum(path.stat().st_blocks * 512 for path in self.data.rglob("*") if path.is_file())


def memory_of(pid: int) -> int:
    """Bytes of a process as the system counts it; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
