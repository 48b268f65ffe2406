"""All that a court needs about one poll, in one archive that proves itself up to one block hash (protocol §16).

The poll is recounted first, and the bundle says what the recount said, whichever way it went. The same chain and files give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from verifier.tally import __file__ as tally_file
from verifier.tally.chain.archive import BLOCKS, CODES, MANIFEST, PUBLISHED, STATE
from verifier.tally.chain.kinds import RULES
from verifier.tally.chain.live import LiveSource
from verifier.tally.chain.node import Node
from verifier.tally.chain.zip_file import PLAIN
from verifier.tally.contracts import Event
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recount import Options, Recount
from verifier.tally.report import as_json, verdict
from verifier.tally.steps import STEPS

from .blocks import Chain
from .words import EN, REHEARSAL, ZH

FILES = (
    *("poll.json", "seal.json", "escrow.json", "leaves.csv", "range_proofs.bin", "sample.json", "sample_proofs.bin", "register.json"),
    "conditions.json",
    *("plan.json", "plan.pdf", "receipts.jsonl", "result.json", "stamps.jsonl"),
)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
VERSION = "0.2.0"
#: The official acts: event, call, and the names of the call's inputs.
SIGNED = ("signers", "signatures")
ACTS = {
    "RegisterFrozen": ("freezeRegister", ("root", "leaf_count", "classes", "class_names_hash", "range_proofs_hash", *SIGNED)),
    "PlanSubmitted": ("submitPlan", ("plan_hash", "signature")),
    "PlanAdmitted": ("admitPlan", ("plan_number", *SIGNED)),
    "PollAnnounced": ("announcePoll", ("parameters", *SIGNED)),
    "OfficialAttested": ("attest", ("signer", "approve", "signature")),
}
#: Of a sealed poll also who appointed and confirmed, and what was handed in after the close.
SEALED_ACTS = ACTS | {
    "SealedPollAnnounced": ("announceSealedPoll", ("code", "parameters", "seal_key", "confirmations", *SIGNED)),
    "TrusteesAppointed": ("appointTrustees", ("trustees", *SIGNED)),
    "PollAbandoned": ("abandonPoll", ("poll_number", "reason_hash", *SIGNED)),
    "SharePublished": ("publishShare", ("trustee", "share")),
    "Unsealed": ("unseal", ("secret",)),
    "SealBroken": ("reportBreach", ("r", "vs")),
}
#: Calls that are sent to the poll; all others to the case.
TO_POLL = ("attest", "openSums", "publishShare", "unseal", "reportBreach")
ACTS_1 = ACTS | {"RegisterFrozen": ("freezeRegister", ("root", "leaf_count", "classes", *SIGNED))}
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
OPENING_NAMES = ("fen_for", "blind_for", "fen_against", "blind_against", "fen_abstain", "blind_abstain")


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


class Readable:
    """The files of a bundle that are there for people, from a finished recount."""

    def __init__(self, work: Recount) -> None:
        if work.scene is None or work.sight is None:
            raise EvidenceIncomplete("; ".join(finding.what for finding in work.findings))
        self._work, self._scene, self._sight = work, work.scene, work.sight

    def files(self) -> dict[str, Content]:
        """Name and content of each."""
        folder = self._work.published.folder
        found: dict[str, Content] = {f"{PUBLISHED}/{name}": folder / name for name in FILES if (folder / name).is_file()}
        found["events.jsonl"] = _lines([self._event(event) for event in self._scene.events])
        found["openings.json"] = _text(self._openings())
        found["approvals.json"] = _text(self._approvals())
        found["recount.json"] = (as_json(self._work, timed=False) + "\n").encode()
        found["说明.txt"], found["ABOUT.txt"] = self._about(ZH, "一致", "不一致"), self._about(EN, "agrees", "differs")
        return found

    @staticmethod
    def _event(event: Event) -> dict[str, Any]:
        log = event.log
        raw = {"address": _plain(log.address), "topics": _plain(log.topics), "data": _plain(log.data)}
        place = {"block": log.block_number, "log_index": log.log_index, "transaction": _plain(log.transaction_hash)}
        return {"event": event.name, **place, **raw}

    def _carried(self, event: Event, call: str) -> Any:
        contract = self._scene.poll if call in TO_POLL else self._scene.case
        transaction = self._sight.transaction(event.log.block_number, event.log.transaction_hash)
        return self._scene.dialect.decode_call(call, transaction, contract, "node.transaction")

    def _openings(self) -> list[dict[str, Any]]:
        rows, register = [], self._work.register
        classes = len(register.classes) if register else 1
        for event in self._scene.of_poll("PollTallied", "MotionsTallied"):
            for place, values in enumerate(self._carried(event, "openSums")[0]):
                named = zip(OPENING_NAMES, values, strict=True)
                motion, number = divmod(place, classes)
                about = {"motion": motion, "class": number} if self._scene.sealed else {"class": place}
                rows.append({**about, **{name: hex(one) if name.startswith("blind") else one for name, one in named}})
        return rows

    def _approvals(self) -> list[dict[str, Any]]:
        rows, acts = [], SEALED_ACTS if self._scene.sealed else ACTS_1 if self._scene.protocol == 1 else ACTS
        for event in self._scene.events:
            if event.name in acts and self._is_act(event):
                call, names = acts[event.name]
                values = dict(zip(names, _plain(self._carried(event, call)), strict=True))
                values.pop("code", None)  # the release's, which the recount compared
                rows.append({"act": event.name, "about": _plain(event.values), "transaction": _plain(event.log.transaction_hash), **values})
        return rows

    def _is_act(self, event: Event) -> bool:
        """The trustees with whom the case was created were appointed by no call of their own; other polls have bundles of their own."""
        others = event.name == "SealedPollAnnounced" and event.values[0] != self._scene.poll_number
        return not others and event.log.transaction_hash != self._scene.created

    def _about(self, words: str, agrees: str, differs: str) -> bytes:
        scene, head = self._scene, self._sight.head
        facts = {"case": _plain(scene.case), "poll": _plain(scene.poll), "chain_id": scene.chain_id, "poll_number": scene.poll_number}
        said = agrees if self._work.agrees else differs
        taken_at = datetime.fromtimestamp(head.timestamp, BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        mark = REHEARSAL if scene.rehearsal else ""
        return (mark + words).format(**facts, block=head.number, block_hash=_plain(head.hash), taken_at=taken_at, verdict=said).encode()


def tool() -> dict[str, Content]:
    """The recount's own sources and its specification, so that the bundle can be recounted by itself."""
    folder = Path(tally_file).parents[2]
    sources = [folder / "verifier" / "__init__.py", *sorted(Path(tally_file).parent.rglob("*.py"))]
    sources += sorted((folder / "verifier" / "ranges").glob("*.py"))
    sources += sorted((folder / "verifier" / "releases").glob("*.json"))
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
    # Under its own name only where every machine takes that for the same (§16).
    names = [path.name if PLAIN.fullmatch(path.name) else f"{number}{path.suffix}" for number, path in enumerate(paths, start=1)]
    return {f"certificate/{name}": path for name, path in zip(names, paths, strict=True)}


