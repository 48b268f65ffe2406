"""Where the guide's folders and names are on this machine: the only words of a documented command or setting that are put differently."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.first_case.documents import ROOT

MEMORY = Path("/dev/shm")  # noqa: S108  the one file system that every Linux machine has beside its disk
#: The guide's public names. Each has an address from the ranges for examples, as another machine would, and a port of this machine.
PAGES, VERIFIER = "vote.example.org", "face.example.org"
NODES = ("node.court.example", "node.bank.example", "rpc.notaries.example")
NAMES = (PAGES, VERIFIER, *NODES)


def address_of(name: str) -> str:
    """The address that stands for a name's machine: no machine has it (RFC 5737)."""
    return f"203.0.113.{10 + NAMES.index(name)}"


@dataclass(frozen=True)
class Places:
    """One run's folders, in one folder of its own; the journal on another disk."""

    folder: Path
    journal: Path

    @classmethod
    def below(cls, folder: Path) -> Places:
        """Make the folders' parent. `folder` has to be empty or not there."""
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(f"{folder} is not empty: a first case begins with nothing")
        elsewhere = MEMORY if MEMORY.is_dir() else folder
        return cls(folder.resolve(), Path(tempfile.mkdtemp(prefix="lendervote-journal-", dir=elsewhere)))

    @property
    def mapping(self) -> dict[str, str]:
        """Folder of the guide to folder here, the longest first."""
        pairs = {
            "/var/lib/lendervote-journal": str(self.journal / "lendervote-journal"),
            "/opt/lendervote": str(ROOT),
            **{name: str(self.folder) + name for name in ("/etc/lendervote", "/var/lib/lendervote", "/var/backups/lendervote")},
        }
        return dict(sorted(pairs.items(), key=lambda pair: -len(pair[0])))

    def here(self, text: str) -> str:
        """A text of the guide with this run's folders."""
        names = self.mapping
        return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)

    def path(self, text: str) -> Path:
        """A folder or file of the guide, here."""
        return Path(self.here(text))
