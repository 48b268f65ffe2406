"""Several nodes as one: of one organisation whoever answers is asked, of several what a majority of those that answer tells is believed.

Who is silent, late, or tells otherwise than the others is left out, aloud; a majority is never left out on the word of one, whichever
stands first in the settings. `Mirror` takes nothing as final that rests on one organisation's word where several are named.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from backend.ground.chain.agreement import lower_median, majority, meaning, upper_median
from backend.ground.chain.answers import read_block
from backend.ground.chain.errors import NodeNotAnswering, OrganisationsDisagree
from backend.ground.chain.examination import examine
from backend.ground.chain.members import Member, organisations_of, read_addresses
from backend.ground.chain.node import WANTS_OTHER_GAS, Json, Node, NodeRefused
from backend.ground.common.clock import Clock, SystemClock

#: Blocks a node may be behind the best one.
LAG_BLOCKS = 5
EXAMINE_EVERY_SECONDS = 2.0
#: How long one node may take when others are there.
PATIENCE_SECONDS = 4.0


class _LacksBlock(NodeNotAnswering):
    """The node has not got the last block of a range yet: what it tells of the range would be cut off in silence."""


class Nodes(Node):
    """A node made of several; `examine` finds those that are silent, lag or lie."""

    def __init__(self, addresses: Sequence[tuple[str, str]], clock: Clock | None = None, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        super().__init__(addresses[0][1], timeout_seconds)
        self._clock = clock or SystemClock()
        self._members = [Member(Node(url, timeout_seconds), organisation) for organisation, url in addresses]
        self._names = organisations_of(self._members)
        self._chain_id_of_most = 0
        self._alone = 0
        self._examined_at = float("-inf")
        self._lock = threading.Lock()

    @property
    def organisations(self) -> tuple[str, ...]:
        """Who has nodes here."""
        return self._names

    @property
    def answers_alone(self) -> int:
        """How many answers rested on one organisation's word though there are several; it only grows."""
        return self._alone

    def standings(self) -> list[tuple[str, str]]:
        """Each node's name, with its organisation's where there are several, and what is held against it, "" when nothing."""
        several = len(self._names) > 1
        return [(f"{one.organisation} {one.node.name}" if several else one.node.name, one.fault) for one in self._members]

    def examine(self, final: Sequence[tuple[int, str]]) -> None:
        """Leave out whoever deserves it, and let in again whoever recovered; see `examination.examine`."""
        with self._lock:
            now = self._clock.monotonic()
            if now - self._examined_at < EXAMINE_EVERY_SECONDS:
                return
            self._examined_at = now
        self._chain_id_of_most = examine(self._members, final, LAG_BLOCKS, self._chain_id_of_most, now)

    def told_by_each(self, method: str, *params: object) -> Iterator[Any]:
        """What each node tells; good and quick ones first."""
        for member in sorted(self._members, key=lambda one: (bool(one.fault), one.is_slow)):
            yield from member.node.told_by_each(method, *params)

    # --- asking --------------------------------------------------------------------------------------------------------------------

    def _read_once(self, method: str, *params: object) -> Any:
        return self._ask_once(method, *params)  # each member's answer was read by itself: one that cannot be read is none

    def _ask_once(self, method: str, *params: object) -> Any:
        if method == "eth_sendRawTransaction":
            return self._hand_to_all(method, params)
        if len(self._names) == 1:
            return self._first(method, params)
        if method == "eth_getBlockByNumber" and params[0] == "latest":
            return self._newest_block()
        if method in _NUMBERS:
            return self._middle(method, params)
        return self._estimated(method, params) if method == "eth_estimateGas" else self._agreed_at_one_block(method, params)

    def _agreed_at_one_block(self, method: str, params: Sequence[object]) -> Any:
        try:
            return self._agreed(method, params)
        except OrganisationsDisagree:
            if "latest" not in params:
                raise
        # One may be a block ahead of another: asked at one and the same block they must agree.
        head = hex(read_block(self._newest_block()).number)
        return self._agreed(method, [head if param == "latest" else param for param in params])

    def _answers(self, method: str, params: Sequence[object]) -> Iterator[tuple[Member, Any]]:
        """One answer of each organisation, good and quick nodes first, a refusal being an answer; those left out only where no other is."""
        heard: set[str] = set()
        for member in sorted(self._members, key=lambda one: (bool(one.fault), one.is_slow)):
            if member.organisation in heard or (member.fault and heard):
                continue
            try:
                answer = self._ask_member(member, method, params)
            except NodeRefused as error:
                answer = error
            except _LacksBlock:
                continue
            except NodeNotAnswering as error:
                member.silent(error, self._clock.monotonic())
                continue
            heard.add(member.organisation)
            yield member, answer

    def _ask_member(self, member: Member, method: str, params: Sequence[object]) -> Any:
        began = self._clock.monotonic()
        if method == "eth_getLogs" and isinstance(params[0], dict) and not member.node.hash_of(int(params[0]["toBlock"], 16)):
            raise _LacksBlock(reason="lacks a block")
        answer = member.node._read_once(method, *params)
        member.took(self._clock.monotonic() - began)
        return answer

    def _first(self, method: str, params: Sequence[object]) -> Any:
        for _, answer in self._answers(method, params):
            if isinstance(answer, NodeRefused):
                raise answer
            return answer
        raise NodeNotAnswering(reason="no node")

    def _hand_to_all(self, method: str, params: Sequence[object]) -> Any:
        """Whoever keeps a transaction to itself keeps it from nobody else, and whoever alone takes it, from no other version of it."""
        refusals: dict[str, NodeRefused] = {}
        taken: dict[str, Any] = {}
        for member in sorted(self._members, key=lambda one: one.is_silent):
            if member.is_silent and taken:
                break  # waiting for it would hold up everybody's next transaction
            try:
                taken[member.organisation] = self._ask_member(member, method, params)
            except NodeRefused as error:
                refusals[member.organisation] = error
            except NodeNotAnswering as error:
                member.silent(error, self._clock.monotonic())
        against = [error for name, error in refusals.items() if name not in taken and not error.was_sent]
        if taken and 2 * len(against) <= len(taken.keys() | refusals.keys()):
            return next(iter(taken.values()))
        if not taken and not refusals:
            raise NodeNotAnswering(reason="no node")
        raise next((error for error in refusals.values() if error.was_sent), None) or against[0]

    # --- agreeing ------------------------------------------------------------------------------------------------------------------

    def _needed(self, heard: int) -> int:
        """How many organisations must tell the same: most of those that are good; where none is, most of those that were heard."""
        return majority(len({one.organisation for one in self._members if not one.fault}) or heard)

    def _note_alone(self, needed: int) -> bool:
        self._alone += needed == 1
        return needed == 1

    def _agreed(self, method: str, params: Sequence[object]) -> Any:
        """What a majority tells. Raises: NodeRefused, NodeNotAnswering, OrganisationsDisagree."""
        told: dict[str, list[Member]] = defaultdict(list)
        answers: dict[str, Any] = {}
        for member, answer in self._answers(method, params):
            said = meaning(answer)
            told[said].append(member)
            answers[said] = answer
            if len(told[said]) >= self._needed(len(self._names)):
                break
        if not told:
            raise NodeNotAnswering(reason="no node")
        best = max(told, key=lambda said: len(told[said]))
        needed = self._needed(sum(len(members) for members in told.values()))
        if len(told[best]) < needed:
            return self._undecided(method, answers)
        if "latest" not in params:
            self._note_contradictions(method, told, best)
        return self._accepted(method, answers[best], alone=self._note_alone(needed))

    def _accepted(self, method: str, answer: Any, *, alone: bool) -> Any:
        """One organisation's word may be shown; it refuses nothing for good and confirms nothing."""
        if alone and method == "eth_getTransactionReceipt":
            return None
        if alone and isinstance(answer, NodeRefused) and method == "eth_call":
            raise NodeNotAnswering(reason="one organisation alone refuses it")
        if isinstance(answer, NodeRefused):
            raise answer
        return answer

    def _undecided(self, method: str, answers: dict[str, Any]) -> Any:
        if method == "eth_getTransactionReceipt":
            return None  # in no block that most know
        refused = answers.get("refused")
        if refused is not None:
            raise refused
        if len(answers) == 1:
            raise NodeNotAnswering(reason=f"{method}: another organisation's answer is awaited")
        raise OrganisationsDisagree(reason=method)

    def _note_contradictions(self, method: str, told: dict[str, list[Member]], right: str) -> None:
        if right in _SAYS_NOTHING:
            return
        for said, members in told.items():
            if said != right and said not in _SAYS_NOTHING:
                for member in members:
                    member.contradicted(method, self._clock.monotonic())

    def _middle(self, method: str, params: Sequence[object]) -> str:
        """The middle of what the organisations tell: a nonce or a fee that one makes up, high or low, is not taken."""
        found: list[int] = []
        refused: NodeRefused | None = None
        for _, answer in self._answers(method, params):
            if isinstance(answer, NodeRefused):
                refused = answer
            else:
                found.append(int(answer, 16))
        if not found:
            raise refused or NodeNotAnswering(reason="no node")
        self._note_alone(len(found))
        return hex(lower_median(found))

    def _estimated(self, method: str, params: Sequence[object]) -> str:
        """The middle of what the organisations ask for, of two the more; a refusal only where a majority refuses alike.

        One that makes up a number could have a transaction signed that no block takes, or one that runs out of gas.
        """
        found: list[int] = []
        refusals: Counter[str] = Counter()
        by_meaning: dict[str, NodeRefused] = {}
        for _, answer in self._answers(method, params):
            if isinstance(answer, NodeRefused):
                refusals[answer.meaning] += 1
                by_meaning[answer.meaning] = answer
            else:
                found.append(int(answer, 16))
        needed = self._needed(len(found) + refusals.total())
        said, count = refusals.most_common(1)[0] if refusals else ("", 0)
        if count >= needed and not self._note_alone(needed):
            raise by_meaning[said]
        if not found:
            raise NodeNotAnswering(reason="organisations differ on why a call is refused, or only one answers")
        return hex(upper_median(found))

    def _newest_block(self) -> Json:
        """The newest block that a majority has, as one of them gives it. Raises: NodeNotAnswering, OrganisationsDisagree."""
        heads: list[tuple[Member, Json]] = []
        for member, answer in self._answers("eth_getBlockByNumber", ["latest", False]):
            if isinstance(answer, dict):
                heads.append((member, answer))
        if not heads:
            raise NodeNotAnswering(reason="no node")
        needed = majority(len(heads))
        self._note_alone(len(heads))
        top = lower_median([read_block(raw).number for _, raw in heads])
        for number in range(top, max(top - LAG_BLOCKS, -1), -1):
            told: dict[str, list[Json]] = defaultdict(list)
            for member, raw in heads:
                found = self._block_at(member, raw, number)
                if found is not None:
                    told[meaning(found)].append(found)
            best = max(told.values(), key=len, default=[])
            if len(best) >= needed:
                return best[0]
        raise OrganisationsDisagree(reason="newest block")

    def _block_at(self, member: Member, head: Json, number: int) -> Json | None:
        """The block as this node has it, None when it has none."""
        if read_block(head).number == number:
            return head
        try:
            found = self._ask_member(member, "eth_getBlockByNumber", [hex(number), False])
            return found if found is not None and read_block(found).number == number else None
        except (NodeRefused, NodeNotAnswering):
            return None


#: What each organisation has its own number for, and the middle one is taken.
_NUMBERS = frozenset({"eth_gasPrice", "eth_maxPriorityFeePerGas", "eth_getTransactionCount"})
#: Of a node that says so nothing follows: it may be a block behind, refuse such questions, or let calls have little gas.
_SAYS_NOTHING = frozenset({"nothing", "refused", WANTS_OTHER_GAS})


def open_node(rpc_url: str, clock: Clock | None = None) -> Node:
    """The node at an address, or all of them when several are given with commas between."""
    addresses = read_addresses(rpc_url)
    if len(addresses) > 1:
        return Nodes(addresses, clock)
    organisation, url = addresses[0] if addresses else ("", rpc_url)
    return Node(url, organisation=organisation)
