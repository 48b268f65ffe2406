"""Progress bars for long work, on stderr so that the report stays clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

SHOWN_FROM = 2_000  # less than this is done before anyone could read a bar


class Progress:
    """Draws a bar for work of many units; nothing when quiet or when stderr is no terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet)

    @contextmanager
    def of(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """A function that is told how many more units are done."""
        if total < SHOWN_FROM or not self._console.is_terminal:
            yield lambda _: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Bars(*columns, console=self._console, transient=True) as bars:
            task = bars.add_task(what, total=total)
            yield lambda done: bars.advance(task, done)
