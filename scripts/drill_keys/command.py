"""The trustee's tool as a person calls it, in this process: a line of JSON comes back."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

from verifier.trustee.__main__ import main


class StepFailed(Exception):
    """A step that had to work was refused."""


def run(command: str, *words: object) -> dict[str, Any]:
    """What the command says; `refused` names the refusal, None when it was done."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        main(["--json", command, *(str(word) for word in words)])
    facts: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return facts


def must(command: str, *words: object) -> dict[str, Any]:
    """As `run`. Raises: StepFailed."""
    facts = run(command, *words)
    if facts["refused"] is not None:
        raise StepFailed(f"{command}: {facts['en']}")
    return facts
