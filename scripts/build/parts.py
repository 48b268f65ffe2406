"""The parts of which people install one: what each needs, where its lock is, and which of our packages it runs.

pyproject.toml and deploy/recount/pyproject.toml say what a part needs; here is only which of those lists make it up.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "pyproject.toml"
RECOUNT = ROOT / "deploy" / "recount" / "pyproject.toml"
#: What the customer names and a serving backend does not import. The compiler's work is done before the wheel is made.
NOT_OF_THE_BACKEND = frozenset({"face-recognition", "py-solc-x", "pytest"})


@dataclass(frozen=True)
class Part:
    """One thing to install. `extras` None: all there is in the lock of development."""

    name: str
    what: str
    lock: Path
    packages: tuple[str, ...]
    """Folders of ours that it runs."""
    base: bool = False
    extras: tuple[str, ...] = ()
    wheel: str = "lendervote"
    left_out: frozenset[str] = NOT_OF_THE_BACKEND
    """Of the base, what this part does without; `only`: all that it takes of it."""
    only: frozenset[str] = frozenset()

    def requirements(self) -> list[str]:
        """What it needs, as the papers declare it, by name."""
        project = _project(PROJECT)
        if self.wheel != project["name"]:
            return sorted(_project(RECOUNT)["dependencies"])
        found = {one for one in project["dependencies"] if self.base and self._takes(name_of(one))}
        return sorted(found.union(*(project["optional-dependencies"][extra] for extra in self.extras)))

    def _takes(self, name: str) -> bool:
        return name in self.only if self.only else name not in self.left_out


AUDITOR = Part(
    "auditor",
    "recounts, the officials' register tool and the witness",
    ROOT / "requirements-auditor.lock",
    ("verifier/tally", "verifier/register", "verifier/ranges", "verifier/sampling", "verifier/second", "verifier/witness"),
    wheel="lendervote-recount",
)
ISSUER = Part(
    "issuer",
    "identity verifier without faces",
    ROOT / "requirements-issuer.lock",
    ("verifier/issuer", "verifier/signing"),
    extras=("issuer",),
)
FACE = Part(
    "face",
    "identity verifier with comparison of faces",
    ROOT / "requirements-face.lock",
    (*ISSUER.packages, "verifier/face"),
    extras=("issuer", "face"),
)
SFACE = Part(
    "sface",
    "identity verifier with comparison of faces by SFace, without dlib",
    ROOT / "requirements-sface.lock",
    FACE.packages,
    extras=("issuer", "sface"),
)
TRUSTEE = Part(
    "trustee",
    "tool of trustees who trust no page",
    ROOT / "requirements-trustee.lock",
    ("verifier/trustee", "verifier/escrow", "verifier/shares", "verifier/signing"),
    extras=("trustee",),
)
BACKEND = Part(
    "backend",
    "service, command line, evidence bundles",
    ROOT / "requirements-backend.lock",
    (
        "backend",
        "scripts/cli",
        "scripts/evidence",
        *(f"verifier/{name}" for name in ("tally", "register", "ranges", "sampling", "web", "witness", "gateways", "alarms")),
    ),
    base=True,
)
OUTLOOK = Part(
    "outlook",
    "a backend whose operator forecasts loan books, by a command beside the service",
    ROOT / "requirements-outlook.lock",
    BACKEND.packages,
    base=True,
    extras=("outlook",),
)
FULL = Part("full", "everything, with drills and tests", ROOT / "requirements.lock", ())
#: What a checkout needs for the demo; and of that, what compiles the contracts, so that this begins while the rest is fetched.
DEMO = Part(
    "demo",
    "a whole vote on this machine",
    ROOT / "requirements-demo.lock",
    (),
    base=True,
    extras=("issuer", "face", "trustee", "bench"),
    left_out=frozenset({"pytest"}),
)
COMPILER = Part("compiler", "compiling the contracts", ROOT / "requirements-compiler.lock", (), base=True, only=frozenset({"py-solc-x"}))
#: Those of which people install one; their locks are drawn from the whole one.
DRAWN = (AUDITOR, ISSUER, FACE, SFACE, TRUSTEE, BACKEND, OUTLOOK)
PARTS = (*DRAWN, FULL)
OF_A_CHECKOUT = (COMPILER, DEMO)


def name_of(requirement: str) -> str:
    """The distribution's name in a requirement, as registries compare them."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _project(path: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["project"]
    return project
