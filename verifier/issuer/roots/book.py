"""What is believed of each poll: found out once by all nodes, written into the log, then kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from verifier.issuer import log
from verifier.issuer.node import Node, number_in, object_in
from verifier.issuer.roots.errors import NoCasePinned, NodeOfAnotherChain
from verifier.issuer.roots.organisations import Agreed, Organisations
from verifier.issuer.roots.reading import CaseRoots, PollRoots, Reading
from verifier.issuer.store import Database

#: So far apart may the times of the newest blocks be that two nodes show.
MOST_APART_SECONDS = 120
#: Longer than a node takes that works: one more than is needed makes a lagging one harmless.
PATIENCE_SECONDS = 0.25
_POLL = ("投票的组成（工作组成员、公告、登记表）", "what the poll is: officials, announcement, register")
_CASE = ("案件与登记表", "the case and its register")
_TIME = ("最新区块的时间", "the newest block's time")


@dataclass(frozen=True)
class RootsBook:
    """`pinned` are the fingerprints that the operator typed; `one_node` is whether a setting lets a single node do."""

    database: Database
    organisations: Organisations
    pinned: Collection[str]
    one_node: bool
    clock: Callable[[], float]
    on_belief: Callable[[Connection, PollRoots], object] = lambda _connection, _roots: None
    """Called in the transaction in which a poll is first kept, behind its entry in the log."""

    def poll(self, poll: str, wanted: str) -> PollRoots:
        """Kept as soon as `wanted`, this verifier, is among the poll's verifiers.

        Raises: NoCasePinned, and what Reading.poll and Organisations.agree do.
        """
        if not self.pinned:
            raise NoCasePinned()
        with self.database.begin() as connection:
            kept = self._kept(connection, poll)
        if kept is not None:
            return kept
        agreed = self.organisations.agree(_POLL, lambda name, node: Reading(node, name, self.pinned).poll(poll))
        if wanted in agreed.value.verifiers:
            self._keep(agreed)
        return agreed.value

    def register(self, case: str, number: int) -> tuple[CaseRoots, int]:
        """A case and how many leaves one of its registers has; nothing is kept. Raises as `poll` does."""
        if not self.pinned:
            raise NoCasePinned()

        def ask(name: str, node: Node) -> tuple[CaseRoots, int]:
            reading = Reading(node, name, self.pinned)
            found = reading.case(case)
            return found, reading.register(case, number)

        return self.organisations.agree(_CASE, ask).value

    def known(self, connection: Connection) -> list[PollRoots]:
        """Every poll of which something is kept here."""
        rows = connection.execute(text("SELECT roots FROM poll_roots ORDER BY poll"))
        return [PollRoots.from_json(json.loads(row.roots)) for row in rows]

    def now(self, chain_id: int) -> int:
        """The newest block's time: the latest that as many nodes as are needed show to be past. Raises: what Organisations.agree does.

        So a node that runs ahead cannot put it forward, and where one more answers than is needed, one that lags cannot hold it back.
        """

        def ask(name: str, node: Node) -> int:
            chain, block = node.ask([("eth_chainId", []), ("eth_getBlockByNumber", ["latest", False])])
            if number_in(chain) != chain_id:
                raise NodeOfAnotherChain(organisation=name)
            return number_in(object_in(block).get("timestamp"))

        agreed = self.organisations.agree(
            _TIME, ask, lambda one, other: abs(one - other) <= MOST_APART_SECONDS, patience_seconds=PATIENCE_SECONDS
        )
        return sorted(agreed.values, reverse=True)[: self.organisations.needed][-1]

    def _kept(self, connection: Connection, poll: str) -> PollRoots | None:
        """What was found out before, if it would be believed today, too."""
        row = connection.execute(text("SELECT roots, one_node FROM poll_roots WHERE poll = :poll"), {"poll": poll}).first()
        if row is None or (row.one_node and not self.one_node):
            return None
        roots = PollRoots.from_json(json.loads(row.roots))
        return roots if roots.case.fingerprint in self.pinned else None

    def _keep(self, agreed: Agreed[PollRoots]) -> None:
        roots = agreed.value
        entry = {
            "kind": "roots",
            "poll": roots.poll,
            "chain_id": roots.case.chain_id,
            "case": roots.case.case,
            "poll_number": roots.number,
            "fingerprint": roots.case.fingerprint,
            "announced": roots.announced,
            "organisations": list(agreed.organisations),
            "one_node": self.one_node,
        }
        with self.database.begin() as connection:
            if self._kept(connection, roots.poll) is not None:
                return
            connection.execute(
                text("INSERT OR REPLACE INTO poll_roots (poll, roots, one_node) VALUES (:poll, :roots, :one_node)"),
                {"poll": roots.poll, "roots": json.dumps(roots.as_json(), sort_keys=True), "one_node": self.one_node},
            )
            log.append(connection, self.clock(), entry)
            self.on_belief(connection, roots)
