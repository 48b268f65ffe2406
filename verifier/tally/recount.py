"""The steps in order, and what each has established for the later ones (protocol §13)."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from verifier.tally.ballots import Rejected, Sent
from verifier.tally.case import Release
from verifier.tally.case import releases as known_releases
from verifier.tally.chain.finality import Named
from verifier.tally.chain.sight import Sight, Source
from verifier.tally.chain.things import Block
from verifier.tally.contracts import ClassTotals, Dialect, Event, Tally
from verifier.tally.findings import Blocked, Finding, StepLog, Wrong
from verifier.tally.generations import Generation
from verifier.tally.leaves import Leaves
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.receipts import OwnReceipt
from verifier.tally.sealing import Sealing
from verifier.tally.stamps import Roots

T = TypeVar("T")


@dataclass(frozen=True)
class Expected:
    """What whoever recounts knows from elsewhere: case and fingerprint from the working group's paper, a bundle's block from nodes that
    they trust; empty where nobody brought it."""

    case: bytes = b""
    fingerprint: str = ""
    head: bytes = b""
    creation: bytes = b""


@dataclass(frozen=True)
class Options:
    """What whoever recounts brings: the chain's rule by name, the releases or their own build, what they know, files of others."""

    rule: str = "ethereum"
    releases: Mapping[int, Release] = field(default_factory=known_releases)
    expected: Expected = Expected()
    own_receipts: Sequence[Path] = ()  # files of lenders
    issuer_logs: Sequence[Path] = ()
    stamps: Sequence[Path] = ()  # that somebody kept
    authorities: Roots | None = None  # whose stamps count; None where nobody brought any
    witnesses: Sequence[Path] = ()  # their files
    witness_keys: frozenset[bytes] = frozenset()  # of the witnesses whose word counts, where whoever recounts says so
    validators: Named | None = None  # by whose seals blocks are final, on a chain whose rule has certificates


@dataclass(frozen=True)
class Scene:
    """Where we look: the case, its officials, its events and the poll's (step 1); the vote of a rehearsal has no effect. `trustees` are
    those with whom the case was created, in the transaction `created`; `generations` are its officials and institutions, one after the
    other (protocol §24)."""

    protocol: int
    rehearsal: bool
    dialect: Dialect
    chain_id: int
    case: bytes
    poll: bytes
    poll_number: int
    generations: tuple[Generation, ...]
    case_separator: bytes
    poll_separator: bytes
    events: list[Event]
    sealed: bool = False
    trustees: tuple[bytes, ...] = ()
    created: bytes = b""

    def in_office(self, event: Event) -> Generation:
        """Whose act an event of the case is."""
        return next(one for one in reversed(self.generations) if one.since < event.log.order)

    @property
    def is_abandoned(self) -> bool:
        """Whether the poll ended without a result (protocol §21.7)."""
        return bool(self.of_poll("PollAbandoned")) and not self.of_poll("MotionsTallied")

    def of_case(self, name: str, number: int) -> list[Event]:
        """The case's events of that name about the register, plan or poll of that number."""
        return [one for one in self.events if one.log.address == self.case and one.name == name and one.values[0] == number]

    def of_poll(self, *names: str) -> list[Event]:
        """The poll's events of these names, in order."""
        return [one for one in self.events if one.log.address == self.poll and one.name in names]


@dataclass(frozen=True)
class Terms:
    """What the poll is held to, as the announcing and the freezing transaction say it (steps 1 to 3)."""

    values: tuple[Any, ...]
    parameters_hash: bytes
    register_number: int
    plan_number: int
    conditions: list[tuple[int, int, int, int, int, bool]]
    opens_at: int
    closes_at: int
    challenge_seconds: int
    verifiers: list[bytes]
    receipt_signer: bytes
    announced: Event
    announced_in: Block
    generation: Generation  # who announced it, and decides on it to its end
    sealing: Sealing | None = None

    @property
    def motions(self) -> int:
        return self.sealing.motions if self.sealing else 1


