"""Attacks by whoever hands a court an evidence bundle: another history, other contracts, an archive that says two things."""

from __future__ import annotations

from scripts.attacks.bundles import bundle, lie
from scripts.attacks.kinds import Attack, Patch

WHO = "whoever makes the bundle"
BUNDLE, BUNDLE_2 = "verifier/tally/chain/bundle.py", "verifier/second/chain/bundle.mjs"
ARCHIVE, ARCHIVE_2 = "verifier/tally/chain/archive.py", "verifier/second/chain/archive.mjs"

#: Blocks are believed one by one, as if each were known to be one of the chain.
LINKS_UNCHECKED = (
    Patch(BUNDLE, "        if expected != block.hash:\n", "        if False:\n"),
    Patch(BUNDLE_2, "    if (!expected?.equals(block.hash))\n", "    if (false)\n"),
)
#: A checkpoint is whatever looks like one, whichever contract emitted it.
CHECKPOINTS_OF_ANYBODY = (
    Patch(BUNDLE, "if topics[:1] == (CHECKPOINT,) and address == case:", "if topics[:1] == (CHECKPOINT,):"),
    Patch(BUNDLE_2, "one.topics[0]?.equals(CHECKPOINT) && one.address.equals(this.hints.case)", "one.topics[0]?.equals(CHECKPOINT)"),
)
#: Of two files of one name the last one counts.
NAMES_TWICE = (
    Patch(ARCHIVE, "if names.count(name) > 1 or not _is_plain(name):", "if not _is_plain(name):"),
    Patch(ARCHIVE, 'target.open("xb")', 'target.open("wb")'),
    Patch("verifier/second/files/zip.mjs", "      if (names.has(name)) throw", "      if (false) throw"),
)
#: Files that the manifest does not know are nobody's business.
STRANGE_FILES = (
    Patch(ARCHIVE, '            log.wrong("bundle.file", str(name), "stands in the bundle or in its manifest, not in both")\n', ""),
    Patch(ARCHIVE_2, "row !== undefined && zip.entries.has(name)))\n", "true) || row === undefined)\n"),
)
#: Nobody holds the bundle against the block that an auditor knows.
HEAD_UNCHECKED = (
    Patch(ARCHIVE, 'log.equal("bundle.head", MANIFEST, "names another block than the one given", options.expected.head, head)', "pass"),
    Patch(
        ARCHIVE_2,
        'log.equal("bundle.head", MANIFEST, "names another block than the one given", options.head, head.hash);',
        ";",
    ),
)
#: The bundle brings its own contracts, and they are believed.
ANY_CONTRACTS = (
    Patch("verifier/tally/case.py", "        if keccak(data[: case.creation_bytes]) != case.creation_keccak:\n", "        if False:\n"),
    Patch("verifier/second/release.mjs", "if (!keccak(input.subarray(0, length)).equals(raw(hash))) return null;", ""),
)
#: What a transaction says is believed, whether it was carried out or not.
FAILED_TRANSACTIONS = (Patch("verifier/second/chain/bundle.mjs", "    if (!succeeded) throw", "    if (false) throw"),)
#: A poll may stand anywhere.
ANY_ADDRESS = (
    Patch(
        "verifier/tally/steps/node.py",
        'log.equal("poll.address", "poll.json: poll", "is not where the case\'s poll of that number stands", poll_address(case, number), poll)',
        "pass",
    ),
    Patch("verifier/second/steps/node.mjs", '  if (right !== null) log.equal("poll.address"', '  if (false) log.equal("poll.address"'),
)
#: Nobody asks which case the working group published, nor for its fingerprint.
ANY_CASE = (
    Patch("verifier/tally/steps/node.py", "    if recount.options.expected.case:\n", "    if False:\n"),
    Patch("verifier/second/steps/node.mjs", "  if (options.case)\n", "  if (false)\n"),
)
ANY_PAPER = (
    Patch("verifier/tally/steps/node.py", "    if typed:\n", "    if False:\n"),
    Patch("verifier/second/steps/node.mjs", "  if (!typed) return log.note", "  if (true) return log.note"),
)


def _attack(name: str, patches: tuple[Patch, ...], kind: str = "evidence", who: str = WHO, quick: bool = False) -> Attack:
    return Attack(name, who, bundle(lie(kind, name)), patches, quick)


ATTACKS = (
    _attack("another history under a genuine head", LINKS_UNCHECKED, quick=True),
    _attack("the head's extra data", LINKS_UNCHECKED),
    _attack("a block left out", LINKS_UNCHECKED),
    _attack("a checkpoint by another contract", CHECKPOINTS_OF_ANYBODY),
    _attack("two files of one name", NAMES_TWICE),
    _attack("a file that the manifest does not name", STRANGE_FILES),
    _attack("another block than the one known", HEAD_UNCHECKED),
    _attack("a case of other code", ANY_CONTRACTS, "signers"),
    _attack("a poll that stands elsewhere", ANY_ADDRESS, "signers"),
    _attack("the case of somebody else", ANY_CASE, "signers", "whoever copies a case"),
    _attack("other officials than on paper", ANY_PAPER, "signers", "whoever copies a case"),
)
