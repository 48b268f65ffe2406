"""Bars for work that takes a while, on stderr, so that the report stays clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Advance = Callable[[int], object]


@contextmanager
def bar(what: str, total: int, *, wanted: bool) -> Iterator[Advance]:
    """A function that hears how much more is done; nothing is drawn where stderr is no terminal."""
    console = Console(stderr=True)
    if not wanted or not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as drawn:
        task = drawn.add_task(what, total=max(1, total))
        yield lambda done: drawn.advance(task, done)