@dataclass(frozen=True)
class Register:
    """What was frozen, and the published leaves where they could be read (step 3)."""

    root: bytes
    leaf_count: int
    depth: int
    classes: list[ClassTotals]
    class_names_hash: bytes
    range_proofs_hash: bytes
    leaves: Leaves | None


@dataclass(frozen=True)
class Excluded:
    """A leaf that was taken out, and where in the order of the chain (step 3); of a sealed poll also what was taken off with it."""

    index: int
    voting_class: int
    amount: int
    order: tuple[int, int]
    place: str = ""
    sequence: int = 0
    choices: int = 0
    before: bytes = b""
    ballots: bytes = b""


class Used(NamedTuple):
    """A credential as the chain shows it: whose ballots, the address that signed it, and whether alone or in a list of many."""

    index: int  # type: ignore[assignment]  # hides a method of tuples, which nobody calls
    ballot_key: bytes
    verifier: bytes
    alone: bool


@dataclass(frozen=True)
class Ballots:
    """What the chain recorded and rejected, in its order, as this tool judged it (step 6)."""

    recorded: list[Sent]
    rejected: list[Rejected]
    credentials: dict[Used, int]  # the time of the first block with a ballot under it
    #: Of a sealed poll: each recorded ballot as the box has it, and the box before the first and after each of them.
    records: list[bytes] = field(default_factory=list)
    boxes: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Count:
    """Heads and sums of commitments by class, for (for, against, abstaining) (step 7); of a sealed poll motion by motion and in each
    class by class, with the invalid ballots of each class and how many ballots the box still holds."""

    heads: list[tuple[int, int, int]]
    sums: list[tuple[bytes, bytes, bytes]]
    invalid: list[int] = field(default_factory=list)
    left: int = 0
    secret: int = 0


@dataclass(frozen=True)
class Result:
    """The result as the event says it (step 8 and 9); `passed` has one bit for each motion."""

    event: Event
    tallies: list[Tally]
    passed: int
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

    source: Source
    published: Published
    progress: Progress
    options: Options = field(default_factory=Options)
    steps: list[StepLog] = field(default_factory=list)
    sight: Sight | None = None
    scene: Scene | None = None
    terms: Terms | None = None
    register: Register | None = None
    plan_hash: bytes | None = None
    ballots: Ballots | None = None
    excluded: list[Excluded] = field(default_factory=list)
    count: Count | None = None
    brought: list[OwnReceipt] = field(default_factory=list)  # the receipts of lenders, as step 11 found them
    result: Result | None = None
    decision: str | None = None  # "approved", "refused" or "undecided"
    seed_block: int | None = None  # the block whose hash is in the seed of a sample (step 17)
    beside: list[str] = field(default_factory=list)  # what people have to hear beside the verdict; it says nothing against the poll

    @property
    def findings(self) -> list[Finding]:
        return [finding for step in self.steps for finding in step.findings]

    @property
    def void(self) -> list[Finding]:
        return [finding for step in self.steps for finding in step.void]

    @property
    def is_abandoned(self) -> bool:
        """Whether the poll, as far as it was looked at, ended without a result."""
        return isinstance(self.scene, Scene) and self.scene.is_abandoned

    @property
    def agrees(self) -> bool:
        """Nothing speaks against the poll; papers may be void all the same."""
        return not self.findings

    def run(self, steps: Sequence[tuple[int, str, Callable[["Recount", StepLog], None]]], told: Callable[[StepLog], Any]) -> bool:
        """Run all steps; whatever a step cannot do becomes its finding. `told` hears each step's log. Returns whether nothing was found."""
        for number, name, step in steps:
            log, began = StepLog(number, name), time.perf_counter()
            self.steps.append(log)
            try:
                step(self, log)
            except Wrong as wrong:
                log.take(wrong)
            except Blocked as blocked:
                log.wrong("step.blocked", "recount", f"not checked: step {blocked.step} could not establish what this step needs")
            except Exception as error:  # the tool's own fault, yet an auditor must see "differs" and not a traceback
                log.wrong("step.failed", "recount", "the tool failed; please report it", "", f"{type(error).__name__}: {error}")
            log.seconds = time.perf_counter() - began
            told(log)
        return self.agrees
