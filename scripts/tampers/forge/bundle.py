"""A forged vote as an evidence bundle."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.tampers.forge.vote import ForgedVote

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
Files = list[tuple[str, bytes]]


def write(
    vote: ForgedVote,
    path: Path,
    *,
    lines: Callable[[list[dict[str, Any]]], object] = lambda _: None,
    files: Callable[[Files], Files] = lambda found: found,
    archive: Callable[[Files], Files] = lambda found: found,
) -> Path:
    """The bundle; `lines` changes the blocks, `files` what the manifest lists, `archive` what stands in the zip in the end."""
    found: Files = [(f"published/{name}", content) for name, content in vote.published.items()]
    proofs = [(name, one) for name, one in (("state.jsonl", vote.state), ("code.jsonl", vote.codes)) if one]
    found = sorted(files([*found, *proofs, ("blocks.jsonl", vote.chain.jsonl(lines))]))
    head = {"number": vote.chain.head.number, "hash": "0x" + vote.chain.head.hash.hex()}
    rows = [{"name": name, "bytes": len(one), "sha256": hashlib.sha256(one).hexdigest()} for name, one in found]
    manifest = {"bundle": 2, "rule": "ethereum", "head": head, "files": rows, "tool": {}, "recount": "agrees"}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in archive([*found, ("manifest.json", json.dumps(manifest).encode())]):
            zipped.writestr(zipfile.ZipInfo(name, ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return path
