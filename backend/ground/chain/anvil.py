"""The embedded chain: one Anvil, started and ended by its own process, with a state file that survives both."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from backend.ground.chain.errors import AnvilNotStarted, NodeNotAnswering
from backend.ground.chain.node import Node

ROOT = Path(__file__).resolve().parents[3]
FUNDS_WEI = 10**24
KEPT_STATES = "512"
PORT_SECONDS = 5.0
NO_BLOCK_SECONDS = 3600
COPY_EVERY_SECONDS = 30
LARGEST_COPIED_BYTES = 64 * 2**20


class EmbeddedAnvil:
    """Starts, watches and ends one Anvil; `port` 0 takes a free one.

    A block is mined every `block_seconds`, with `at_once` also for each transaction as it comes. The work for a block and the state file
    grow with the number of blocks (at 86,400 blocks about 0.1 s and 150 MB), so one block a second is for a day, not for weeks.
    With `keep_history` the states of old blocks are kept, on disk and without limit: only to rehearse a rewritten chain.
    A second start with the same state file goes on where the first ended. The chain ends with the thread that started it; one that a
    killed app left behind nevertheless is ended in order before the next is started.
    """

    def __init__(
        self,
        state_file: Path,
        port: int = 0,
        chain_id: int = 31337,
        *,
        at_once: bool = False,
        block_seconds: int = 1,
        keep_history: bool = False,
    ) -> None:
        self.port = port or free_port()
        self._state_file = state_file.resolve()
        self._good_copy = self._state_file.with_suffix(".good.json")
        self._pid_file = self._state_file.with_suffix(".pid")
        self._clock_file = self._state_file.with_suffix(".clock")
        self._chain_id = chain_id
        self._at_once = at_once
        self.block_seconds = block_seconds
        self._keep_history = keep_history
        self._process: subprocess.Popen[bytes] | None = None
        self._copied_at = 0.0
        self._pause = threading.Event()  # never set: a wait that ends at its timeout
        self.node = Node(self.url)

    @property
    def url(self) -> str:
        """The JSON-RPC address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, deadline_seconds: float = 20) -> None:
        """Return when the chain answers. Raises: AnvilNotStarted."""
        self._state_file.parent.mkdir(parents=True, exist_ok=True)
        self._end_left_behind()
        self._await_port(time.monotonic() + PORT_SECONDS)
        self._restore_if_broken()
        self._launch()
        self._await_answer(time.monotonic() + deadline_seconds)
        self._carry_time_on()
        if not self._at_once:
            self.node.ask("evm_setIntervalMining", self.block_seconds)

    def stop(self, deadline_seconds: float = 20) -> None:
        """End the process; Anvil writes its state before it goes."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(deadline_seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        self._pid_file.unlink(missing_ok=True)

    def keep_alive(self) -> bool:
        """Start it again if it died; returns whether it had. Keeps a good copy of the state file at times."""
        if self._process is not None and self._process.poll() is None:
            self._copy_state()
            return False
        self._process = None
        self.start()
        return True

    def fund(self, address: str) -> None:
        """Give the relay something to pay gas with; there is no money in it."""
        self.node.ask("anvil_setBalance", address, hex(FUNDS_WEI))

    def _launch(self) -> None:
        command = [
            *ending_with_us(),
            str(binary()),
            *("--port", str(self.port), "--chain-id", str(self._chain_id)),
            # A busy machine takes longer than a block to come to the carrying on of time: no block may be made before.
            *("--block-time", str(self.block_seconds if self._at_once else NO_BLOCK_SECONDS)),
            *("--state", str(self._state_file), "--state-interval", "1"),
            *("--enable-tx-gas-limit", "--quiet"),
            *(("--mixed-mining",) if self._at_once else ()),
            # Without pruning every block leaves its whole state on disk: 2.3 GB after 6,000 blocks. A recount reads at one block
            # while new ones come, so some states are kept, as ordinary nodes do.
            *(("--cache-path", str(self._state_file.parent / "states")) if self._keep_history else ("--prune-history", KEPT_STATES)),
        ]
        # A session of its own: Ctrl-C in the app's terminal reaches the app, which then ends the chain in order.
        with self._state_file.with_suffix(".log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
        self._pid_file.write_text(json.dumps({"pid": self._process.pid, "owner": os.getpid()}))

    def _await_port(self, deadline: float) -> None:
        """A chain that was killed a moment ago still holds its port for a little while."""
        while port_taken(self.port):
            if time.monotonic() > deadline:
                raise AnvilNotStarted(reason=f"port {self.port} is taken")
            self._pause.wait(0.05)

    def _await_answer(self, deadline: float) -> None:
        assert self._process is not None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                said = self._state_file.with_suffix(".log").read_text(errors="replace").strip()
                raise AnvilNotStarted(reason=said[-300:] or f"exit {self._process.returncode}")
            try:
                if self.node.chain_id() == self._chain_id:
                    return
            except NodeNotAnswering:
                self._pause.wait(0.03)
        self.stop()
        raise AnvilNotStarted(reason="no answer in time")

    def _carry_time_on(self) -> None:
        # Anvil forgets on restart that its clock was moved ahead; a block older than its parent would open a closed vote again.
        head = self.node.block()
        newest = max(self.node.block(number).timestamp for number in range(max(0, head.number - 3), head.number + 1))
        ahead = max(newest, self._noted_time()) - int(time.time())
        if ahead > 1:
            self.node.ask("evm_increaseTime", hex(ahead))

    def note_time(self, timestamp: int) -> None:
        """Remember the time of the newest block when it is ahead of the machine's: a lost state must not bring a closed vote back."""
        if timestamp > max(self._noted_time(), int(time.time()) + 5):
            self._clock_file.write_text(str(timestamp))

    def _noted_time(self) -> int:
        try:
            return int(self._clock_file.read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def _end_left_behind(self) -> None:
        """End an Anvil of ours whose app was killed. Raises: AnvilNotStarted when its app is alive."""
        try:
            noted = json.loads(self._pid_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return
        if not self._is_ours(noted["pid"]):
            return
        if _parent_of(noted["pid"]) == noted["owner"] != os.getpid():
            raise AnvilNotStarted(reason=f"process {noted['owner']} runs this chain")
        self._end(noted["pid"], 20)

    def _is_ours(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return str(self._state_file).encode() in command

    def _end(self, pid: int, deadline_seconds: float) -> None:
        deadline = time.monotonic() + deadline_seconds
        self._signal(pid, signal.SIGTERM)
        while self._is_ours(pid) and time.monotonic() < deadline:
            self._pause.wait(0.05)
        self._signal(pid, signal.SIGKILL)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        if self._is_ours(pid):
            os.kill(pid, number)

    def _copy_state(self) -> None:
        if time.monotonic() - self._copied_at < COPY_EVERY_SECONDS or not self._state_file.exists():
            return
        self._copied_at = time.monotonic()
        if self._state_file.stat().st_size <= LARGEST_COPIED_BYTES and _is_whole(self._state_file):
            partial = self._good_copy.with_suffix(".partial")
            shutil.copyfile(self._state_file, partial)
            if _is_whole(partial):  # Anvil may have begun to write meanwhile
                os.replace(partial, self._good_copy)

    def _restore_if_broken(self) -> None:
        # Killed while it wrote, Anvil leaves half a file and then refuses it. The outbox sends again what the copy lacks.
        if not self._state_file.exists() or _is_whole(self._state_file):
            return
        os.replace(self._state_file, self._state_file.with_suffix(".broken.json"))
        if self._good_copy.exists():
            shutil.copyfile(self._good_copy, self._state_file)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_taken(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_whole(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def _parent_of(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[1])


def ending_with_us() -> list[str]:
    """What to put before a command so that the system ends it when the thread that starts it is gone, however that came about."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def binary() -> Path:
    """The program: npm's in a checkout, else one on the path. Raises: AnvilNotStarted."""
    # Not node_modules/.bin/anvil: that is a script which starts the program as a child, and a kill would reach the script only.
    found = sorted((ROOT / "node_modules" / "@foundry-rs").glob("anvil-*/bin/anvil"))
    if found:
        return found[0]
    installed = shutil.which("anvil")
    if installed is None:
        raise AnvilNotStarted(reason="anvil is not installed")
    return Path(installed)
