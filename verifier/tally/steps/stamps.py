"""Step 17: what outsiders stamped is the chain's, and was there when they saw it (protocol §26)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak, word
from verifier.tally.recount import Recount, Scene, need
from verifier.tally.stamps import NAME, SUBJECTS, Roots, Stamp, Stamped, read

EARLIEST, LATEST = 300, 86_400  # seconds before the block's own time, and after it
VOID = "void.stamps"
#: Events that have what a stamp of that subject says, and where among their values it stands.
VALUES = {"register": (("RegisterFrozen", 1),), "result": (("PollTallied", 0), ("MotionsTallied", 0))}


def check(recount: Recount, log: StepLog) -> None:
    """Judges the published stamps, then those that somebody kept."""
    published = recount.published.folder / NAME
    kept = recount.options.stamps
    if not recount.published.has(NAME) and not kept:
        log.note("no stamps were published: that all was there when it says rests on the chain's own clock")
        if recount.options.authorities is not None:
            recount.beside.append("no stamp of the authorities that were brought / 没有所给时间戳机构的时间戳")
        return
    judge = Judge(recount, log)
    if recount.published.has(NAME):
        judge.take(published, NAME)
    for path in kept:
        judge.take(path, path.name, is_kept=True)
    judge.tell(recount)


class Judge:
    """Holds stamps against roots and chain."""

    def __init__(self, recount: Recount, log: StepLog) -> None:
        self._scene, self._sight = need(recount.scene, 1), need(recount.sight, 1)
        terms = need(recount.terms, 2)
        self._signer, self._number = terms.receipt_signer, terms.register_number
        self._roots: Roots | None = recount.options.authorities
        self._log = log
        self._good: Counter[tuple[str, str]] = Counter()
        self._unchecked = self._unseen = self._others = 0

    def take(self, path: Path, name: str, *, is_kept: bool = False) -> None:
        """Every line of a file."""
        try:
            lines = list(read(path, name))
        except Wrong as wrong:
            self._log.take(wrong.renamed(VOID) if is_kept else wrong)
            return
        held: list[tuple[Stamp, Stamped]] = []
        for one in lines:
            try:
                if isinstance(one, Wrong):
                    raise one
                held += self._stamped(one)
            except Wrong as wrong:
                self._log.take(wrong.renamed(VOID) if is_kept else wrong)
        self._compare(held, is_kept=is_kept)

    def _stamped(self, stamp: Stamp) -> Iterable[tuple[Stamp, Stamped]]:
        """With its time, where there are roots to tell it by. Raises Wrong."""
        digest = stamp.digest(self._scene.case_separator, self._scene.poll_separator)
        if not stamp.is_signed_by(self._signer, digest):
            raise Wrong("stamps.signature", stamp.place, "is not signed by the poll's receipt signer", self._signer, "another key")
        if self._roots is None:
            self._unchecked += 1
            return []
        return [(stamp, self._roots.stamped(stamp, stamp.imprint(digest)))]

    def _compare(self, held: list[tuple[Stamp, Stamped]], *, is_kept: bool) -> None:
        """Each with the block under its number."""
        shown = self._sight.shown(sorted({stamp.block for stamp, _ in held}))
        for stamp, by in held:
            block = shown.get(stamp.block)
            if block is None:
                if self._sight.is_whole:
                    self._log.wrong("stamps.chain", stamp.place, "the chain ends before a block that was stamped", stamp.block)
                self._unseen += 1
                continue
            what = f"{by.authority} stamped another block {stamp.block} at {by.at}: the chain was rewritten since"
            if not self._log.equal("stamps.chain", stamp.place, what, stamp.block_hash, block.hash):
                continue
            if block.time is not None and not self._in_time(stamp, by.at, block.time, is_kept=is_kept):
                continue
            values = values_in(self._scene, stamp)
            what = "its block holds no such root, note or result"
            if not self._log.holds("stamps.chain", stamp.place, what, stamp.value in values, sorted(values)[:3], stamp.value):
                continue
            if stamp.subject == "register" and stamp.value not in values_in(self._scene, stamp, self._number):
                self._others += 1  # of the same case, and signed under its domain: anybody may hand that in
                continue
            self._good[stamp.subject, by.authority] += 1

    def _in_time(self, stamp: Stamp, at: int, time: int, *, is_kept: bool) -> bool:
        """Whether it was stamped when its block was made. A published line can be stamped again by anybody: kept, a late one is void."""
        name = VOID if is_kept and at > time + LATEST else "stamps.time"
        what = f"was not stamped within {EARLIEST} s before and {LATEST} s after its block's time"
        return self._log.holds(name, stamp.place, what, time - EARLIEST <= at <= time + LATEST, time, at)

    def tell(self, recount: Recount) -> None:
        """What was stamped, by whom; what nobody stamped although somebody was to."""
        log = self._log
        if self._roots is None:
            log.note(f"{self._unchecked} stamps are not checked: bring the root certificate of each authority (--authority)")
            return
        for (subject, authority), count in sorted(self._good.items()):
            log.note(f"{subject}: {count} stamped in time by {authority}")
        if self._unseen:
            log.note(f"{self._unseen} stamps are about blocks that are not shown here")
        if self._others:
            log.note(f"{self._others} stamps are about other registers of the case")
        got = {subject for subject, _ in self._good}
        there = {"close": any(one.name == "Noted" for one in self._scene.events), "result": recount.result is not None}
        due = [one for one in SUBJECTS if one not in got and there.get(one, True)]
        if due:
            recount.beside.append(f"not stamped in time by an authority / 没有及时的时间戳: {', '.join(due)}")


def values_in(scene: Scene, stamp: Stamp, register_number: int | None = None) -> set[bytes]:
    """What a stamp of that subject may say about its block; of registers of one alone, where its number is given."""
    if stamp.subject == "head":
        return {bytes(32)}
    events = [one for one in scene.events if one.log.block_number == stamp.block]
    if stamp.subject == "close":
        return {keccak(one.values[2]) for one in events if one.name == "Noted" and _closes(one.values[2], scene.poll)}
    if register_number is not None:
        events = [one for one in events if one.values[0] == register_number]
    return {one.values[place] for name, place in VALUES[stamp.subject] for one in events if one.name == name}


def _closes(note: bytes, poll: bytes) -> bool:
    """Whether a note says of itself that it is the last one of this poll (protocol §11)."""
    return note[:32] == bytes(12) + poll and note[96:128] == word(1)
