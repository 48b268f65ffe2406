"""Several organisations' nodes: what most of them tell is believed, whoever is asked first, and no liar has its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.ground.chain.agreement import lower_median, majority
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.errors import NodeNotAnswering, OrganisationsDisagree, TransactionReverted
from backend.ground.chain.members import read_addresses
from backend.ground.chain.node import Node, NodeRefused
from backend.ground.chain.nodes import EXAMINE_EVERY_SECONDS, Nodes, open_node
from backend.ground.common.clock import MovableClock

POLL = "0x" + "11" * 20
TX = "0x" + "22" * 32
HEAD = 100
Lie = Callable[[str, tuple[Any, ...]], Any]


def block_hash(number: int) -> str:
    return f"0x{number + 7_000_000:064x}"


def log_of(number: int) -> dict[str, Any]:
    return {
        "address": POLL,
        "topics": ["0x" + "33" * 32],
        "data": "0x" + f"{number:064x}",
        "blockNumber": hex(number),
        "blockHash": block_hash(number),
        "transactionHash": TX,
        "logIndex": "0x0",
    }


class Honest(Node):
    """A node of one and the same chain, with one event in each tenth block; `behind` says how late it is."""

    def __init__(self, number: int, behind: int = 0) -> None:
        super().__init__(f"http://node{number}.example")
        self.behind = behind
        self.sent: list[Any] = []
        self.asked: list[str] = []

    @property
    def newest(self) -> int:
        return HEAD - self.behind

    def _ask_once(self, method: str, *params: Any) -> Any:
        self.asked.append(method)
        answer = getattr(self, method)(*params)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def eth_chainId(self) -> Any:
        return "0x7a69"

    def eth_getBlockByNumber(self, tag: str, _: bool) -> Any:
        number = self.newest if tag == "latest" else int(tag, 16)
        known = {"number": hex(number), "hash": block_hash(number), "timestamp": hex(1_000_000 + number)}
        return known if 0 <= number <= self.newest else None

    def eth_getLogs(self, wanted: dict[str, Any]) -> Any:
        first, last = int(wanted["fromBlock"], 16), min(int(wanted["toBlock"], 16), self.newest)
        return [log_of(number) for number in range(first, last + 1) if number % 10 == 0]

    def eth_getTransactionReceipt(self, _: str) -> Any:
        found = {"blockNumber": hex(HEAD), "blockHash": block_hash(HEAD), "status": "0x1", "gasUsed": "0x5208", "logs": []}
        return found if self.newest >= HEAD else None

    def eth_call(self, _: Any, tag: str) -> Any:
        return "0x" + f"{self.newest if tag == 'latest' else int(tag, 16):064x}"

    def eth_estimateGas(self, *_: Any) -> Any:
        return hex(50_000 + self.behind)

    def eth_getTransactionCount(self, *_: Any) -> Any:
        return hex(7)

    def eth_gasPrice(self) -> Any:
        return hex(1000)

    def eth_sendRawTransaction(self, raw: str) -> Any:
        self.sent.append(raw)
        return TX


class Liar(Honest):
    """Answers with whatever `lie` makes of a question, or honestly where that is `...`."""

    def __init__(self, number: int, lie: Lie) -> None:
        super().__init__(number)
        self._lie = lie

    def _ask_once(self, method: str, *params: Any) -> Any:
        said = self._lie(method, params)
        if said is ...:
            return super()._ask_once(method, *params)
        if isinstance(said, Exception):
            raise said
        return said


def nodes_of(*members: Honest) -> tuple[Nodes, MovableClock]:
    clock = MovableClock(datetime(2026, 3, 1, tzinfo=UTC))
    nodes = Nodes([(f"org{at}", one.url) for at, one in enumerate(members)], clock)
    for member, node in zip(nodes._members, members, strict=True):
        member.node = node
    return nodes, clock


def examined(nodes: Nodes, clock: MovableClock, final: tuple[tuple[int, str], ...] = ()) -> list[str]:
    clock.move(seconds=EXAMINE_EVERY_SECONDS)
    nodes.examine(final)
    return [fault for _, fault in nodes.standings()]


# --- what the settings say -----------------------------------------------------------------------------------------------------------


def test_nodes_are_named_with_their_organisation_or_by_their_host() -> None:
    told = "court=https://a.example:8545/?key=x=y, http://b.example:1,http://b.example:2, bank.1=http://user:word@c.example/token"
    assert read_addresses(told) == [
        ("court", "https://a.example:8545/?key=x=y"),
        ("b.example", "http://b.example:1"),
        ("b.example", "http://b.example:2"),
        ("bank.1", "http://user:word@c.example/token"),
    ]
    node = open_node(told)
    assert node.organisations == ("court", "b.example", "bank.1")
    assert type(open_node("court=http://a.example")) is Node
    assert open_node("court=http://a.example").name == "a.example"


@given(st.integers(1, 9), st.data())
def test_the_middle_of_a_majority_is_never_the_liars(honest: int, data: st.DataObject) -> None:
    liars = data.draw(st.integers(0, honest - 1))
    true = data.draw(st.lists(st.integers(0, 1000), min_size=honest, max_size=honest))
    lies = data.draw(st.lists(st.integers(-(10**9), 10**9), min_size=liars, max_size=liars))
    assert min(true) <= lower_median([*true, *lies]) <= max(true)
    assert honest >= majority(honest + liars)


# --- no liar has its way -------------------------------------------------------------------------------------------------------------

GARBAGE: st.SearchStrategy[Any] = st.sampled_from([None, "", "0x", "0xzz", [], {}, 5, [[]], {"number": "0x1"}, [{"address": 3}]])
MADE_UP = st.sampled_from(
    [
        {"number": hex(HEAD), "hash": "0x" + "ab" * 32, "timestamp": "0x1"},
        {"number": hex(10**9), "hash": "0x" + "ab" * 32, "timestamp": "0x1"},
        {"blockNumber": "0x5", "blockHash": "0x" + "ab" * 32, "status": "0x1", "gasUsed": "0x1", "logs": []},
        [log_of(55)],
        "0x" + "ff" * 32,
        hex(10**9),
    ]
)
REFUSALS = st.sampled_from([(-32000, "header does not exist", None), (3, "execution reverted", b""), (3, "reverted", b"\x01\x02\x03\x04")])
LIES = st.one_of(GARBAGE, MADE_UP, REFUSALS.map(lambda one: NodeRefused(*one)), st.just(NodeNotAnswering(reason="silence")), st.just(...))
QUESTIONS: list[tuple[str, Callable[[Node], Any]]] = [
    ("newest", lambda node: node.block()),
    ("block", lambda node: node.block(50)),
    ("hash", lambda node: node.hash_of(60)),
    ("logs", lambda node: node.logs([POLL], 10, 95)),
    ("receipt", lambda node: node.receipt(TX)),
    ("call", lambda node: node.call(ContractCall(POLL, b""), block=42)),
    ("call now", lambda node: node.call(ContractCall(POLL, b""))),
    ("gas", lambda node: node.estimate(ContractCall(POLL, b""), POLL)),
    ("nonce", lambda node: node.nonce(POLL)),
    ("chain", lambda node: node.chain_id()),
]


@settings(max_examples=300, deadline=None)  # a busy machine is no fault of an answer
@given(st.data(), st.integers(1, 3), st.booleans())
def test_a_minority_of_liars_changes_no_answer_wherever_it_stands(data: st.DataObject, liars: int, behind: bool) -> None:
    lies = data.draw(st.lists(LIES, min_size=20, max_size=20))
    turn = iter(range(10**9))
    honest = [Honest(at, behind=at % 2 if behind else 0) for at in range(liars + 1)]
    members = [*honest, *(Liar(9, lambda *_: lies[next(turn) % len(lies)]) for _ in range(liars))]
    nodes, clock = nodes_of(*data.draw(st.permutations(members)))
    told = dict(QUESTIONS)
    true = {name: [ask(one) for one in honest] for name, ask in QUESTIONS}
    for name in data.draw(st.lists(st.sampled_from(list(told)), min_size=3, max_size=8)):
        try:
            answer = told[name](nodes)
        except (NodeNotAnswering, NodeRefused):
            continue  # nothing is done on a doubtful word
        if name == "gas":
            assert answer >= min(true[name])  # a liar may make it dearer, never refuse it
        else:
            assert answer in true[name] or (name == "receipt" and answer is None)
        examined(nodes, clock)
    for one, (_, fault) in zip(nodes._members, nodes.standings(), strict=True):
        if not isinstance(one.node, Liar):
            assert fault == "", "the honest ones stay"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_who_tells_another_history_is_found_and_left_out(place: int) -> None:
    def other(method: str, params: tuple[Any, ...]) -> Any:
        if method != "eth_getBlockByNumber":
            return ...
        number = HEAD if params[0] == "latest" else int(params[0], 16)
        return {"number": hex(number), "hash": "0x" + "ab" * 32, "timestamp": hex(1_000_000 + number)}

    members: list[Honest] = [Honest(0), Honest(1)]
    members.insert(place, Liar(2, other))
    nodes, clock = nodes_of(*members)
    assert nodes.block().hash == block_hash(HEAD)
    faults = examined(nodes, clock)
    assert faults.pop(place).startswith("tells block")
    assert faults == ["", ""]
    assert nodes.answers_alone == 0


def test_who_leaves_out_events_contradicts_the_others_and_is_left_out() -> None:
    nodes, clock = nodes_of(Liar(0, lambda method, _: [] if method == "eth_getLogs" else ...), Honest(1), Honest(2))
    for _ in range(3):
        assert len(nodes.logs([POLL], 10, 95)) == 9
    assert examined(nodes, clock)[0] == "contradicts the others (eth_getLogs)"
    clock.move(minutes=2)
    assert examined(nodes, clock) == ["", "", ""]


def test_a_made_up_head_far_ahead_leaves_out_nobody_but_its_maker() -> None:
    def ahead(method: str, params: tuple[Any, ...]) -> Any:
        made_up = {"number": hex(10**9), "hash": "0x" + "ab" * 32, "timestamp": hex(2**33)}
        return made_up if method == "eth_getBlockByNumber" and params[0] == "latest" else ...

    nodes, clock = nodes_of(Liar(0, ahead), Honest(1), Honest(2))
    faults = examined(nodes, clock)
    assert faults[0].startswith("is ahead of all others")
    assert faults[1:] == ["", ""]
    assert nodes.block().number == HEAD


def test_a_stale_node_asked_first_is_left_out() -> None:
    nodes, clock = nodes_of(Honest(0, behind=40), Honest(1), Honest(2, behind=1))
    assert nodes.block().number == HEAD - 1
    assert examined(nodes, clock) == ["lags behind (39 blocks)", "", ""]


def test_of_two_who_differ_neither_is_believed_until_what_was_read_before_decides() -> None:
    def other(method: str, params: tuple[Any, ...]) -> Any:
        if method != "eth_getBlockByNumber":
            return ...
        number = HEAD if params[0] == "latest" else int(params[0], 16)
        return {"number": hex(number), "hash": "0x" + "ab" * 32, "timestamp": hex(1_000_000 + number)}

    nodes, clock = nodes_of(Liar(0, other), Honest(1))
    with pytest.raises(OrganisationsDisagree):
        nodes.hash_of(50)
    assert examined(nodes, clock) == ["", ""]
    faults = examined(nodes, clock, ((90, block_hash(90)),))
    assert faults[0].startswith("tells block 90 otherwise than it was")
    assert faults[1] == ""


def test_one_organisation_alone_refuses_nothing_and_confirms_nothing() -> None:
    silent = Liar(0, lambda *_: NodeNotAnswering(reason="silence"))
    refusing = Liar(1, lambda method, _: NodeRefused(3, "reverted", b"") if method in {"eth_call", "eth_estimateGas"} else ...)
    nodes, _ = nodes_of(silent, refusing)
    assert nodes.block().number == HEAD
    assert nodes.receipt(TX) is None
    for ask in (nodes.call, lambda call: nodes.estimate(call, POLL)):
        with pytest.raises(NodeNotAnswering):
            ask(ContractCall(POLL, b""))
    assert nodes.answers_alone > 0


def test_a_refusal_that_most_give_is_one() -> None:
    refusing = [Liar(at, lambda method, _: NodeRefused(3, "reverted", b"") if method == "eth_estimateGas" else ...) for at in (0, 1)]
    nodes, _ = nodes_of(*refusing, Honest(2))
    with pytest.raises(TransactionReverted):
        nodes.estimate(ContractCall(POLL, b""), POLL)
    nodes, _ = nodes_of(refusing[0], Honest(1), Honest(2))
    assert nodes.estimate(ContractCall(POLL, b""), POLL) == 50_000


def test_a_transaction_is_handed_to_all() -> None:
    members = [Liar(0, lambda method, _: TX if method == "eth_sendRawTransaction" else ...), Honest(1), Honest(2)]
    nodes, _ = nodes_of(*members)
    nodes.send_raw(b"\x01")
    assert [one.sent for one in members] == [[], ["0x01"], ["0x01"]]


def test_whoever_alone_takes_a_transaction_does_not_keep_it_from_being_signed_again() -> None:
    refused = NodeRefused(-32000, "exceeds block gas limit", None)
    lies: Lie = lambda method, _: refused if method == "eth_sendRawTransaction" else ...  # noqa: E731
    nodes, _ = nodes_of(Honest(0), Liar(1, lies), Liar(2, lies))
    with pytest.raises(NodeRefused, match="exceeds"):
        nodes.send_raw(b"\x01")
    nodes, _ = nodes_of(Honest(0), Liar(1, lies), Honest(2))
    nodes.send_raw(b"\x01")


def test_the_words_of_one_refusal_are_not_those_of_all() -> None:
    """That a call ran out of gas is told of a contract; one node's word for another's busy answer must not make it so."""
    busy: Lie = lambda method, _: NodeRefused(-32005, "busy", None) if method == "eth_call" else ...  # noqa: E731
    gas: Lie = lambda method, _: NodeRefused(-32000, "out of gas", None) if method == "eth_call" else ...  # noqa: E731
    for members in ((Liar(0, busy), Liar(1, busy), Liar(2, gas)), (Liar(0, busy), Liar(1, gas), Honest(2)), (Liar(0, gas), Honest(1))):
        nodes, _ = nodes_of(*members)
        with pytest.raises(NodeNotAnswering):
            nodes.call(ContractCall(POLL, b""))
    nodes, _ = nodes_of(Liar(0, gas), Liar(1, gas), Honest(2))
    with pytest.raises(TransactionReverted):
        nodes.call(ContractCall(POLL, b""))


def test_gas_is_the_middle_and_of_two_the_more() -> None:
    asks: Callable[[str], Lie] = lambda gas: lambda method, _: gas if method == "eth_estimateGas" else ...  # noqa: E731
    call = ContractCall(POLL, b"")
    for gas in ("0x1", "0x10000000000", "0x" + "f" * 64):
        nodes, _ = nodes_of(Liar(0, asks(gas)), Honest(1), Honest(2))
        assert nodes.estimate(call, POLL) == 50_000
    nodes, _ = nodes_of(Liar(0, asks("0x1")), Honest(1))
    assert nodes.estimate(call, POLL) == 50_000


def test_a_range_that_one_refuses_is_halved_until_both_answer() -> None:
    """Nobody's events are taken on one word, so the mirror asks for less where one of two refuses."""

    def narrow(method: str, params: tuple[Any, ...]) -> Any:
        wide = method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) >= 20
        return NodeRefused(-32005, "range too large", None) if wide else ...

    nodes, _ = nodes_of(Liar(0, narrow), Honest(1))
    with pytest.raises(NodeRefused):
        nodes.logs([POLL], 10, 95)
    assert len(nodes.logs([POLL], 10, 29)) == 2
    nodes, _ = nodes_of(Liar(0, narrow), Honest(1), Honest(2))
    assert len(nodes.logs([POLL], 10, 95)) == 9


