"""Recounts of one poll on every validator of a consortium, by both tools; and of its evidence bundle without any node."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.consortium.network import Network
from scripts.rig.api import Api
from scripts.rig.steps import PUBLISHED, TOOLS, log_of_verifier
from scripts.rig.vote import Vote

SECONDS = 900


@dataclass(frozen=True)
class Said:
    """What one tool said of one source."""

    source: str
    tool: str
    status: int
    line: dict[str, Any]
    text: str

    @property
    def agrees(self) -> bool:
        """Whether it found nothing."""
        return self.status == 0 and self.line.get("recount") == "agrees"


def published(vote: Vote, folder: Path) -> Path:
    """The published files and the verifier's log, taken as anybody takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    public = Api(vote.stack.url)
    for name in (*PUBLISHED, "seal.json") if vote.is_sealed else PUBLISHED:
        (folder / name).write_bytes(public.download(f"/api/polls/{vote.poll['id']}/published/{name}"))
    (folder.parent / "issuer-log.jsonl").write_bytes(log_of_verifier(vote))
    return folder


def by_nodes(network: Network, folder: Path) -> list[Said]:
    """Each tool on each validator, with the validators that the parties named."""
    log = folder.parent / "issuer-log.jsonl"
    found = []
    for validator in network.validators:
        brought = ["--rpc", validator.url, "--published", str(folder), "--issuer-log", str(log)]
        found += _both(validator.name, [*brought, *_chain(network)])
    return found


def by_bundle(network: Network, folder: Path, bundle: Path) -> list[Said]:
    """An evidence bundle made by the first validator's node, recounted by each tool without a node; its block is told by another's."""
    source = network.validators[0]
    command = [sys.executable, "-m", "scripts.evidence", "--rpc", source.url, "--published", str(folder), "--out", str(bundle)]
    done = subprocess.run([*command, *_chain(network)], capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode != 0:
        return [Said("bundle", "evidence", done.returncode, {}, done.stdout + done.stderr)]
    made = json.loads(done.stdout.splitlines()[-1])
    head = network.validators[-1].node.hash_of(made["block"])
    return _both("bundle", ["--evidence", str(bundle), "--head", head, *_chain(network)])


def _chain(network: Network) -> list[str]:
    return ["--chain", "kaia", "--validators", str(network.named_validators)]


def _both(source: str, words: Sequence[str]) -> list[Said]:
    return [_said(source, name, [*tool, *words, "--json"]) for name, tool in zip(("first", "second"), TOOLS, strict=True)]


def _said(source: str, tool: str, command: Sequence[str]) -> Said:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    lines = done.stdout.splitlines()
    try:
        line = json.loads(lines[-1])
    except (IndexError, ValueError):
        line = {}
    return Said(source, tool, done.returncode, line if isinstance(line, dict) else {}, done.stdout[-6000:] + done.stderr[-2000:])
