"""One sealed poll that faults happen to: while it is open, around its close, and then again and again as it stood at the close."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path
from typing import Any

import httpx

from backend.ground.chain.sealed_poll import SealedPollContract
from scripts.drill_keys.lost_database import NEEDED, announced
from scripts.faults.closing import ClosingStage
from scripts.faults.conditions import await_ready
from scripts.faults.sealed.electorate import SealedElectorate
from scripts.faults.sealed.places import PIECE, PIECES
from scripts.faults.stack import FaultyStack
from scripts.faults.stage import Fault, Outcome, Stage
from scripts.load.on_chain import Recorded
from scripts.rig.api import Api, Refused
from scripts.rig.ceremony import SEATS, await_count, seats_of
from scripts.rig.opened import open_vote
from scripts.rig.steps import PUBLISHED, log_of_verifier, open_sums
from scripts.rig.vote import Vote
from scripts.tampers.recounts import FIRST, SECOND, Said, ask


class SealedStage(ClosingStage):
    """Six seats, three of whom open. What faults after the close do is done to a copy of the installation as it stood then."""

    electorate: SealedElectorate
    intake_seconds, cutoff_seconds = 6, 5
    lenders = 16

    def __init__(self, folder: Path, places: tuple[str, ...] = (), *, with_escrow: bool = True) -> None:
        folder.mkdir(parents=True)
        super().__init__(folder / "data", FaultyStack(folder / "data"))
        self._papers, self._kept = folder / "papers", folder / "kept"
        self.places = places
        """Where the count is killed."""
        self._with_escrow = with_escrow
        self.is_broken = False
        """Whether a breach was reported."""
        self.kills = 0
        self._is_closing = self._is_plain = self._have_handed = False
        self._shares: dict[int, int] = {}

    def hold_poll(self) -> Vote:
        """With its register's openings sealed among trustees, where they are needed."""
        self._papers.mkdir()
        if not self._with_escrow:
            return open_vote(self.stack, self.lenders, sealed=True)
        vote, self.openings = announced(self.stack, self._papers, self.lenders)
        return vote

    def electorate_of(self, vote: Vote) -> SealedElectorate:
        """Lenders who seal."""
        return SealedElectorate(vote, self.stack.data_dir)

    def move_on(self) -> None:
        """Credentials are made a while before the close."""
        super().move_on()
        self.contract = SealedPollContract(self.node, self.poll["address"])
        self.public = Api(self.stack.url)

    # --- one fault -------------------------------------------------------------------------------------------------------------------

    def suffer(self, fault: Fault, seed: int) -> Outcome:
        """While the poll is open, under light load; the poll stays open."""
        self._is_closing = False
        return super().suffer(fault, seed)

    def suffer_around_the_close(self, fault: Fault, seed: int) -> Outcome:
        """In the last seconds; the poll is kept as it stands then, and counted."""
        self._is_closing = True
        return super().suffer(fault, seed)

    def suffer_after(self, fault: Fault, seed: int) -> Outcome:
        """On the poll as it stood at the close."""
        self.dice.seed(seed)
        self.kills = 0
        if not self._kept.exists():
            self._is_plain = True
            closed = self.suffer_around_the_close(_nothing, seed)
            if not closed.survived:
                return closed
        self.restore()
        try:
            fault(self)
            faults = self.finish()
        except Exception as error:
            faults = [f"{type(error).__name__}: {error}"[-1500:]]
        return Outcome(0, 0, 0, 0, 0, 0.0, 0, kills=self.kills, faults=faults)

    def begin(self) -> None:
        """To the last seconds, where the fault is about them."""
        if self._is_closing:
            super().begin()

    def vote(self, answers: list[bool]) -> None:
        """Some lenders, or all until it is over."""
        (ClosingStage if self._is_closing else Stage).vote(self, answers)

    def count(self) -> list[str]:
        """Once it is closed: keep the installation, then count, where that is not what follows anyway."""
        if not self._is_closing:
            return []
        self.await_close()
        self.keep()
        if self._is_plain:
            return []
        self.restore()
        return self.finish()

    def keep_receipt(self, ballot: dict[str, Any], receipt: dict[str, Any]) -> None:
        """A sealed ballot is recorded under choice 0."""
        super().keep_receipt(ballot, receipt | {"choice": 0})

    def wrong_totals(self) -> int:
        """How many lenders' newest ballots the contract has otherwise."""
        newest = self.recorded_newest()
        return sum(self.contract.ballot_of(index).sequence < sequence for index, (_, sequence) in newest.items())

    # --- as it stood at the close ----------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """The whole installation, in a folder of its own, and end it; the verifier is not needed any more."""
        recorded = Recorded(self.stack.rpc_url, self.poll["address"])
        recorded.read()
        self.stack.environment[PIECE] = str(max(1, sum(recorded.times.values()) // PIECES))
        self.stack.stop()
        shutil.copytree(self.stack.data_dir, self._kept)

    def restore(self) -> None:
        """Everything is again as it was then."""
        self.stack.stop()
        shutil.rmtree(self.stack.data_dir)
        shutil.copytree(self._kept, self.stack.data_dir)
        self.stack.start_backend()
        self.await_ready()

    def await_ready(self) -> None:
        """Until the chain has a block since the start: before, a chain that lost its newest ones may still be before the close."""
        await_ready(self, wanted=200, seconds=60)

    def share(self, seat: int) -> int:
        """A trustee's."""
        if seat not in self._shares:
            vote = self.electorate.vote
            self._shares[seat] = seats_of(vote).share(vote.ceremony, seat)
        return self._shares[seat]

    def some_seats(self, count: int = NEEDED) -> list[int]:
        """By lot."""
        return self.dice.sample(range(SEATS), count)

    def hand_in_share(self, seat: int) -> None:
        """As a trustee does: again, when the service dies over it."""
        body = {"seat": seat, "share": f"0x{self.share(seat):064x}"}
        for _ in range(3):
            with contextlib.suppress(httpx.TransportError):
                self.public.post(f"/api/polls/{self.poll['id']}/shares", body)
                return
            time.sleep(0.2)
            if self.stack.backend.poll() is not None:
                return  # whoever killed it starts it again

    def hand_in_openings(self) -> None:
        """The escrow's trustees follow the officials' order, once."""
        if not self._have_handed:
            self.openings.hand_in()
            self._have_handed = True

    def seal(self) -> dict[str, Any]:
        """As everybody is shown it."""
        found: dict[str, Any] = self.public.get(f"/api/polls/{self.poll['id']}/seal")
        return found

    def result(self) -> dict[str, Any]:
        """Once the sums are open."""
        found: dict[str, Any] = self.public.get(f"/api/polls/{self.poll['id']}/result")
        return found

    # --- what has to come of it ------------------------------------------------------------------------------------------------------

    def finish(self) -> list[str]:
        """Open and count what is still to be opened and counted; what is wrong with the result, by the model and by both recounts."""
        if not self.contract.secret():
            for seat in self.some_seats():
                self.hand_in_share(seat)
        self.opened_result()
        return self.wrong_result() + self.recounted()

    def opened_result(self) -> str:
        """The result's hash; where there is none yet, once it is counted and the sums are open."""
        try:
            return str(self.result()["result_hash"])
        except Refused:
            await_count(self.electorate.vote)
        open_sums(self.electorate.vote.officials[0].api, self.poll["id"])
        return str(self.result()["result_hash"])

    def wrong_result(self) -> list[str]:
        """By what each lender's newest recorded ballot was sealed from."""
        recorded = Recorded(self.stack.rpc_url, self.poll["address"])
        recorded.read()
        newest: dict[int, int] = {}
        for index, _, sequence in recorded.times:
            newest[index] = max(sequence, newest.get(index, 0))
        choices = [self.electorate.choices[place] for place in newest.items()]
        result = self.result()
        heads = [sum(tally[f"heads_{name}"] for tally in result["classes"]) for name in ("for", "against", "abstain")]
        model = [choices.count(wanted) for wanted in (1, 2, 3)]
        wrong = [] if heads == model else [f"counted {heads}, not {model}"]
        sealed = result["sealed"]
        wrong += [f"invalid: {sealed['invalid']}"] if sealed["invalid"] else []
        return wrong + ([] if bool(sealed["seal_broken_at"]) is self.is_broken else [f"breach: {sealed['seal_broken_at']}"])

    def recounted(self) -> list[str]:
        """Where a recount finds anything but receipts that missed the close, if there are any, and says a breach or says none wrongly."""
        folder, wrong = self.published(), []
        missed = {"receipts.missed"} if any(one["status"] == "missed" for one in self.receipts.values()) else set()
        brought = ["--rpc", self.stack.rpc_url, "--published", str(folder), "--issuer-log", str(folder / "issuer-log.jsonl")]
        for name, tool in (("recount", FIRST), ("second recount", SECOND)):
            said = ask(tool, brought, folder)
            if said.names != missed or said.verdict == "broken" or _tells_breach(said) is not self.is_broken:
                wrong.append(f"{name}: {said.verdict} {sorted(said.names)} {str(said.line)[:600]}")
        return wrong

    def published(self) -> Path:
        """Every file that is public, and the verifier's log."""
        folder = self.stack.data_dir / "published-copy"
        folder.mkdir(exist_ok=True)
        for name in (*PUBLISHED, "seal.json"):
            with contextlib.suppress(Refused):  # the result is not there before there is one
                (folder / name).write_bytes(self.public.download(f"/api/polls/{self.poll['id']}/published/{name}"))
        (folder / "issuer-log.jsonl").write_bytes(log_of_verifier(self.electorate.vote))
        return folder


def require(holds: object, what: str) -> None:
    """Raises: AssertionError."""
    if not holds:
        raise AssertionError(what)


def _nothing(_: Stage) -> None:
    """A close like any other."""


def _tells_breach(said: Said) -> bool:
    return "breach of the seal" in str(said.line.get("beside", ""))
