"""`python -m scripts.evidence --rpc URL --published DIR --out FILE.zip`: all that a court needs about one poll, in one archive.

It recounts the poll first and writes what the recount said, whichever way it went. All that the node answered goes in, so that
`python -m verifier.tally --evidence FILE.zip` recounts it without any node (protocol §16). The same chain and files give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.evidence_words import EN, ZH
from verifier.tally import __file__ as tally_file
from verifier.tally.archive import ANSWERS, CONTRACTS, MANIFEST, PUBLISHED
from verifier.tally.build import NAMES, OF_THIS_CHECKOUT
from verifier.tally.contracts import CALLS, Event, decode_call
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recorded import Recording
from verifier.tally.recount import Recount, Scene
from verifier.tally.report import as_json
from verifier.tally.rpc import Transaction
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


Content = bytes | Path  # what may be long is read from its file only when it is written


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

    def files(self) -> dict[str, Content]:
        """Name and content of every file but the manifest."""
        folder = self._work.published.folder
        found: dict[str, Content] = {f"{PUBLISHED}/{name}": folder / name for name in FILES if (folder / name).is_file()}
        found["events.jsonl"] = _lines([self._event(event) for event in self._events])
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


def tool() -> dict[str, Content]:
    """The recount's own sources and its specification, so that the bundle can be recounted by itself."""
    folder = Path(tally_file).parents[2]
    sources = [folder / "verifier" / "__init__.py", *sorted(Path(tally_file).parent.rglob("*.py"))]
    found: dict[str, Content] = {f"tool/{path.relative_to(folder).as_posix()}": path for path in sources}
    specification = folder / "docs" / "protocol.md"
    return found | ({"tool/protocol.md": specification} if specification.is_file() else {})


def _certificates(paths: Sequence[Path], result_hash: bytes | None) -> dict[str, Content]:
    """Certificates that were handed in. Raises EvidenceIncomplete for one of another result."""
    for path in paths:
        if path.suffix == ".json":
            try:
                stated = json.loads(path.read_bytes())["result"]["result_hash"]
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise EvidenceIncomplete(f"{path.name} is no certificate: {type(error).__name__} {error}") from error
            if stated != _plain(result_hash):
                raise EvidenceIncomplete(f"{path.name} certifies result {stated}, the chain has {_plain(result_hash)}")
    return {f"certificate/{path.name}": path for path in paths}


def write_archive(files: dict[str, Content], out: Path, *, agrees: bool) -> None:
    """The archive, with a manifest of length and hashes of every file, and of the tool that wrote them."""
    rows, tool_hash = [], hashlib.sha256()
    part = out.with_name(out.name + ".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, given in sorted(files.items()):
            content = given.read_bytes() if isinstance(given, Path) else given
            sha256 = hashlib.sha256(content).hexdigest()
            rows.append({"name": name, "bytes": len(content), "sha256": sha256, "keccak": _plain(keccak(content))})
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), content, zipfile.ZIP_DEFLATED)
            if name.startswith("tool/"):
                tool_hash.update(f"{name} {sha256}\n".encode())
        written_by = {"name": "verifier.tally", "version": VERSION, "sources_sha256": tool_hash.hexdigest()}
        manifest = _text({"files": rows, "tool": written_by, "recount": "agrees" if agrees else "differs"})
        archive.writestr(zipfile.ZipInfo(MANIFEST, ZIP_TIME), manifest, zipfile.ZIP_DEFLATED)
    part.replace(out)


def write_bundle(rpc_url: str, folder: Path, out: Path, *, build: Path | None = None, certificates: Sequence[Path] = ()) -> Recount:
    """Recount, and write the archive. Raises EvidenceIncomplete when nothing can be said about the poll at all."""
    with tempfile.TemporaryDirectory() as name:
        answers = Path(name) / ANSWERS
        node = Recording(rpc_url, answers)
        try:
            work = Recount(node, Published(folder), Progress(), build)
            work.run(STEPS, lambda _: None)
            files = Bundle(work).files()
        except Wrong as wrong:
            raise EvidenceIncomplete(f"{wrong.place}: {wrong.what}") from wrong
        finally:
            node.close()
        files |= {ANSWERS: answers, **tool(), **_certificates(certificates, work.result.result_hash if work.result else None)}
        if build is not None:
            files |= {f"{CONTRACTS}/{name}.json": build / f"{name}.json" for name in NAMES.values()}
        write_archive(files, out, agrees=work.agrees)
    return work


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the bundle and print its figures; exit 1 when the recount differs, 2 when there is nothing to write."""
    parser = argparse.ArgumentParser(prog="python -m scripts.evidence", description="Writes the evidence about one poll into one archive.")
    parser.add_argument("--rpc", required=True, metavar="URL")
    parser.add_argument("--published", required=True, type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("evidence.zip"), metavar="FILE")
    parser.add_argument("--certificate", type=Path, metavar="FILE", action="append", default=[], help="a certificate to put in")
    given = parser.parse_args(arguments)
    try:
        build = OF_THIS_CHECKOUT if OF_THIS_CHECKOUT.is_dir() else None
        work = write_bundle(given.rpc, given.published, given.out, build=build, certificates=given.certificate)
    except EvidenceIncomplete as error:
        print(error, file=sys.stderr)
        return 2
    with given.out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
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