def test_a_node_that_lacks_the_last_block_of_a_range_is_not_asked_for_it() -> None:
    """It would cut the range off in silence; the next node of the same house is asked instead."""
    late, prompt = Honest(0, behind=4), Honest(1)
    nodes = Nodes([("house", late.url), ("house", prompt.url)])
    for member, node in zip(nodes._members, (late, prompt), strict=True):
        member.node = node
    assert len(nodes.logs([POLL], 1, HEAD)) == 10
    assert [fault for _, fault in nodes.standings()] == ["", ""]


def test_of_one_house_most_of_its_nodes_decide_who_lies() -> None:
    def other(method: str, params: tuple[Any, ...]) -> Any:
        if method != "eth_getBlockByNumber" or params[0] == "latest":
            return ...
        return {"number": params[0], "hash": "0x" + "ab" * 32, "timestamp": "0x1"}

    clock = MovableClock(datetime(2026, 3, 1, tzinfo=UTC))
    members = [Liar(0, other), Honest(1), Honest(2), Honest(3)]
    nodes = Nodes([("house", one.url) for one in members], clock)
    for member, node in zip(nodes._members, members, strict=True):
        member.node = node
    lied = ((90, "0x" + "ab" * 32),)  # what the liar told the mirror before
    faults = examined(nodes, clock, lied)
    assert faults[0].startswith("tells block")
    assert faults[1:] == ["", "", ""]
