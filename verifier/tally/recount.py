"""The twelve steps in order, and what each has established for the later ones (protocol §13)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from verifier.tally.ballots import Rejected, Sent
from verifier.tally.contracts import CaseContract, ClassTotals, Event, PollContract, Tally
from verifier.tally.findings import Blocked, StepLog, Wrong
from verifier.tally.leaves import Leaves
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.receipts import OwnReceipt
from verifier.tally.rpc import Block, Node
from verifier.tally.signers import Judge

T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """Where we look: the contracts at one block, their officials and events (step 1)."""

    chain_id: int
    head: Block
    case: CaseContract
    poll: PollContract
    poll_number: int
    officials: list[bytes]
    threshold: int
    institution: bytes
    case_separator: bytes
    poll_separator: bytes
    judge: Judge
    case_events: list[Event]
    poll_events: list[Event]

    def of_case(self, name: str, number: int) -> list[Event]:
        """The case's events of that name about the register, plan or poll of that number."""
        return [event for event in self.case_events if event.name == name and event.values[0] == number]

    def of_poll(self, *names: str) -> list[Event]:
        """The poll's events of these names, in order."""
        return [event for event in self.poll_events if event.name in names]


@dataclass(frozen=True)
class Terms:
    """What the poll is held to, as the chain says it (step 2)."""

    register_number: int
    plan_number: int
    conditions: list[tuple[int, int, int, int, int, bool]]
    opens_at: int
    closes_at: int
    challenge_seconds: int
    verifiers: list[bytes]
    receipt_signer: bytes
    plan_hash: bytes
    leaf_count: int
    depth: int
    root: bytes
    classes: list[ClassTotals]
    announced: Block


@dataclass(frozen=True)
class Register:
    """The published leaves (step 3)."""

    leaves: Leaves


@dataclass(frozen=True)
class Ballots:
    """What the chain recorded and rejected, in its order, as this tool judged it (step 6)."""

    recorded: list[Sent]
    rejected: list[Rejected]


@dataclass(frozen=True)
class Count:
    """Heads and sums of commitments by class, for (for, against, abstaining) (step 7)."""

    heads: list[tuple[int, int, int]]
    sums: list[tuple[bytes, bytes, bytes]]


@dataclass(frozen=True)
class Result:
    """The tallied result as the chain says it (step 8 and 9)."""

    tallies: list[Tally]
    passed: bool
    result_hash: bytes
    challenge_ends_at: int


def need(value: T | None, step: int) -> T:
    """What an earlier step has established. Raises Blocked when it could not."""
    if value is None:
        raise Blocked(step)
    return value


@dataclass
class Recount:
    """A recount at work; every fact is None until its step has established it."""

    node: Node
    published: Published
    progress: Progress
    build: Path | None = None  # a build of the contracts' sources to compare the chain's code with
    own_receipts: Sequence[Path] = ()  # files of lenders
    steps: list[StepLog] = field(default_factory=list)
    scene: Scene | None = None
    terms: Terms | None = None
    plan_submitter: bytes | None = None
    register: Register | None = None
    ballots: Ballots | None = None
    count: Count | None = None
    brought: list[OwnReceipt] = field(default_factory=list)  # the receipts of lenders, as step 11 found them
    result: Result | None = None
    decision: str | None = None  # "approved", "refused" or "undecided"

    @property
    def agrees(self) -> bool:
        return all(step.clean for step in self.steps)

    def run(self, steps: Sequence[tuple[str, Callable[["Recount", StepLog], None]]], done: Callable[[StepLog], Any]) -> bool:
        """Run all steps; whatever a step cannot do becomes its finding. `done` hears each step's log. Returns whether nothing was found."""
        for number, (name, step) in enumerate(steps, start=1):
            log = StepLog(number, name)
            self.steps.append(log)
            try:
                step(self, log)
            except Wrong as wrong:
                log.wrong(wrong.place, wrong.what, wrong.expected, wrong.found)
            except Blocked as blocked:
                log.wrong("recount", f"not checked: step {blocked.step} could not establish what this step needs")
            except Exception as error:  # the tool's own fault, yet an auditor must see "differs" and not a traceback
                log.wrong("recount", "the tool failed; please report it", "", f"{type(error).__name__}: {error}")
            done(log)
        return self.agrees
