"""Attacks by whoever hands a court an evidence bundle: another history, other contracts, an archive that says two things."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from eth_abi.abi import encode

from scripts.attacks.bundles import bundle, told_lie
from scripts.attacks.kinds import Attack, Patch, Run
from scripts.tampers.forge.bundle import Files
from scripts.tampers.forge.chain import ForgedChain, Sending
from scripts.tampers.forge.vote import CHOICES, ForgedVote
from scripts.tampers.lies.kinds import Lie
from tests.contracts.ballot_box import AGAINST, FOR
from verifier.tally.contracts import CHECKPOINT

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
    Patch(
        BUNDLE_2,
        "const isOurs = (log_) => log_.address",
        "const isOurs = (log_) => log_.topics[0]?.equals(CHECKPOINT) || log_.address",
    ),
)
#: A checkpoint of the case counts, whatever transaction it stands in.
CHECKPOINTS_UNASKED = (
    Patch(BUNDLE, "if by_index[index] in callers:", "if True:"),
    Patch(BUNDLE_2, "if (this.isAsked(transaction)) this.checkpoint", "this.checkpoint"),
)
#: Later blocks link earlier ones also where nothing proves the code that left the checkpoints.
CODE_UNPROVED = (
    Patch(
        BUNDLE,
        "self.believable = not source.bridged or self._proves_code or self._is_creation_known",
        "self.believable = True",
    ),
    Patch(BUNDLE_2, "const believable = !source.bridged || provesCode(source.zip) || isKnown;", "const believable = true;"),
)
#: Of two files of one name the last one counts.
NAMES_TWICE = (
    Patch("verifier/tally/chain/zip_file.py", "if entry.name in names:", "if False:"),
    Patch(ARCHIVE, 'target.open("xb")', 'target.open("wb")'),
    Patch("verifier/second/files/zip.mjs", "      if (names.has(name)) throw", "      if (false) throw"),
)
#: Files that the manifest does not know are nobody's business.
STRANGE_FILES = (
    Patch(ARCHIVE, '            log.wrong("bundle.file", str(name), "stands in the bundle or in its manifest, not in both")\n', ""),
    Patch(ARCHIVE_2, "row !== undefined && zip.entries.has(name)))\n", "true) || row === undefined)\n"),
    Patch(ARCHIVE, 'log.wrong("bundle.file", name, "is no file of a bundle")', "pass"),
    Patch(ARCHIVE_2, 'log.holds("bundle.file", name, "is no file of a bundle", FOR_PEOPLE.test(name));', ";"),
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
#: A poll may stand anywhere.
ANY_ADDRESS = (
    Patch(
        "verifier/tally/steps/node.py",
        'log.equal("poll.address", "poll.json: poll", "is not where the case\'s poll of that number stands", '
        "poll_address(case, number), poll)",
        "pass",
    ),
    Patch("verifier/second/steps/node.mjs", '  if (right !== null) log.equal("poll.address"', '  if (false) log.equal("poll.address"'),
)
#: Nobody asks which case the working group published, nor for its fingerprint.
ANY_CASE = (
    Patch("verifier/tally/steps/node.py", "    if expected:\n", "    if False:\n"),
    Patch("verifier/second/steps/node.mjs", "  if (options.case)\n", "  if (false)\n"),
)
ANY_PAPER = (
    Patch("verifier/tally/steps/node.py", "    if typed:\n", "    if False:\n"),
    Patch("verifier/second/steps/node.mjs", "  if (!typed) return log.note", "  if (true) return log.note"),
)


#: The true history: three more lenders, all against.
MORE_AGAINST = ((2, AGAINST), (3, AGAINST), (4, AGAINST))
STRANGER = bytes.fromhex("57" * 20)


@dataclass
class Fork:
    """A history without the ballots against, under a block of the true chain, to which it is tied by nothing or by a false checkpoint."""

    with_checkpoint: bool = False

    def __post_init__(self) -> None:
        self.fork = ForgedVote(choices=[(index, FOR) for index, _ in CHOICES]).build().chain
        self.true = self._true_chain()

    def _true_chain(self) -> ForgedChain:
        """The true vote, and two blocks behind it; in the last one a stranger's contract names the fork's newest block."""
        kept = [one for one in CHOICES if one[0] not in dict(MORE_AGAINST)]
        chain = ForgedVote(choices=sorted([*kept, *MORE_AGAINST])).build().chain
        chain.add(chain.head.time + 1)
        block, named = chain.add(chain.head.time + 1), self.fork.head
        if self.with_checkpoint:
            data = encode(["bytes"], [named.number.to_bytes(8, "big") + named.hash])
            block.sendings.append(Sending(STRANGER, b"checkpoint", [(STRANGER, (CHECKPOINT,), data)]))
        chain.seal()
        return chain

    def lines(self, lines: list[dict[str, Any]]) -> None:
        """The true chain's newest block, then the fork."""
        lines[:] = [self.true.head.line(), *self.fork.lines()]

    def manifest(self, found: Files) -> Files:
        """It names the true chain's newest block."""
        head = {"number": self.true.head.number, "hash": "0x" + self.true.head.hash.hex()}
        return [
            (name, json.dumps({**json.loads(content), "head": head}).encode() if name == "manifest.json" else content)
            for name, content in found
        ]


def _forked(with_checkpoint: bool) -> Run:
    def run(folder: Any) -> Any:
        fork = Fork(with_checkpoint)
        told = Lie("attack", "a fork", "proof.link", lines=fork.lines, archive=fork.manifest)
        return bundle(replace(told, before=lambda vote: vote.__dict__.update(choices=[(index, FOR) for index, _ in CHOICES])))(folder)

    return run


_attack = partial(told_lie, kind="evidence", who=WHO)


ATTACKS = (
    Attack("a fork without the ballots against, under a genuine head", WHO, _forked(False), LINKS_UNCHECKED + CODE_UNPROVED, is_quick=True),
    _attack("the head's extra data", LINKS_UNCHECKED),
    Attack(
        "a fork tied to the chain by a stranger's checkpoint",
        WHO,
        _forked(True),
        CHECKPOINTS_OF_ANYBODY + CHECKPOINTS_UNASKED + CODE_UNPROVED,
    ),
    _attack("a checkpoint by an account with code that created the case", CHECKPOINTS_UNASKED, kind="code", who="whoever opens a case"),
    _attack("two files of one name", NAMES_TWICE),
    _attack("a file that the manifest does not name", STRANGE_FILES),
    _attack("another block than the one known", HEAD_UNCHECKED),
    _attack("a case of other code", ANY_CONTRACTS, kind="signers"),
    _attack("a poll that stands elsewhere", ANY_ADDRESS, kind="signers"),
    _attack("the case of somebody else", ANY_CASE, kind="signers", who="whoever copies a case"),
    _attack("other officials than on paper", ANY_PAPER, kind="signers", who="whoever copies a case"),
)
