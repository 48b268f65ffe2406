"""The two recounts, asked as an auditor asks them: as programs, by what they print."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.build.contracts import ROOT

TALLY_NAMES = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")
FIRST = (sys.executable, "-m", "verifier.tally")
SECOND = ("node", str(ROOT / "verifier" / "second" / "recount.mjs"))
SECONDS = 600


@dataclass(frozen=True)
class Said:
    """What a recount said last: its verdict, the names of findings and void papers, and the whole line."""

    verdict: str
    names: frozenset[str]
    void: frozenset[str]
    line: dict[str, Any]

    @property
    def tallies(self) -> list[tuple[int, ...]]:
        """The result by class: heads for, against, abstaining; fen likewise."""
        return [tuple(one[name] for name in TALLY_NAMES) for one in self.line.get("tallies") or []]

    @property
    def passed(self) -> bool | None:
        found: bool | None = self.line.get("passed")
        return found

    @property
    def decision(self) -> str | None:
        found: str | None = self.line.get("decision")
        return found

    def has(self, finding: str) -> bool:
        return finding in self.names or finding in self.void


def ask(tool: Sequence[str], arguments: Sequence[str], folder: Path) -> Said:
    """A recount with these arguments, files relative to the folder. A tool that breaks says "broken"."""
    brought = [str(folder / one) if not one.startswith("--") and (folder / one).exists() else one for one in arguments]
    done = subprocess.run([*tool, *brought, "--json"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS)
    try:
        line = json.loads(done.stdout.splitlines()[-1])
        void = frozenset(one["name"] for one in line["void"])
        said = Said(line["recount"], frozenset(line["names"]), void, line)
    except (IndexError, ValueError, KeyError, TypeError):
        return Said("broken", frozenset(), frozenset(), {"stderr": done.stderr[-2000:]})
    return said if done.returncode == line["exit_status"] else Said("broken", said.names, void, line)
