"""Step 18: the chain is the one that witnesses saw (protocol §27)."""

from __future__ import annotations

from collections import Counter

from verifier.tally.findings import StepLog, Wrong
from verifier.tally.recount import Recount, need
from verifier.tally.witness_file import HEAD, KINDS, REWRITTEN, VOID, Entry, Witness, read

MOST_COMPARED = 512
BEFORE_REWRITING = 8


def check(recount: Recount, log: StepLog) -> None:
    """Compares the heads of every file that was handed in."""
    if not recount.options.witnesses:
        log.note("no witness's file was handed in (--witness)")
        return
    scene = need(recount.scene, 1)
    for path in recount.options.witnesses:
        try:
            witness = read(path, scene.chain_id, scene.case, recount.options.witness_keys)
        except Wrong as wrong:
            log.take(wrong)
            continue
        _compare(recount, witness, log)
        _tell_alarms(recount, witness)


def _compare(recount: Recount, witness: Witness, log: StepLog) -> None:
    """The newest heads, with what the chain has under their numbers."""
    sight = need(recount.sight, 1)
    heads = _compared(witness)
    shown = sight.shown(sorted({one.block for one in heads}))
    # Anybody can write such a file with a key of their own: it speaks against the chain where whoever recounts named its witness.
    name = "witness.chain" if recount.options.witness_keys else VOID
    seen = differing = 0
    for one in heads:
        block = shown.get(one.block)
        if block is not None:
            seen += 1
            what = f"witness 0x{witness.address.hex()} saw another block {one.block} at {one.seen_at}: the chain was rewritten since"
            differing += not log.equal(name, one.place, what, one.hash, block.hash)
        elif sight.is_whole:
            log.wrong(name, one.place, "the chain ends before a block that a witness saw", one.block, sight.head.number)
            differing += 1
    rest = " (its last line was cut off)" if witness.is_cut else ""
    log.note(f"{witness.name}: witness 0x{witness.address.hex()}, {len(heads)} heads, {seen} compared, {differing} differ{rest}")
    if not recount.options.witness_keys:
        log.note(f"{witness.name}: hold its address against what that witness published (--witness-key)")


def _compared(witness: Witness) -> list[Entry]:
    """The newest heads, and those before each time at which a signed block became another one."""
    heads: list[Entry] = []
    before: dict[int, Entry] = {}
    for one in witness.entries:
        if one.kind == HEAD:
            heads.append(one)
        elif one.kind == REWRITTEN:
            before |= {each.number: each for each in heads[-BEFORE_REWRITING:]}
    newest = {one.number: one for one in heads[-MOST_COMPARED:]}
    of_before = dict(list(before.items())[-MOST_COMPARED:])
    return [one for _, one in sorted((of_before | newest).items())]


def _tell_alarms(recount: Recount, witness: Witness) -> None:
    """What the witness had to say besides heads; its word, beside the verdict."""
    counts = Counter(one.kind for one in witness.entries if one.kind != HEAD)
    for kind, count in sorted(counts.items()):
        recount.beside.append(f"witness 0x{witness.address.hex()} / 见证人: {KINDS[kind]} ({count})")
