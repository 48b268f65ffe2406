"""Nodes of several organisations: all are asked, and what is believed is what enough of them say."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from verifier.issuer.errors import ChainSilent, IssuerError
from verifier.issuer.node import Node
from verifier.issuer.roots.errors import CaseNotPinned, NodeLies, NodeOfAnotherChain, NodesDisagree, NodesTooFew, RootNotProved
from verifier.issuer.roots.fingerprints import RootsNotUsable

log = logging.getLogger(__name__)

T = TypeVar("T")
_SETTING = "LENDERVOTE_ISSUER_RPC_URLS"
_MOST_NAME = 100
#: Questions to one node at the same time.
_AT_ONCE = 16
#: For all that is asked of the nodes about one thing; whose answer is not there by then is silent.
_QUESTION_SECONDS = 60.0
#: How long others are waited for when enough raise the same: one of them may know better.
_GRACE_SECONDS = 1.0
#: Errors that say that a node tells what officials did not sign.
_UNTRUE = (RootNotProved, CaseNotPinned, NodeOfAnotherChain)


def read_organisations(text: str) -> dict[str, str]:
    """Addresses of nodes by the name of whose they are, from `Name=http://...` with commas between. Raises: RootsNotUsable."""
    found: dict[str, str] = {}
    for part in filter(str.strip, text.replace("\n", ",").replace("，", ",").split(",")):
        name, _, url = (piece.strip() for piece in part.partition("="))
        if not name or len(name) > _MOST_NAME or urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise RootsNotUsable(f"{_SETTING}: write Name of the organisation=http://..., with commas between, and no other commas")
        if name.casefold() in {each.casefold() for each in found} or url in found.values():
            raise RootsNotUsable(f"{_SETTING}: {name} or its node is named twice; only nodes of different organisations check each other")
        found[name] = url
    if not found:
        raise RootsNotUsable(f"{_SETTING} names no node")
    return found


@dataclass(frozen=True)
class Agreed(Generic[T]):
    """What enough organisations say, and who they are, in the order of the alphabet."""

    values: tuple[T, ...]
    organisations: tuple[str, ...]

    @property
    def value(self) -> T:
        """What all of them say, where they have to say the very same."""
        return self.values[0]


class Organisations:
    """Asks all nodes at once. At least `least` organisations have to agree, and more of them than could say otherwise."""

    def __init__(self, nodes: Mapping[str, Node], least: int) -> None:
        self._nodes = nodes
        self._least = least
        #: So many have to agree: at least `least`, and more than half of all.
        self.needed = max(least, len(nodes) // 2 + 1)
        # A pool for each: a node that is slow to answer keeps nobody else waiting.
        self._pools = {name: ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="node") for name in nodes}
        self.left_out: dict[str, str] = dict.fromkeys(nodes, "")
        """By organisation: why its node was left out the last time, or an empty text."""

    def agree(
        self,
        about: tuple[str, str],
        ask: Callable[[str, Node], T],
        alike: Callable[[T, T], bool] = lambda one, other: bool(one == other),
        patience_seconds: float = 0,
    ) -> Agreed[T]:
        """What `ask` finds at enough nodes; `about` says in Chinese and English what is asked.

        When enough agree, the others are waited for `patience_seconds` longer.

        Raises: NodesTooFew, NodesDisagree, NodeLies; what `ask` raises when enough who answer raise the same.
        """
        answers = self._gather(ask, alike, patience_seconds)
        silent = sorted(name for name, answer in answers.items() if isinstance(answer, ChainSilent))
        spoken = {name: answer for name, answer in sorted(answers.items()) if name not in silent}
        largest = _largest(spoken, alike)
        others = spoken.keys() - set(largest)
        self._note(answers, {**dict.fromkeys(silent, "silent"), **{name: _why(spoken[name]) for name in others}})
        if not spoken:
            raise ChainSilent()
        if len(largest) <= len(others) or (others and isinstance(spoken[largest[0]], IssuerError)):
            raise _disagreement(about, spoken)
        if len(largest) < self._least:
            raise NodesTooFew(needed=self._least, answered=len(spoken), silent=", ".join(silent) or "-")
        values = []
        for name in largest:
            value = answers[name]
            if isinstance(value, IssuerError):
                raise value
            values.append(value)
        return Agreed(tuple(values), tuple(largest))

    def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        for node in self._nodes.values():
            node.close()

    def _gather(self, ask: Callable[[str, Node], T], alike: Callable[[T, T], bool], patience_seconds: float) -> dict[str, T | IssuerError]:
        """Answers by organisation: of all that answer in time, or of so many that the rest could not change what is believed."""
        until = time.monotonic() + _QUESTION_SECONDS
        waiting = {self._pools[name].submit(_answer, ask, name, node): name for name, node in self._nodes.items()}
        answers: dict[str, T | IssuerError] = {}
        decided = False
        while waiting:
            done, _ = wait(waiting, max(until - time.monotonic(), 0), return_when=FIRST_COMPLETED)
            if not done:
                break
            answers |= {waiting.pop(future): future.result() for future in done}
            agreeing = _largest({name: each for name, each in answers.items() if not isinstance(each, ChainSilent)}, alike)
            if len(agreeing) >= self.needed:
                decided = not isinstance(answers[agreeing[0]], IssuerError)
                until = min(until, time.monotonic() + (patience_seconds if decided else _GRACE_SECONDS))
        for future in waiting:
            future.cancel()
        return answers | ({} if decided else {name: ChainSilent() for name in waiting.values()})

    def _note(self, answers: Mapping[str, object], left_out: Mapping[str, str]) -> None:
        for name in answers:
            why = left_out.get(name, "")
            if why and why != self.left_out[name]:
                log.warning("the node of %s is left out: %s", name, why)
            self.left_out[name] = why


def _answer(ask: Callable[[str, Node], T], name: str, node: Node) -> T | IssuerError:
    try:
        return ask(name, node)
    except IssuerError as error:
        return error


def _why(answer: object) -> str:
    return answer.code if isinstance(answer, IssuerError) else "says otherwise"


def _largest(spoken: Mapping[str, Any], alike: Callable[[Any, Any], bool]) -> list[str]:
    """The most organisations that say the same; of errors the same rule is the same."""

    def same(one: Any, other: Any) -> bool:
        if isinstance(one, IssuerError) or isinstance(other, IssuerError):
            return type(one) is type(other)
        return alike(one, other)

    groups = [[name for name, other in spoken.items() if same(one, other)] for one in spoken.values()]
    return max(groups, key=len, default=[])


def _disagreement(about: tuple[str, str], spoken: Mapping[str, Any]) -> IssuerError:
    """Named by who contradicts the officials' signatures, where somebody does and somebody does not."""
    untrue = {name: answer for name, answer in spoken.items() if isinstance(answer, _UNTRUE)}
    if untrue and any(not isinstance(answer, IssuerError) for answer in spoken.values()):
        return NodeLies(organisations=", ".join(untrue), rules=", ".join(sorted({answer.code for answer in untrue.values()})))
    return NodesDisagree(organisations=", ".join(spoken), about_zh=about[0], about=about[1])
