"""What a node or a bundle says of the contracts' state, to be held against the recount (protocol §13, step 14)."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from verifier.tally import abi
from verifier.tally.chain import sealed_state
from verifier.tally.chain.node import Node
from verifier.tally.chain.sealed_state import SealedFacts
from verifier.tally.chain.things import Block
from verifier.tally.contracts import PARAMETERS, TALLIES
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import word


@dataclass(frozen=True)
class Counted:
    """The state that a recount must come to: by class, for the three choices, and the decision's voices."""

    heads: list[tuple[int, int, int]]
    sums: list[tuple[bytes, bytes, bytes]]
    result_hash: bytes
    passed: int
    challenge_ends_at: int
    approvals: int
    refusals: int
    excluded: list[tuple[int, int]]  # heads, and fen modulo the order, taken out by class
    sealed: SealedFacts | None = None


class State(ABC):
    """Somebody who can tell heads, sums, result and voices."""

    name: str  # of the finding where it says otherwise

    @abstractmethod
    def check(self, counted: Counted, log: StepLog) -> None:
        """Findings where it says otherwise. Raises Wrong."""


class Contract:
    """One contract's views, read at one block of one node."""

    def __init__(self, node: Node, address: bytes, name: str, at: Block) -> None:
        self.node, self.address, self.name, self.at = node, address, name, at

    def view(self, function: str, inputs: str, outputs: str, *values: Any) -> tuple[Any, ...]:
        """What the view answers. Raises Wrong when it fails or its answer is no encoding of the outputs."""
        shown = ", ".join("0x" + v.hex() if isinstance(v, bytes) else str(v) for v in values)
        place = f"{self.name}.{function}({shown})"
        data = self.node.call(self.address, abi.selector(function, inputs) + abi.encode(inputs, *values), self.at, place)
        try:
            return abi.decode(outputs, data)
        except abi.NotDecodable as error:
            raise Wrong("state.view", place, "the answer cannot be decoded", outputs, error) from error

    def single(self, function: str, kind: str) -> Any:
        """The answer of a view without inputs that returns one value."""
        return self.view(function, "()", f"({kind})")[0]


class Views(State):
    """The poll's views at the head, by the word of a node."""

    name = "state.view"

    def __init__(self, node: Node, case: bytes, poll: bytes, at: Block) -> None:
        self.node, self.at = node, at
        self.case, self.poll = Contract(node, case, "case", at), Contract(node, poll, "poll", at)

    def check(self, counted: Counted, log: StepLog) -> None:
        poll = self.poll
        if counted.sealed:
            for function, inputs, outputs, values, answer in sealed_state.views(counted, counted.sealed):
                shown = ", ".join(map(str, values))
                log.equal(
                    self.name,
                    f"poll.{function}({shown})",
                    "differs from the recount",
                    answer,
                    poll.view(function, inputs, outputs, *values),
                )
            return
        for voting_class, heads in enumerate(counted.heads):
            seen = poll.view("heads", "(uint256)", "(uint256,uint256,uint256)", voting_class)
            log.equal(self.name, f"poll.heads({voting_class})", "differs from the recount", heads, seen)
            for choice, total in enumerate(counted.sums[voting_class], start=1):
                x, y = poll.view("sumOf", "(uint256,uint8)", "(uint256,uint256)", voting_class, choice)
                log.equal(self.name, f"poll.sumOf({voting_class}, {choice})", "differs from the recount", total, word(x) + word(y))
        for function, kind, expected in (
            ("resultHash", "bytes32", counted.result_hash),
            ("passed", "bool", bool(counted.passed)),
            ("challengeEndsAt", "uint64", counted.challenge_ends_at),
            ("approvals", "uint256", counted.approvals),
            ("refusals", "uint256", counted.refusals),
        ):
            log.equal(self.name, f"poll.{function}()", "differs from the recount", expected, poll.single(function, kind))

    def check_terms(self, values: tuple[Any, ...], parameters_hash: bytes, log: StepLog) -> None:
        """What the poll was announced with."""
        log.equal(self.name, "poll.parameters()", "are not the announced ones", values, tuple(self.poll.single("parameters", PARAMETERS)))
        seen = self.poll.single("parametersHash", "bytes32")
        log.equal(self.name, "poll.parametersHash()", "is not the announced one", parameters_hash, seen)

    def tallies(self) -> list[tuple[int, ...]]:
        """The opened result by class."""
        return list(self.poll.single("tallies", TALLIES))
