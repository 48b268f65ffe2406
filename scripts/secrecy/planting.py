"""The control of the search: numbers that are put into each store on purpose, one for each, and have to be found there."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from contextlib import closing
from secrets import token_bytes

from eth_account import Account
from web3 import Web3

from backend.ground.chain.node import Node
from backend.ground.common.settings import Settings
from scripts.cli.backup import back_up
from scripts.rig.processes import Stack
from scripts.secrecy.casting import Cast
from scripts.secrecy.needles import Needle, choice_forms, number_forms

ENVIRONMENT = "SECRECY_CONTROL"
WRITTEN_SECONDS = 60
#: In which store each is to be found; what is in the database is in the backup, which is made afterwards.
PLACES = {
    "log": ["logs"],
    "choice": ["logs"],
    "journal": ["journal"],
    "database": ["database files", "database rows", "backup"],
    "chain": ["chain over RPC", "chain files"],
    "memory": ["memory of the backend", "memory of the verifier", "memory of the chain"],
}
#: A lender whom no register has.
NOBODY = Cast(4_000_000_001, 2, 1)


class Control:
    """One number for each kind of store."""

    def __init__(self) -> None:
        self.numbers = {name: token_bytes(32) for name in PLACES if name != "choice"}

    @property
    def expected(self) -> set[tuple[str, str]]:
        """Store and what is to be found there."""
        return {(store, f"planted: {name}") for name, stores in PLACES.items() for store in stores}

    def needles(self) -> list[Needle]:
        """As of any other number and choice."""
        found = [needle for name, number in self.numbers.items() for needle in number_forms(f"planted: {name}", number)]
        return [*found, *choice_forms("planted: choice", NOBODY.index, NOBODY.choice)]

    def put_into_memory(self, stack: Stack) -> None:
        """To be called before the start: what a process is started with, it holds."""
        stack.environment[ENVIRONMENT] = self.numbers["memory"].hex()

    def plant(self, stack: Stack) -> None:
        """Into a running installation, each in another form, and make a backup."""
        with (stack.data_dir / "backend.log").open("a") as log:
            log.write(f"k = {self.numbers['log'].hex()}\n")
            log.write(json.dumps({"index": NOBODY.index, "choice": NOBODY.choice}) + "\n")
        with (stack.data_dir / "journal" / "receipts-1970-01-01.jsonl").open("a") as journal:
            journal.write(json.dumps({"k": base64.b64encode(self.numbers["journal"]).decode()}) + "\n")
        with closing(sqlite3.connect(stack.data_dir / "lendervote.sqlite3", timeout=60)) as database, database:
            database.execute("CREATE TABLE planted (k BLOB)")
            database.execute("INSERT INTO planted VALUES (?)", (self.numbers["database"],))
        back_up(Settings(data_dir=stack.data_dir, database_url="", journal_dir=None), stack.data_dir / "backup")
        self._send(stack)

    def _send(self, stack: Stack) -> None:
        """A transaction that carries a number, and the wait until the chain's own file has it."""
        node, sender = Node(stack.rpc_url), Account.create()
        node.ask("anvil_setBalance", sender.address, hex(10**18))
        fees = {"gas": 100_000, "maxFeePerGas": 10**12, "maxPriorityFeePerGas": 10**9}
        to = {"to": Web3.to_checksum_address(sender.address), "value": 0, "nonce": 0, "chainId": node.chain_id()}
        node.send_raw(bytes(sender.sign_transaction({**to, **fees, "data": self.numbers["chain"]}).raw_transaction))
        state, deadline = stack.data_dir / "chain" / "state.json", time.monotonic() + WRITTEN_SECONDS
        while self.numbers["chain"].hex() not in state.read_text() and time.monotonic() < deadline:
            time.sleep(0.5)  # the chain writes its file once a second
