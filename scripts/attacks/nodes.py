"""Attacks by a node on what is paid and on what time it is: made-up gas, tips and headers, told to the backend and to the verifier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backend.ground.chain.calls import ContractCall
from backend.ground.chain.gas import gas_for
from scripts.attacks.issuers import VOUCHED, asked, open_poll_on_chain
from scripts.attacks.kinds import Attack, Patch, Run, Told, judged, passed, stopped
from tests.backend.ground.chain.test_agreement import HEAD, POLL, Honest, Liar, block_hash, nodes_of
from tests.contracts.chain import anvil
from tests.verifier.tally.proxy import lying

WHO = "a node that lies"
NODES, BOOK = "backend/ground/chain/nodes.py", "verifier/issuer/roots/book.py"
#: More than any transaction may have, and less than the call needs.
TOO_MUCH_GAS, TOO_LITTLE_GAS = 2**40, 21_000
DEAR_WEI = 10**15
YEAR_SECONDS = 31_536_000

FIRST_GAS = (Patch(NODES, "        return hex(upper_median(found))\n", "        return hex(found[0])\n"),)
FIRST_NUMBER = (Patch(NODES, "        return hex(lower_median(found))\n", "        return hex(found[0])\n"),)
FIRST_HEADER = (Patch(NODES, "        needed = majority(len(heads))\n", "        return heads[0][1]\n"),)
ANY_TIME = (Patch(BOOK, "lambda one, other: abs(one - other) <= MOST_APART_SECONDS", "lambda one, other: True"),)


def _among_three(lies: dict[str, Any]) -> Any:
    """A liar that is asked first, and two honest organisations."""
    return nodes_of(Liar(9, lambda method, _: lies.get(method, ...)), Honest(1), Honest(2))[0]


def _gas(figure: int) -> Run:
    """A batch is signed with the liar's gas: no block takes it, or it runs out of gas and is paid for nothing."""

    def run(folder: Path) -> Told:
        del folder
        given = gas_for(_among_three({"eth_estimateGas": hex(figure)}), ContractCall(POLL, b"\x01"), POLL)
        is_right = 50_000 <= given < 2**24
        return stopped("backend", "the middle of what organisations ask for") if is_right else passed("backend")

    return run


def _tip(folder: Path) -> Told:
    """The tip is beside the price of gas, and as much money."""
    del folder
    nodes = _among_three({"eth_maxPriorityFeePerGas": hex(DEAR_WEI)})
    for member in nodes._members[1:]:
        member.node.eth_maxPriorityFeePerGas = lambda: hex(1000)
    tip = int(nodes._ask_once("eth_maxPriorityFeePerGas"), 16)
    return passed("backend") if tip == DEAR_WEI else stopped("backend", "the middle of what organisations ask for")


def _header(**told: Any) -> Run:
    """The newest block has a field of the liar's; windows, fees, and what counts as final go by it."""

    def run(folder: Path) -> Told:
        del folder
        honest = {"number": hex(HEAD), "hash": block_hash(HEAD), "timestamp": hex(1_000_000 + HEAD)}
        block = _among_three({"eth_getBlockByNumber": honest | told}).block()
        is_right = (block.number, block.hash, block.timestamp, block.base_fee) == (HEAD, block_hash(HEAD), 1_000_000 + HEAD, None)
        return stopped("backend", "most organisations have another block") if is_right else passed("backend")

    return run


def _votes_after_the_close(folder: Path) -> Told:
    """Voting is over; to the verifier one of two nodes shows a time before the close, so that a credential is signed all the same."""
    with anvil() as address:
        papers = open_poll_on_chain(address)
        closes_at = papers.poll.terms.closes_at
        papers.poll.chain.warp(closes_at)

        def lie(method: str, params: Any, result: Any) -> Any:
            del params
            is_header = method == "eth_getBlockByNumber" and isinstance(result, dict)
            return result | {"timestamp": hex(closes_at - 3600)} if is_header else result

        with lying(address, lie) as liar, asked(folder, papers, f"Exchange={liar}, Court={address}") as found:
            vouchers = [papers.voucher(3, official, vouched_at=closes_at - 7200) for official in (0, 1)]
            answer = found.ask.post(VOUCHED, json=papers.vouched(3, vouchers=vouchers))
    return judged("issuer", "" if answer.is_success else answer.json()["error"]["code"])


ATTACKS = (
    Attack("a node's gas figure has batches signed that no block takes", WHO, _gas(TOO_MUCH_GAS), FIRST_GAS, True),
    Attack("a node's gas figure has batches run out of gas", WHO, _gas(TOO_LITTLE_GAS), FIRST_GAS),
    Attack("a node makes the tip up until the relay cannot pay", WHO, _tip, FIRST_NUMBER),
    Attack("a node's header closes a poll early", WHO, _header(timestamp=hex(1_000_000 + YEAR_SECONDS)), FIRST_HEADER),
    Attack("a node's header is far ahead", WHO, _header(number=hex(HEAD + 4)), FIRST_HEADER),
    Attack("a node's header is of another history", WHO, _header(hash="0x" + "ab" * 32), FIRST_HEADER),
    Attack("a node's header makes blocks dear", WHO, _header(baseFeePerGas=hex(DEAR_WEI)), FIRST_HEADER),
    Attack("a node's header keeps a closed poll open for the verifier", WHO, _votes_after_the_close, ANY_TIME),
)
