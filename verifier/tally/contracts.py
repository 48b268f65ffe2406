"""The two contracts as seen from outside: their views, calls and events (protocol §8 to §10)."""

from dataclasses import dataclass
from typing import Any

from verifier.tally import abi
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak, word
from verifier.tally.rpc import Block, Log, Node, Transaction

CLASSES = "(uint256,uint256,uint256)[]"
CONDITIONS = "(uint8,uint8,uint8,uint32,uint32,bool)[]"
PARAMETERS = f"(uint256,uint256,{CONDITIONS},uint64,uint64,uint64,address[],address)"
TALLIES = "(uint256,uint256,uint256,uint256,uint256,uint256)[]"
OPENINGS = "(uint256,uint256,uint256,uint256,uint256,uint256)[]"
SIGNERS = "bytes[],bytes[]"
Tally = tuple[int, int, int, int, int, int]
ClassTotals = tuple[int, int, int]

SIGNATURE = "(bytes32,bytes32)"
CAST = f"((uint256,uint8,uint8,address,{SIGNATURE},uint64,{SIGNATURE}),(uint8,uint256,uint256),bytes32[])"
CAST_BATCH = f"((bytes,uint64,{SIGNATURE}),bytes,bytes,bytes32[])"

CALLS = {
    "freezeRegister": f"(bytes32,uint256,{CLASSES},{SIGNERS})",
    "submitPlan": "(bytes32,bytes)",
    "admitPlan": f"(uint256,{SIGNERS})",
    "announcePoll": f"({PARAMETERS},{SIGNERS})",
    "cast": CAST,
    "castBatch": CAST_BATCH,
    "openSums": f"({OPENINGS})",
    "attest": "(bytes,bool,bytes)",
}
SELECTORS = {name: abi.selector(name, inputs) for name, inputs in CALLS.items()}

# An event's types in order; the indexed ones are marked, as they stand in the topics.
EVENTS = {
    "CaseOpened": ("bytes[]", "uint256", "bytes"),
    "RegisterFrozen": ("uint256 indexed", "bytes32", "uint256", CLASSES),
    "PlanSubmitted": ("uint256 indexed", "bytes32", "bytes"),
    "PlanAdmitted": ("uint256 indexed", "bytes32"),
    "PollAnnounced": ("uint256 indexed", "address", "bytes32"),
    "BallotsRecorded": ("bytes",),
    "BallotRejected": ("uint256 indexed", "address", "uint8", "uint8"),
    "PollTallied": ("bytes32", "bool", TALLIES, "uint64"),
    "OfficialAttested": ("bytes32 indexed", "bool"),
    "PollDecided": ("bool",),
}


def _topic(name: str) -> bytes:
    kinds = ",".join(kind.removesuffix(" indexed") for kind in EVENTS[name])
    return keccak(f"{name}({kinds})".encode())


TOPICS = {_topic(name): name for name in EVENTS}


@dataclass(frozen=True)
class Event:
    """One decoded event; `values` in the order of its declaration."""

    name: str
    values: tuple[Any, ...]
    log: Log

    @property
    def place(self) -> str:
        return f"{self.name} in {self.log.place}"


def decode_event(log: Log) -> Event:
    """The event that a log carries. Raises Wrong for one that the contracts do not have."""
    name = TOPICS.get(log.topics[0]) if log.topics else None
    if name is None:
        raise Wrong(
            log.place, "an event that the contracts do not have", "one of " + ", ".join(EVENTS), log.topics[0] if log.topics else ""
        )
    kinds = EVENTS[name]
    indexed = [kind.removesuffix(" indexed") for kind in kinds if kind.endswith(" indexed")]
    if len(log.topics) != 1 + len(indexed):
        raise Wrong(log.place, f"{name} has another number of topics", 1 + len(indexed), len(log.topics))
    try:
        heads = iter(abi.decode(f"({','.join(indexed)})", b"".join(log.topics[1:])))
        rest = iter(abi.decode(f"({','.join(kind for kind in kinds if not kind.endswith(' indexed'))})", log.data))
    except abi.NotDecodable as error:
        raise Wrong(log.place, f"{name} cannot be decoded", "", error) from error
    return Event(name, tuple(next(heads) if kind.endswith(" indexed") else next(rest) for kind in kinds), log)


