"""Four organisations' validators on loopback, each with a key and a folder of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coincurve import PrivateKey

from backend.ground.chain.errors import NodeNotAnswering
from scripts.consortium import genesis
from scripts.consortium.organisations import Consortium, Organisation, read
from scripts.consortium.validator import ROUND_MILLISECONDS, Place, Validator
from scripts.rig.processes import free_port
from scripts.rig.started import Started

NAMES = ("working-group", "association", "notary", "institution")
CHAIN_ID = 20_261_127
FIRST_BLOCK_SECONDS = 90


def make_key(folder: Path) -> bytes:
    """A validator's key in a folder of its own, readable by its owner alone; the public key, 64 bytes. One that is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nodekey"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(PrivateKey().to_hex())
    return PrivateKey.from_hex(file.read_text().strip()).public_key.format(compressed=False)[1:]


@dataclass(frozen=True)
class Height:
    """One node's newest block: number and hash."""

    number: int
    hash: str


class Network(Started):
    """All validators of one consortium; a context manager that ends what it started."""

    def __init__(
        self, folder: Path, *, names: Sequence[str] = NAMES, funded: Sequence[str] = (), round_milliseconds: int = ROUND_MILLISECONDS
    ) -> None:
        self.folder = folder
        file = folder / "organisations.toml"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(written(folder, names, funded))
        self.consortium: Consortium = read(file)
        self.genesis_digest = genesis.write(self.consortium, folder / "agreed")
        self.validators = [self._validator(one, round_milliseconds) for one in self.consortium.organisations]

    def _validator(self, organisation: Organisation, round_milliseconds: int) -> Validator:
        place = Place(self.folder / organisation.name, free_port())
        return Validator(organisation, place, self.consortium.chain_id, round_milliseconds)

    @property
    def rpc_setting(self) -> str:
        """As the backend's LENDERVOTE_RPC_URL names them: every organisation's node."""
        return ",".join(f"{one.name}={one.url}" for one in self.validators)

    @property
    def named_validators(self) -> Path:
        """The file by which certificates of finality are checked."""
        return self.folder / "agreed" / "validators.json"

    def start(self) -> None:
        """Start all and wait for the first block. Raises: EngineMissing, ValidatorNotStarted."""
        agreed = self.folder / "agreed"
        for one in self.validators:
            one.prepare(agreed / genesis.FILE, self.static_nodes(one))
        for one in self.validators:
            one.launch()
        for one in self.validators:
            one.await_answer()
        self.await_block(1, FIRST_BLOCK_SECONDS)

    def static_nodes(self, validator: Validator) -> bytes:
        """By which a validator finds the others."""
        del validator  # the same for all
        return (self.folder / "agreed" / "static-nodes.json").read_bytes()

    def proposer(self) -> Validator:
        """Whose turn it is: with a sticky proposer, whoever made the newest block. Raises: NodeNotAnswering."""
        header = next(one for one in self.validators if one.runs).node.known("kaia_getBlockByNumber", "latest", False)
        return next(one for one in self.validators if one.organisation.address == header["reward"])

    def height(self) -> int:
        """The highest block that any running validator shows; -1 where none answers."""
        return max((self._height_of(one) for one in self.validators if one.runs), default=-1)

    def heads(self) -> list[Height]:
        """The newest block of every validator. Raises: NodeNotAnswering."""
        blocks = [one.node.block() for one in self.validators]
        return [Height(block.number, block.hash) for block in blocks]

    @staticmethod
    def _height_of(validator: Validator) -> int:
        try:
            return validator.node.block().number
        except NodeNotAnswering:
            return -1

    def await_block(self, number: int, seconds: float) -> float:
        """Seconds until some validator has that block. Raises: TimeoutError."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if self.height() >= number:
                return time.monotonic() - began
            time.sleep(0.05)  # nodes tell nobody when a block comes
        raise TimeoutError(f"no block {number} after {seconds:.0f} s; the newest is {self.height()}")

    def await_equal(self, seconds: float, least: int = 0) -> float:
        """Seconds until all validators have one block in common that is at least that high, by its hash. Raises: TimeoutError."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            lowest = min(self._height_of(one) for one in self.validators)
            if lowest >= max(least, 0) and len({one.node.hash_of(lowest) for one in self.validators}) == 1:
                return time.monotonic() - began
            time.sleep(0.1)
        raise TimeoutError(
            f"the validators have no block {least} in common after {seconds:.0f} s: {[self._height_of(one) for one in self.validators]}"
        )

    def memory_bytes(self) -> int:
        """Of all validators' processes."""
        return sum(one.memory_bytes() for one in self.validators if one.runs)

    def stop(self) -> None:
        """End all that runs."""
        for one in self.validators:
            one.stop()


def written(folder: Path, names: Sequence[str], funded: Sequence[str]) -> str:
    """The file of organisations of a trial on this machine; each key is made in its organisation's own folder."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 5))
    lines = [f"chain_id = {CHAIN_ID}", f"made_at = {when}", f"funded = [{', '.join(f'{chr(34)}{one}{chr(34)}' for one in funded)}]"]
    for name in names:
        key = make_key(folder / name)
        lines += ["", "[[organisation]]", f'name = "{name}"', f'node_key = "0x{key.hex()}"', 'host = "127.0.0.1"', f"port = {free_port()}"]
    return "\n".join(lines) + "\n"
