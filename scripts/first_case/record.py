"""What was done: every step with its time, the document it follows, the clicks made, and what no document has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from scripts.first_case import documents

say = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass
class Step:
    """One thing that somebody does, by a sentence of a document and with the commands and buttons that documents name."""

    name: str
    document: str
    sentence: str
    unnamed: list[str] = field(default_factory=list)
    """What was done and is found in no document, as `document: words`."""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Look for the sentence."""
        self._look(documents.missing(self.document, sentences=[self.sentence]), self.document)

    def sentence_of(self, document: str, sentence: str) -> None:
        """One sentence more is followed."""
        self._look(documents.missing(document, sentences=[sentence]), document)

    def follow_command(self, command: str, document: str = "") -> None:
        """A command is run as a document has it."""
        self._look(documents.missing(document or self.document, found_commands=[command]), document or self.document)

    def follow_button(self, label: str, document: str = "") -> None:
        """A button is pressed or a field filled in that bears this label."""
        self._look(documents.missing(document or self.document, buttons=[label]), document or self.document)

    def _look(self, absent: list[str], document: str) -> None:
        self.unnamed += [line for one in absent if (line := f"{document}: {one}") not in self.unnamed]


class StepFailed(Exception):
    """A step did not come to its end."""

    def __init__(self, name: str, why: BaseException) -> None:
        self.name = name
        super().__init__(f"{name}: {why}")


class Record:
    """All steps of a run, in order."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.clicks = 0
        self.recounts: list[str] = []
        """The word of each recount, as the tool printed it."""
        self._began = time.monotonic()
        self._now: Step | None = None

    @property
    def now(self) -> Step:
        """The step under way. Raises: RuntimeError where something is done outside of all steps."""
        if self._now is None:
            raise RuntimeError("something was done outside of every step")
        return self._now

    @contextmanager
    def step(self, name: str, document: str, sentence: str) -> Iterator[Step]:
        """One step; its time is told at its end. Raises: StepFailed."""
        step = self._now = Step(name, document, sentence)
        self.steps.append(step)
        began = time.monotonic()
        try:
            yield step
        except Exception as error:
            say.print(f"[red]failed[/red]  {len(self.steps):3}  {name}")
            raise StepFailed(name, error) from error
        finally:
            step.seconds = time.monotonic() - began
            self._now = None
        mark = "[red]not documented[/red]" if step.unnamed else "[green]ok[/green]"
        say.print(f"{mark}  {len(self.steps):3}  {name}  [dim]{step.seconds:.1f} s, {step.document}[/dim]")
        for line in step.unnamed:
            say.print(f"          [red]{line}[/red]")

    @property
    def undocumented(self) -> list[Step]:
        """Steps of which something stands in no document."""
        return [step for step in self.steps if step.unnamed]

    def summary(self, failed: str = "") -> dict[str, object]:
        """The last line."""
        words = set(self.recounts)
        word = "none" if not words else words.pop() if len(words) == 1 else "differs"
        return {
            "steps": len(self.steps),
            "undocumented_steps": len(self.undocumented),
            "clicks": self.clicks,
            "recount": word,
            "recounts": len(self.recounts),
            "minutes": round((time.monotonic() - self._began) / 60, 1),
            **({"failed": failed} if failed else {}),
        }
