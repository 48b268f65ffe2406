"""Trees of frozen registers in memory, built once from the stored leaves."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from backend.case.register import leaf_store, store
from backend.case.register.crypto import leaf_hash
from backend.case.register.merkle import Tree
from backend.ground.db.sessions import Sessions

_TREES_KEPT = 4
"""A tree of 400,000 leaves takes about 26 MB."""


class TreeShelf:
    """The trees used last; leaves never change, so a tree is never stale."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._trees: OrderedDict[str, Tree] = OrderedDict()
        self._lock = Lock()

    def put(self, register_id: str, tree: Tree) -> None:
        """Keep a tree that was just built."""
        with self._lock:
            self._keep(register_id, tree)

    def tree(self, register_id: str, leaf_count: int) -> Tree:
        """The register's tree; the first call after a start builds it."""
        with self._lock:  # also so that only one caller builds it
            tree = self._trees.get(register_id) or self._build(register_id, leaf_count)
            self._keep(register_id, tree)
            return tree

    def _build(self, register_id: str, leaf_count: int) -> Tree:
        hashes = bytearray()
        for first in range(0, leaf_count, store.PAGE_ROWS):
            with self._sessions.reading() as session:
                page = leaf_store.points_between(session, register_id, first, first + store.PAGE_ROWS)
            for index, voting_class, point in page:
                hashes += leaf_hash(index, voting_class, point)
        return Tree(bytes(hashes))

    def _keep(self, register_id: str, tree: Tree) -> None:
        self._trees[register_id] = tree
        self._trees.move_to_end(register_id)
        while len(self._trees) > _TREES_KEPT:
            self._trees.popitem(last=False)
