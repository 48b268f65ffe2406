"""Circles in a graph of imports: groups of files that all reach each other (Tarjan, 1972)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def circles(arrows: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Every strongly connected group of two or more, and every file that imports itself; sorted."""
    return sorted(sorted(group) for group in _Search(arrows).groups() if len(group) > 1 or group[0] in set(arrows.get(group[0], ())))


class _Search:
    """One search in depth over the whole graph, with a stack of its own: imports may be nested deeper than Python's."""

    def __init__(self, arrows: Mapping[str, Iterable[str]]) -> None:
        self._arrows = {node: list(targets) for node, targets in arrows.items()}
        self._order: dict[str, int] = {}
        self._lowest: dict[str, int] = {}
        self._open: list[str] = []
        self._is_open: set[str] = set()
        self._found: list[list[str]] = []

    def groups(self) -> list[list[str]]:
        """All strongly connected groups, those of one node too."""
        for node in self._arrows:
            if node not in self._order:
                self._walk(node)
        return self._found

    def _walk(self, start: str) -> None:
        path = [(start, iter(self._enter(start)))]
        while path:
            node, targets = path[-1]
            fresh = next((target for target in targets if self._is_fresh(node, target)), None)
            if fresh is not None:
                path.append((fresh, iter(self._enter(fresh))))
                continue
            path.pop()
            if path:
                above = path[-1][0]
                self._lowest[above] = min(self._lowest[above], self._lowest[node])
            if self._lowest[node] == self._order[node]:
                self._close(node)

    def _enter(self, node: str) -> list[str]:
        self._order[node] = self._lowest[node] = len(self._order)
        self._open.append(node)
        self._is_open.add(node)
        return self._arrows.get(node, [])

    def _is_fresh(self, node: str, target: str) -> bool:
        if target in self._is_open:
            self._lowest[node] = min(self._lowest[node], self._order[target])
        return target not in self._order

    def _close(self, root: str) -> None:
        group: list[str] = []
        while not group or group[-1] != root:
            group.append(self._open.pop())
            self._is_open.discard(group[-1])
        self._found.append(group)
