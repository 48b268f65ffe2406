"""One installation that faults happen to, its lenders, and the check after each fault."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from backend.ground.chain import typed_data
from backend.ground.chain.node import Node
from backend.ground.chain.poll import PollContract
from backend.ground.chain.signatures import recover
from scripts.faults.stack import FaultyStack
from scripts.load.electorate import Electorate
from scripts.load.on_chain import Recorded
from scripts.rig.opened import open_vote
from scripts.rig.steps import unix
from scripts.rig.vote import Vote

BALLOTS = 12
SETTLE_SECONDS = 60
PHONE_SECONDS = 180
LIMIT_SECONDS, LIMIT_STARTS = 10, 2
"""Within which the service must be ready again: so many seconds, or so many ordinary starts where the machine is slow for other reasons."""
Fault = Callable[["Stage"], float | None]
"""Does its harm in the middle of a light load and repairs what a person would repair; returns when recovery began, None for now."""
LISTED = {"superseded", "missed"}


@dataclass
class Outcome:
    """What the check found after one fault."""

    receipts: int
    lost: int
    doubled: int
    false_receipts: int
    wrong_totals: int
    recovery_s: float
    unreceipted: int
    plain_start_s: float = 0.0
    missed: int = 0
    """Receipted, not recorded, and listed as missed for everybody to see."""
    may_miss: bool = False
    """Only where the chain itself stood still over the close."""
    kills: int = 0
    """Deaths of the backend in the middle of a count."""
    faults: list[str] = field(default_factory=list)

    @property
    def survived(self) -> bool:
        """Whether everything held."""
        missed = self.missed if not self.may_miss else 0
        return not (self.lost or self.doubled or self.false_receipts or self.wrong_totals or self.unreceipted or missed or self.faults)


class Stage:
    """A running poll with lenders who vote again and again."""

    lenders = 40

    def __init__(self, data_dir: Path, database_url: str = "", stack: FaultyStack | None = None) -> None:
        self.stack = stack or FaultyStack(data_dir, database_url)
        self.receipts: dict[str, dict[str, Any]] = {}
        self.on_chain: set[tuple[int, int, int]] = set()
        self._turn = 0
        self.http = httpx.Client(base_url=self.stack.url, timeout=15)
        self.start_s = 0.0
        self.owed: list[dict[str, Any]] = []
        """Ballots that a fault had refused on purpose, and that their lenders hand in again afterwards."""
        self.refused = ""
        self.may_miss = False
        self._lock = threading.Lock()

    def open(self) -> None:
        """Bring the poll to its opening and give every lender a credential."""
        began = time.monotonic()
        self.stack.start_backend()
        self.start_s = time.monotonic() - began
        self.stack.start_issuer()
        vote = self.hold_poll()
        self.poll = vote.poll
        self.node = Node(self.stack.rpc_url)
        self.dice = random.Random(0)
        self.move_on()
        self.electorate = self.electorate_of(vote)
        self.electorate.prepare(self.lenders)

    def hold_poll(self) -> Vote:
        """A poll that is open."""
        return open_vote(self.stack, self.lenders)

    def electorate_of(self, vote: Vote) -> Electorate:
        """Its lenders."""
        return Electorate(vote, self.stack.data_dir)

    def move_on(self) -> None:
        """Called before lenders get their credentials: where the poll should be by then."""

    def begin(self) -> None:
        """Called just before lenders vote."""

    def close(self) -> None:
        """End what was started here."""
        self.http.close()
        self.stack.stop()

    # --- lenders ---------------------------------------------------------------------------------------------------------------------

    def next_ballots(self, count: int = BALLOTS) -> list[dict[str, Any]]:
        """The next ballots of the lenders whose turn it is."""
        lenders = self.electorate.lenders
        chosen = [lenders[(self._turn + at) % len(lenders)] for at in range(count)]
        self._turn += count
        return [self.electorate.ballot(lender) for lender in chosen]

    def hand_in(self, ballot: dict[str, Any]) -> bool:
        """As a phone does: again and again until there is a receipt."""
        deadline = time.monotonic() + PHONE_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                answer = self.http.post(f"/api/polls/{self.poll['id']}/ballots", json=ballot)
                if answer.status_code in {200, 201}:
                    self.keep_receipt(ballot, answer.json())
                    return True
                self.refused = answer.json().get("error", {}).get("code", "") if answer.status_code < 500 else ""
                if answer.status_code not in {429, 500, 502, 503}:
                    print(f"refused: {answer.text[:300]}", file=sys.stderr)
                    return False
            time.sleep(0.2)  # a phone's pause before it tries again
        return False

    def keep_receipt(self, ballot: dict[str, Any], receipt: dict[str, Any]) -> None:
        """What the check asks for later."""
        with self._lock:
            self.receipts[receipt["number"]] = ballot | receipt

    # --- one fault -------------------------------------------------------------------------------------------------------------------

    def suffer(self, fault: Fault, seed: int) -> Outcome:
        """Light load, the fault in the middle of it, then the check. The fault returns when recovery began, or None for now."""
        self.dice = random.Random(seed)
        answers: list[bool] = []
        before = len(self.receipts)
        self.begin()
        voting = threading.Thread(target=self.vote, args=(answers,))
        voting.start()
        time.sleep(0.2 + self.dice.random())  # somewhere in the middle
        faults = []
        try:
            recovery = self._await_service(fault(self) or time.monotonic())
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}"[-1500:])
            recovery = -1.0
        voting.join()
        answers += [self.hand_in(ballot) for ballot in self.owed]
        self.owed.clear()
        (self.stack.data_dir / "crash_at").unlink(missing_ok=True)
        self._settle()
        outcome = self._check(len(self.receipts) - before, recovery, answers.count(False))
        outcome.faults += self._counted() + faults + ([f"served again after {recovery:.1f} s"] if recovery > self.limit_s else [])
        return outcome

    @property
    def limit_s(self) -> float:
        """The longest that the service may take to be ready again here."""
        return max(LIMIT_SECONDS, LIMIT_STARTS * self.start_s)

    def vote(self, answers: list[bool]) -> None:
        """Some lenders, one after the other."""
        for ballot in self.next_ballots():
            answers.append(self.hand_in(ballot))
            time.sleep(0.15)  # lenders come one after the other

    def count(self) -> list[str]:
        """What is wrong with the poll's result, where it has one."""
        return []

    def _counted(self) -> list[str]:
        try:
            return self.count()
        except Exception as error:
            return [f"{type(error).__name__}: {error}"[-1500:]]

    def _await_service(self, since: float) -> float:
        while time.monotonic() - since < 60:
            with contextlib.suppress(httpx.HTTPError):
                if self.http.get("/api/readyz", timeout=5).status_code == 200:
                    break
            time.sleep(0.1)  # a process that comes back has no event to wait for
        return time.monotonic() - since

    def _settle(self) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        waiting = [number for number, receipt in self.receipts.items() if receipt["status"] not in {"confirmed", *LISTED}]
        while waiting and time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                waiting = [number for number in waiting if not self._is_settled(self.http, number)]
            time.sleep(0.3)  # the status is all there is to wait for

    def _is_settled(self, client: httpx.Client, number: str) -> bool:
        answer = client.get(f"/api/receipts/{number}")
        if answer.status_code == 200:
            self.receipts[number]["status"] = answer.json()["status"]
        elif answer.status_code == 404:
            self.receipts[number]["status"] = "unknown"
            return True
        return self.receipts[number]["status"] in {"confirmed", *LISTED}

    def _check(self, receipts: int, recovery: float, unreceipted: int) -> Outcome:
        recorded = Recorded(self.stack.rpc_url, self.poll["address"])
        recorded.read()
        self.on_chain = set(recorded.times)
        lost = false_receipts = missed = 0
        for receipt in self.receipts.values():
            on_chain = (receipt["index"], receipt["choice"], receipt["sequence"]) in recorded.times
            lost += not on_chain and receipt["status"] not in LISTED
            missed += not on_chain and receipt["status"] == "missed"
            false_receipts += receipt["status"] == "unknown" or not self._is_signed(receipt)
        totals = self.wrong_totals()
        return Outcome(
            receipts,
            lost,
            recorded.doubled(),
            false_receipts,
            totals,
            round(recovery, 1),
            unreceipted,
            missed=missed,
            may_miss=self.may_miss,
        )

    def recorded_newest(self) -> dict[int, tuple[int, int]]:
        """The newest receipted ballot of each lender, (choice, sequence), leaving out what is listed as missed and is not on the chain."""
        newest: dict[int, tuple[int, int]] = {}
        for one in self.receipts.values():
            choice, sequence = one["choice"], one["sequence"]
            left_out = one["status"] == "missed" and (one["index"], choice, sequence) not in self.on_chain
            if not left_out and sequence >= newest.get(one["index"], (0, 0))[1]:
                newest[one["index"]] = (choice, sequence)
        return newest

    def wrong_totals(self) -> int:
        """How many of the contract's numbers differ from the model's: each lender's ballot, and the heads by choice."""
        contract = PollContract(self.node, self.poll["address"])
        wrong = 0
        newest = self.recorded_newest()
        for index, (choice, sequence) in newest.items():
            found = contract.ballot_of(index)
            wrong += (int(found.choice), found.sequence) != (choice, sequence)
        model = Counter(choice for choice, _ in newest.values())
        heads = [contract.heads(number) for number in range(len(contract.classes()))]
        chain = {choice: sum(list(_numbers(one))[choice - 1] for one in heads) for choice in (1, 2, 3)}
        return wrong + sum(chain[choice] != model[choice] for choice in (1, 2, 3))

    def _is_signed(self, receipt: dict[str, Any]) -> bool:
        typed = typed_data.ballot_receipt(
            self.poll["chain_id"], self.poll["address"], bytes.fromhex(receipt["ballot_digest"][2:]), receipt["ballot_key"],
            receipt["index"], receipt["sequence"], unix(receipt["received_at"]), bytes.fromhex(receipt["book"][2:]),
            receipt["book_number"], bytes.fromhex(receipt["previous"][2:]),
        )  # fmt: skip
        return recover(typed.digest(), bytes.fromhex(receipt["signature"][2:])) == str(self.poll["receipt_signer"])

    # --- hands -----------------------------------------------------------------------------------------------------------------------

    def arm(self, place: str) -> None:
        """The backend dies the next time it comes to this place."""
        partial = self.stack.data_dir / "crash_at.new"
        partial.write_text(place)
        partial.rename(self.stack.data_dir / "crash_at")

    def await_death(self, seconds: float = 30) -> float:
        """Wait until the backend is dead, then start it again; when it died. Raises: TimeoutExpired."""
        self.stack.backend.wait(seconds)
        died = time.monotonic()
        self.stack.start_backend()
        return died

    def command(self, *words: str) -> dict[str, Any]:
        """One of the installation's own commands; its JSON answer."""
        done = subprocess.run(
            [sys.executable, "-m", "scripts.cli", *words], env=self.stack.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-1000:])
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    def anvil_pid(self) -> int:
        """The embedded chain's process."""
        return int(json.loads((self.stack.data_dir / "chain" / "state.pid").read_text())["pid"])

    def signal_anvil(self, number: signal.Signals) -> None:
        """Send the embedded chain a signal and wait until it is gone."""
        pid = self.anvil_pid()
        os.kill(pid, number)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and "anvil" in _command_of(pid):
            time.sleep(0.02)  # somebody else's child cannot be waited for


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _numbers(heads: Any) -> tuple[int, ...]:
    return tuple(int(getattr(heads, name)) for name in heads.__dataclass_fields__)
