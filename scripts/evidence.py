"""`python -m scripts.evidence --rpc URL --published DIR --out FILE.zip`: all that a court needs about one poll, in one archive.

It recounts the poll first and writes what the recount said, whichever way it went. The same chain and files give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.evidence_words import EN, ZH
from verifier.tally import __file__ as tally_file
from verifier.tally.build import OF_THIS_CHECKOUT
from verifier.tally.contracts import CALLS, Event, decode_call
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recount import Recount, Scene
from verifier.tally.report import as_json
from verifier.tally.rpc import Node, Transaction
from verifier.tally.steps import STEPS

FILES = ("poll.json", "leaves.csv", "register.json", "plan.json", "plan.pdf", "receipts.jsonl", "result.json")
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
VERSION = "0.1.0"
#: The official acts: event, call, and the names of the call's inputs.
ACTS = {
    "RegisterFrozen": ("freezeRegister", ("root", "leaf_count", "classes", "signers", "signatures")),
    "PlanSubmitted": ("submitPlan", ("plan_hash", "signature")),
    "PlanAdmitted": ("admitPlan", ("plan_number", "signers", "signatures")),
    "PollAnnounced": ("announcePoll", ("parameters", "signers", "signatures")),
    "OfficialAttested": ("attest", ("signer", "approve", "signature")),
}


class EvidenceIncomplete(Exception):
    """The node or the folder says too little to make a bundle of."""


def _plain(value: Any) -> Any:
    """A decoded value as JSON has it: bytes in hex."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _text(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n" for row in rows)


class Bundle:
    """The files of one bundle, from a finished recount."""

    def __init__(self, work: Recount) -> None:
        if work.scene is None:
            raise EvidenceIncomplete("; ".join(finding.what for finding in work.steps[0].findings))
        self._work: Recount = work
        self._scene: Scene = work.scene
        self._events = sorted(
            [*self._scene.case_events, *self._scene.poll_events], key=lambda one: (one.log.block_number, one.log.log_index)
        )
        hashes = list(dict.fromkeys(event.log.transaction_hash for event in self._events))
        self._transactions: dict[bytes, Transaction] = {one.hash: one for one in work.node.transactions(hashes)}

    def files(self) -> dict[str, bytes]:
        """Name and content of every file but the manifest."""
        found = {
            f"published/{name}": self._work.published.bytes_of(name, 2**34)
            for name in FILES
            if (self._work.published.folder / name).is_file()
        }
        found["events.jsonl"] = _lines([self._event(event) for event in self._events])
        found["transactions.jsonl"] = _lines([self._transaction(one) for one in self._transactions.values()])
        found["openings.json"] = _text(self._openings())
        found["approvals.json"] = _text(self._approvals())
        found["code.json"] = _text(self._code())
        found["recount.json"] = (as_json(self._work) + "\n").encode()
        found["说明.txt"], found["ABOUT.txt"] = self._about(ZH, "一致", "不一致"), self._about(EN, "agrees", "differs")
        return found

    @staticmethod
    def _event(event: Event) -> dict[str, Any]:
        log = event.log
        place = {"block": log.block_number, "block_hash": _plain(log.block_hash), "log_index": log.log_index}
        raw = {"address": _plain(log.address), "topics": _plain(log.topics), "data": _plain(log.data)}
        return {"event": event.name, "transaction": _plain(log.transaction_hash), **place, **raw}

    @staticmethod
    def _transaction(one: Transaction) -> dict[str, Any]:
        bound = one.fields_hash == one.hash
        return {
            "hash": _plain(one.hash),
            "to": _plain(one.to),
            "block": one.block_number,
            "input": _plain(one.input),
            "fields_give_hash": bound,
        }

    def _carried(self, event: Event, call: str) -> Any:
        contract = self._scene.poll.address if call in ("attest", "openSums") else self._scene.case.address
        assert call in CALLS
        try:
            return decode_call(call, self._transactions[event.log.transaction_hash], contract)
        except Wrong as wrong:
            raise EvidenceIncomplete(f"{wrong.place}: {wrong.what}") from wrong

    def _openings(self) -> list[dict[str, Any]]:
        rows = []
        for event in self._scene.of_poll("PollTallied"):
            for number, values in enumerate(self._carried(event, "openSums")[0]):
                names = ("fen_for", "blind_for", "fen_against", "blind_against", "fen_abstain", "blind_abstain")
                written = (hex(value) if name.startswith("blind") else value for name, value in zip(names, values, strict=True))
                rows.append({"class": number, **dict(zip(names, written, strict=True))})
        return rows

    def _approvals(self) -> list[dict[str, Any]]:
        rows = []
        for event in self._events:
            if event.name in ACTS:
                call, names = ACTS[event.name]
                values = dict(zip(names, _plain(self._carried(event, call)), strict=True))
                rows.append({"act": event.name, "about": _plain(event.values), "transaction": _plain(event.log.transaction_hash), **values})
        return rows

    def _code(self) -> dict[str, Any]:
        scene = self._scene
        codes = {contract.name: scene.case.node.code(contract.address, scene.head) for contract in (scene.case, scene.poll)}
        return {name: {"code": _plain(code), "keccak": _plain(keccak(code)), "bytes": len(code)} for name, code in codes.items()}

    def _about(self, words: str, agrees: str, differs: str) -> bytes:
        scene = self._scene
        facts = {"case": _plain(scene.case.address), "poll": _plain(scene.poll.address), "chain_id": scene.chain_id}
        place = {"poll_number": scene.poll_number, "block": scene.head.number, "block_hash": _plain(scene.head.hash)}
        return words.format(**facts, **place, verdict=agrees if self._work.agrees else differs).encode()