def write_archive(files: dict[str, Content], out: Path, facts: dict[str, Any]) -> None:
    """The archive, with a manifest of these facts, length and hashes of every file, and the tool that wrote them."""
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
        manifest = _text({**facts, "files": rows, "tool": written_by})
        archive.writestr(zipfile.ZipInfo(MANIFEST, ZIP_TIME), manifest, zipfile.ZIP_DEFLATED)
    part.replace(out)


def write_bundle(
    rpc_url: str, folder: Path, out: Path, options: Options, *, certificates: Sequence[Path] = (), progress: Progress | None = None
) -> Recount:
    """Recount, and write the archive. Raises EvidenceIncomplete when nothing can be said about the poll at all."""
    progress, node, rule = progress or Progress(quiet=True), Node(rpc_url), RULES[options.rule]
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        try:
            work = Recount(LiveSource(node, rule), Published(folder), progress, options)
            work.run(STEPS, lambda _: None)
            files = Readable(work).files()
            files |= _proofs(Chain(node, rule, work), scratch)
        except Wrong as wrong:
            raise EvidenceIncomplete(f"{wrong.place}: {wrong.what}") from wrong
        finally:
            node.close()
        files |= {**tool(), **_certificates(certificates, work.result.result_hash if work.result else None)}
        write_archive(files, out, _facts(work, options.rule))
    return work


def _proofs(chain: Chain, scratch: Path) -> dict[str, Content]:
    """Blocks, and code and state where the node proves them."""
    chain.write_blocks(scratch / BLOCKS)
    found: dict[str, Content] = {BLOCKS: scratch / BLOCKS}
    if chain.write_codes(scratch / CODES):
        found[CODES] = scratch / CODES
    if chain.work.register is not None and chain.write_state(scratch / STATE):
        found[STATE] = scratch / STATE
    return found


def _facts(work: Recount, rule: str) -> dict[str, Any]:
    assert work.sight is not None
    head = work.sight.head
    return {"bundle": 2, "rule": rule, "head": {"number": head.number, "hash": _plain(head.hash)}, "recount": verdict(work)}
