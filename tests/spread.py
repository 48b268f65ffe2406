"""Which of pytest-xdist's processes gets which tests: those that share what is costly go together, and what takes longest begins first."""

from __future__ import annotations

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

#: Folders whose files share one running stack, chain or held vote: made twice, it would cost more than it brings.
TOGETHER = ("tests/acceptance/", "tests/verifier/issuer/")
#: What takes longest, in this order (`--durations=0` says what does): begun last, one process would work while the others wait.
LONGEST = (
    "tests/verifier/issuer/",
    "tests/acceptance/",
    "tests/backend/case/cases/test_resumption.py",
    "tests/verifier/second/test_scenes.py",
    "tests/verifier/second/test_fuzz.py",
    "tests/backend/vote/tally/test_no_empty_blocks.py",
    "tests/backend/vote/polls/test_checkpoints.py",
    "tests/backend/vote/ballots/test_relay.py",
    "tests/verifier/face/test_liveness.py",
    "tests/verifier/register/test_findings.py",
)
#: What measures how soon a service is back: begun last, when the other process has little left to do.
MEASURING = ("tests/scripts/faults/",)


class Spread(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """A file is a unit of work, and so is a folder that shares its stack."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def arrange(items: list[pytest.Item]) -> None:
    """Puts the longest units in front and those that measure at the end; in between stays the order that was drawn by lot."""

    def rank(item: pytest.Item) -> int:
        if item.nodeid.startswith(MEASURING):
            return len(LONGEST) + 1
        return next((place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))

    items.sort(key=rank)


def scheduler(config: pytest.Config, log: object) -> Spread | None:
    """Ours where tests are spread by what they share (`--dist loadscope`), else the one that was asked for."""
    if config.getoption("dist") != "loadscope":
        return None
    config.option.loadscopereorder = False
    return Spread(config, log)
