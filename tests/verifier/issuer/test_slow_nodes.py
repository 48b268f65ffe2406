"""A node that drips, packs or does not end is a silent one, in time and without filling the memory; the others decide."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from scripts.rig.memory import forget_peak, peak_mb
from tests.rude_servers import RUDE, Drips, serving
from verifier.issuer.errors import ChainSilent, IssuerError, PollUnknown
from verifier.issuer.node import Node
from verifier.issuer.roots import organisations
from verifier.issuer.roots.book import RootsBook
from verifier.issuer.roots.errors import NodesTooFew
from verifier.issuer.roots.organisations import Organisations
from verifier.issuer.store import Database

ABOUT = ("", "")
MEMORY_MIB = 40


def told(_: str) -> Any:
    return "0x1"


def chain_id(node: Node) -> object:
    return node.ask([("eth_chainId", [])])


@pytest.mark.parametrize("kind", RUDE)
def test_an_answer_without_end_is_none(kind: type) -> None:
    forget_peak()
    before = peak_mb()
    with serving(told, kind) as url:
        node, began = Node(url, answer_seconds=0.5), time.monotonic()
        with pytest.raises(ChainSilent):
            chain_id(node)
        assert time.monotonic() - began < 3
        node.close()
    assert peak_mb() - before < MEMORY_MIB


def test_a_node_is_asked_again_after_an_answer_without_end() -> None:
    with serving(told, Drips) as drips, serving(told) as honest:
        node = Node(drips, answer_seconds=0.3)
        with pytest.raises(ChainSilent):
            chain_id(node)
        node._url = honest
        node._renew(node._client)
        assert chain_id(node) == ["0x1"]
        node.close()


def asked(ask: Callable[[str, Node], Any]) -> tuple[Any, float]:
    """What three organisations say, one of which drips, and after how many seconds."""
    with serving(told) as one, serving(told, Drips) as drips, serving(told) as other:
        nodes = {name: Node(url, answer_seconds=4) for name, url in (("a", one), ("b", drips), ("c", other))}
        several, began = Organisations(nodes, 2), time.monotonic()
        try:
            found: Any = several.agree(ABOUT, ask).value
        except IssuerError as error:
            found = error
        took = time.monotonic() - began
        several.close()
        return found, took


def test_a_majority_that_answered_decides_whether_it_found_something_or_nothing() -> None:
    def unknown(_: str, node: Node) -> object:
        chain_id(node)
        raise PollUnknown(poll="0x")

    found, took = asked(lambda _, node: chain_id(node))
    assert found == ["0x1"]
    assert took < 2
    found, took = asked(unknown)
    assert isinstance(found, PollUnknown)
    assert took < organisations._GRACE_SECONDS + 2


def test_a_question_ends_though_too_few_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organisations, "_QUESTION_SECONDS", 0.5)

    def slow(name: str, node: Node) -> object:
        if name != "a":
            time.sleep(3)
        return chain_id(node)

    found, took = asked(slow)
    assert isinstance(found, NodesTooFew)
    assert took < 2


@pytest.mark.parametrize(
    ("times", "believed"),
    [
        ((1000, 1000), 1000),
        ((1000, 900), 900),  # of two, nobody knows which one lags and which one runs ahead
        ((1000, 900, 1000), 1000),  # one lags
        ((1000, 1090, 1000), 1000),  # one runs ahead
        ((1000, 901, 902, 1000, 1000), 1000),
    ],
)
def test_one_node_more_than_needed_makes_one_that_lags_or_runs_ahead_harmless(
    times: tuple[int, ...], believed: int, tmp_path: Path
) -> None:
    def block(at: int) -> Callable[[str], Any]:
        return lambda method: "0x1" if method == "eth_chainId" else {"timestamp": hex(at)}

    with ExitStack() as stack:
        nodes = {f"house{i}": Node(stack.enter_context(serving(block(at)))) for i, at in enumerate(times)}
        several = Organisations(nodes, 2)
        stack.callback(several.close)
        book = RootsBook(Database(tmp_path / "issuer.sqlite3"), several, frozenset(), one_node=False, clock=time.time)
        assert {book.now(1) for _ in range(5)} == {believed}


def test_whoever_hangs_is_waited_for_no_longer_than_patience_lasts() -> None:
    with serving(told) as one, serving(told, Drips) as drips, serving(told) as other:
        nodes = {name: Node(url, answer_seconds=4) for name, url in (("a", one), ("b", drips), ("c", other))}
        several, began = Organisations(nodes, 2), time.monotonic()
        assert several.agree(ABOUT, lambda _, node: chain_id(node), patience_seconds=0.25).organisations == ("a", "c")
        assert time.monotonic() - began < 2
        several.close()