def tool_hash() -> str:
    """SHA-256 over the names and bytes of the recount's own sources, so that its very version can be named."""
    folder = Path(tally_file).parent
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def manifest(files: dict[str, bytes], *, agrees: bool) -> bytes:
    """Length and hashes of every file, and the tool that wrote them."""
    rows = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "keccak": _plain(keccak(content))}
        for name, content in sorted(files.items())
    ]
    tool = {"name": "verifier.tally", "version": VERSION, "sources_sha256": tool_hash()}
    return _text({"files": rows, "tool": tool, "recount": "agrees" if agrees else "differs"})


def write_bundle(rpc_url: str, folder: Path, out: Path, *, build: Path | None = None) -> Recount:
    """Recount, and write the archive. Raises EvidenceIncomplete when nothing can be said about the poll at all."""
    node = Node(rpc_url)
    try:
        work = Recount(node, Published(folder), Progress(), build)
        work.run(STEPS, lambda _: None)
        files = Bundle(work).files()
    except Wrong as wrong:
        raise EvidenceIncomplete(f"{wrong.place}: {wrong.what}") from wrong
    finally:
        node.close()
    files["manifest.json"] = manifest(files, agrees=work.agrees)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    out.write_bytes(packed.getvalue())
    return work


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the bundle and print its figures; exit 1 when the recount differs, 2 when there is nothing to write."""
    parser = argparse.ArgumentParser(prog="python -m scripts.evidence", description="Writes the evidence about one poll into one archive.")
    parser.add_argument("--rpc", required=True, metavar="URL")
    parser.add_argument("--published", required=True, type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("evidence.zip"), metavar="FILE")
    given = parser.parse_args(arguments)
    try:
        build = OF_THIS_CHECKOUT if OF_THIS_CHECKOUT.is_dir() else None
        work = write_bundle(given.rpc, given.published, given.out, build=build)
    except EvidenceIncomplete as error:
        print(error, file=sys.stderr)
        return 2
    digest = hashlib.sha256(given.out.read_bytes()).hexdigest()
    print(
        json.dumps(
            {
                "evidence": str(given.out),
                "bytes": given.out.stat().st_size,
                "sha256": digest,
                "recount": "agrees" if work.agrees else "differs",
            }
        )
    )
    return 0 if work.agrees else 1


if __name__ == "__main__":
    sys.exit(main())
