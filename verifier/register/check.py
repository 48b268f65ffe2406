"""The whole check, from files to an outcome (protocol §19)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from verifier.ranges.file import DEMANDED_SINCE
from verifier.register.act import compare_act, facts_of, read_act
from verifier.register.bars import Advance, bar
from verifier.register.claims.amounts import LARGEST_FEN
from verifier.register.claims.file import ClaimsFile, read_claims
from verifier.register.claims.merge import MOST_CLASSES
from verifier.register.comparison import Asked, Comparison
from verifier.register.findings import MOST_LISTED, Finding, Findings
from verifier.register.freeze import NO_RANGE_PROOFS, Freeze, Place
from verifier.register.hashes import keccak_of_file
from verifier.register.openings import Openings
from verifier.register.published import PublishedLeaves
from verifier.register.ranges import PLACE_SINCE, check_ranges
from verifier.register.report import Outcome
from verifier.register.work import work_out


@dataclass(frozen=True)
class Task:
    """What the official handed in."""

    claims: Path
    openings: Path
    password: str
    place: Place
    with_related: bool
    act: Path | None = None
    leaves: Path | None = None
    language: str = "zh"
    quiet: bool = False
    range_proofs: Path | None = None


_BARS = {"opening": ("打开明细文件", "opening the openings"), "claims": ("读取登记表", "reading the claims file"),
         "comparing": ("逐行核对", "comparing"), "working": ("计算", "working out every leaf"),
         "ranges": ("核对范围证明", "checking the range proofs")}  # fmt: skip


class Check:
    """One run; `outcome` grows with it, and is whole when `run` has ended."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._findings = Findings()
        self._seconds: dict[str, float] = {}
        self.outcome = Outcome(self._findings, seconds=self._seconds)

    def run(self) -> Outcome:
        """Raises: NotCompared, FileRefused, OSError, MemoryError."""
        task = self._task
        act = read_act(task.act) if task.act else None
        openings = Openings(task.openings, task.password)
        with self._timed("opening", openings.content_bytes) as told:
            openings.check(told)
        keccak = keccak_of_file(task.claims)
        self.outcome.claims_keccak = "0x" + keccak.hex()
        claims = self._read_claims()
        comparison = Comparison(claims, Asked(task.place, task.with_related, keccak), self._findings)
        with self._timed("comparing", openings.content_bytes) as told:
            comparison.run(openings.lines(told))
        self.outcome.leaves = len(comparison.leaves)
        if self._findings.total:
            return self.outcome
        self._work_out(comparison)
        if act is not None and self.outcome.worked_out is not None:
            facts = facts_of(claims, keccak, _sha256_of(task.claims), with_related=task.with_related)
            self.outcome.beside = compare_act(act, self.outcome.worked_out, facts, self._findings)
        return self.outcome

    def _read_claims(self) -> ClaimsFile:
        size = self._task.claims.stat().st_size
        with self._timed("claims", size // 120) as told:  # about so many bytes make a row; for the bar only
            claims = read_claims(self._task.claims, told, MOST_LISTED)
        self.outcome.rows = claims.rows
        self.outcome.unseen = claims.unseen
        for broken in claims.broken:
            self._findings.add(Finding("claims.row", {**broken.facts, "rule": broken.rule}, (broken.row,), (broken.cell,)))
        self._findings.count("claims.row", claims.broken_total - len(claims.broken))
        held = [lender for lender in claims.merge.lenders if lender.amount_fen]
        classes = len({lender.voting_class for lender in held})
        if classes > MOST_CLASSES:
            self._findings.add(Finding("claims.classes", {"count": classes}))
        if sum(lender.amount_fen for lender in held) > LARGEST_FEN:
            self._findings.add(Finding("claims.total"))
        return claims

    def _work_out(self, comparison: Comparison) -> None:
        published, points = PublishedLeaves(self._task.leaves, self._findings) if self._task.leaves else None, bytearray()
        with self._timed("working", len(comparison.leaves)) as told:

            def seen(index: int, voting_class: int, point: bytes) -> None:
                told(1)
                points.extend(point)
                if published is not None:
                    published.take(index, voting_class, point)

            worked_out = work_out(self._task.place, comparison.class_names, comparison.leaves, seen)
        if published is not None:
            published.end()
        self.outcome.worked_out = replace(worked_out, range_proofs_hash=self._proofs_hash(worked_out, bytes(points)))

    def _proofs_hash(self, worked_out: Freeze, points: bytes) -> bytes:
        """Of the range proofs, once they were checked; without a file that of none, which is a finding since there have to be proofs."""
        path, protocol = self._task.range_proofs, self._task.place.protocol
        if path is None or protocol < PLACE_SINCE:
            if protocol >= DEMANDED_SINCE:
                self._findings.add(Finding("ranges.missing", {}))
            return NO_RANGE_PROOFS
        with self._timed("ranges", worked_out.leaf_count) as told:
            return check_ranges(path, worked_out, points, self._findings, told)

    @contextmanager
    def _timed(self, what: str, total: int) -> Iterator[Advance]:
        began = time.monotonic()
        words = _BARS[what][self._task.language == "en"]
        with bar(words, total, wanted=not self._task.quiet) as told:
            yield told
        self._seconds[what] = time.monotonic() - began


def _sha256_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