def decode_call(name: str, transaction: Transaction, contract: bytes) -> tuple[Any, ...]:
    """The inputs of the named call as they stand in a transaction's input.

    Acts of officials may reach the contract through another contract that carries the call along, so the call is looked for in the
    whole input when the transaction was not sent to the contract itself. Raises Wrong when it does not stand there.
    """
    data, selector = transaction.input, SELECTORS[name]
    place = 0 if transaction.to == contract and data.startswith(selector) else data.find(selector)
    why: object = "no such call in the input"
    while place >= 0 and not (transaction.to == contract and place):
        try:
            return abi.decode(CALLS[name], data[place:], 4)
        except abi.NotDecodable as error:
            why = error
        place = data.find(selector, place + 1)
    raise Wrong(transaction.place, f"the call {name} does not stand in the transaction", f"{name}{CALLS[name]}", why)


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
            raise Wrong(place, "the answer cannot be decoded", outputs, error) from error


class CaseContract(Contract):
    """The case contract (protocol §8.1)."""

    def officials(self) -> list[bytes]:
        return list(self.view("officials", "()", "(bytes[])")[0])

    def threshold(self) -> int:
        return int(self.view("threshold", "()", "(uint256)")[0])

    def institution(self) -> bytes:
        return bytes(self.view("institution", "()", "(bytes)")[0])

    def register(self, number: int) -> tuple[bytes, int, int, list[ClassTotals]]:
        """Root, leaf count, depth and class totals."""
        root, leaf_count, depth, classes = self.view("register", "(uint256)", f"(bytes32,uint256,uint256,{CLASSES})", number)
        return root, leaf_count, depth, classes

    def plan(self, number: int) -> tuple[bytes, bytes, bool]:
        """Plan hash, submitter, whether it was admitted."""
        plan_hash, submitter, admitted = self.view("plan", "(uint256)", "(bytes32,bytes,bool)", number)
        return plan_hash, submitter, admitted

    def poll(self, number: int) -> bytes:
        return bytes(self.view("poll", "(uint256)", "(address)", number)[0])


class PollContract(Contract):
    """The poll contract (protocol §8.2 to §10)."""

    def single(self, function: str, kind: str) -> Any:
        """The answer of a view without inputs that returns one value."""
        return self.view(function, "()", f"({kind})")[0]

    def parameters(self) -> tuple[Any, ...]:
        return tuple(self.single("parameters", PARAMETERS))

    def heads(self, voting_class: int) -> tuple[int, int, int]:
        """Heads for, against and abstaining."""
        yes, no, abstain = self.view("heads", "(uint256)", "(uint256,uint256,uint256)", voting_class)
        return yes, no, abstain

    def sum_of(self, voting_class: int, choice: int) -> bytes:
        """The sum of commitments as 64 bytes."""
        x, y = self.view("sumOf", "(uint256,uint8)", "(uint256,uint256)", voting_class, choice)
        return word(x) + word(y)


def classes_hash(classes: list[ClassTotals]) -> bytes:
    return keccak(abi.encode(f"({CLASSES})", classes))


def rule_hash(conditions: list[tuple[int, int, int, int, int, bool]]) -> bytes:
    return keccak(abi.encode(f"({CONDITIONS})", conditions))


def parameters_hash(parameters: tuple[Any, ...]) -> bytes:
    return keccak(abi.encode(f"({PARAMETERS})", parameters))


def result_hash(poll: bytes, tallies: list[Tally], passed: bool) -> bytes:
    return keccak(abi.encode(f"(address,{TALLIES},bool)", poll, tallies, passed))
