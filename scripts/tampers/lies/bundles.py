"""Lies of the archive itself: its files, its blocks, their links and proofs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from eth_abi.abi import encode

from scripts.tampers.forge.bundle import Files
from scripts.tampers.forge.chain import Sending
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Brought, Lie, file_gone, no_logs, sending
from verifier.tally.contracts import CHECKPOINT

KIND = "evidence"
Lines = list[dict[str, Any]]


def _hex(text: str, place: int = -1) -> str:
    raw = bytearray.fromhex(text[2:])
    raw[place] ^= 1
    return "0x" + raw.hex()


def _header(lines: Lines, number: int, place: int) -> None:
    lines[number]["header"] = _hex(lines[number]["header"], place)


def _cut_header(lines: Lines) -> None:
    lines[3]["header"] = "0x" + lines[3]["header"][4:]


def _again(lines: Lines) -> None:
    lines.append(lines[-1])


def _proof(key: str, change: Any) -> Any:
    def inside(lines: Lines) -> None:
        change(next(line for line in lines if line[key])[key][0])

    return inside


def _node(place: int, byte: int) -> Any:
    def inside(one: dict[str, Any]) -> None:
        one["proof"][place] = _hex(one["proof"][place], byte)

    return inside


def _fork(lines: Lines) -> None:
    """The history of another vote below a head that both have in common by name only."""
    vote = ForgedVote()
    vote.choices = vote.choices[:-1]
    other = vote.build().chain.lines()
    lines[1:] = other[1:]


def _other_number(lines: Lines) -> None:
    lines[4]["number"] += 1


def _checkpoint(vote: ForgedVote, *, contract: bytes, right: bool) -> None:
    """Blocks in the middle left out, and a checkpoint in their place."""
    blocks = vote.chain.blocks
    named = blocks[5]
    said = named.hash if right else bytes(32)
    data = encode(["bytes"], [named.number.to_bytes(8, "big") + said])
    blocks[8].sendings.append(Sending(contract, b"checkpoint", [(contract, (CHECKPOINT,), data)]))


def _left_out(lines: Lines) -> None:
    del lines[5:7]


def _add(name: str, content: bytes) -> Any:
    return lambda found: [*found, (name, content)]


def _twice(found: Files) -> Files:
    """A second result in the same archive."""
    return [*found, next(one for one in found if one[0] == "published/result.json")]


def _manifest(change: Callable[[dict[str, Any]], object]) -> Any:
    """The manifest with something else in it."""

    def changed(content: bytes) -> bytes:
        manifest = json.loads(content)
        change(manifest)
        return json.dumps(manifest).encode()

    return lambda found: [(name, changed(content) if name == "manifest.json" else content) for name, content in found]


def _true_bytes(manifest: dict[str, Any]) -> None:
    next(row for row in manifest["files"] if row["name"] == "tool/one")["bytes"] = True


def _true_number(manifest: dict[str, Any]) -> None:
    manifest["head"]["number"] = True


def _changed(found: Files) -> Files:
    return [(name, content + b" " if name == "published/plan.pdf" else content) for name, content in found]


def _without(gone: str) -> Any:
    return lambda found: [one for one in found if one[0] != gone]


def _failed(_: ForgedVote, one: Sending) -> None:
    one.status = 0


def _raw(content: bytes) -> Any:
    def change(_: ForgedVote, one: Sending) -> None:
        one.raw = content

    return change


LIES = (
    Lie(KIND, "two files of one name", "bundle.name", archive=_twice),
    Lie(KIND, "a file outside the folder", "bundle.name", archive=_add("../outside.txt", b"x")),
    Lie(KIND, "an absolute name", "bundle.name", archive=_add("/etc/x", b"x")),
    Lie(KIND, "a file in a folder that is a file", "bundle.name", files=lambda found: [*found, ("tool/a", b"x"), ("tool/a/b", b"y")]),
    Lie(KIND, "a name with a blank that looks like none", "bundle.name", files=_add("tool/a\u00a0b", b"x")),
    Lie(KIND, "a name that readers of letters do not agree on", "bundle.name", files=_add("tool/\U0002ebf0", b"x")),
    Lie(KIND, "a name longer than disks take", "bundle.name", files=_add("tool/" + "a" * 300, b"x")),
    Lie(KIND, "a length that is true", "bundle.unreadable", files=_add("tool/one", b"x"), archive=_manifest(_true_bytes)),
    Lie(KIND, "a block's number that is true", "bundle.unreadable", archive=_manifest(_true_number)),
    Lie(KIND, "a file that the manifest does not name", "bundle.file", archive=_add("published/notes.txt", b"x")),
    Lie(KIND, "a file that no bundle has", "bundle.file", files=_add("published/decision.txt", b"refused")),
    Lie(KIND, "a file that is not there", "bundle.file", archive=_without("published/plan.pdf")),
    Lie(KIND, "a file that was changed afterwards", "bundle.file", archive=_changed),
    Lie(KIND, "no manifest", "bundle.unreadable", archive=_without("manifest.json")),
    Lie(KIND, "another block than the one known", "bundle.head", brings=lambda _: Brought(options={"--head": "0x" + "ab" * 32})),
    Lie(KIND, "the head's extra data", "proof.link", lines=lambda lines: _header(lines, 0, -100)),
    Lie(KIND, "a block's time", "proof.link", lines=lambda lines: _header(lines, 6, -90)),
    Lie(KIND, "a header that is cut", "proof.header", lines=_cut_header),
    Lie(KIND, "no block at all", "proof.header", lines=lambda lines: lines.clear()),
    Lie(KIND, "a block under another number", "proof.header", lines=_other_number),
    Lie(KIND, "a block that stands again further down", "proof.order", lines=_again),
    Lie(KIND, "another history under a genuine head", "proof.link", lines=_fork),
    Lie(KIND, "a block left out", "proof.link", lines=lambda lines: lines.pop(5)),
    Lie(
        KIND,
        "a checkpoint by another contract",
        "proof.link",
        after=lambda vote: _checkpoint(vote, contract=vote.poll, right=True),
        lines=_left_out,
    ),
    Lie(
        KIND,
        "a checkpoint of another hash",
        "proof.link",
        after=lambda vote: _checkpoint(vote, contract=vote.case, right=False),
        lines=_left_out,
    ),
    Lie(KIND, "a byte of a trie's node", "proof.trie", lines=_proof("transactions", _node(0, 40))),
    Lie(KIND, "a node too many", "proof.trie", lines=_proof("transactions", lambda one: one["proof"].append("0xc0"))),
    Lie(KIND, "a node that is no RLP", "proof.trie", lines=_proof("receipts", lambda one: one["proof"].__setitem__(0, "0xf8"))),
    Lie(KIND, "no node at all", "proof.trie", lines=_proof("receipts", lambda one: one["proof"].clear())),
    Lie(KIND, "a transaction under another index", "proof.trie", lines=_proof("transactions", lambda one: one.update(index=1))),
    Lie(KIND, "a transaction without its receipt", "proof.receipt", lines=lambda lines: lines[3]["receipts"].clear()),
    Lie(KIND, "a transaction that failed", "proof.receipt", after=sending("open", _failed)),
    Lie(KIND, "a decision left out", "result.file", after=no_logs("attest 1")),
    Lie(KIND, "a transaction of a kind that there is not", "proof.transaction", after=sending("admit", _raw(b"\x7f\xc0"))),
    Lie(KIND, "a transaction with a field more", "proof.transaction", after=sending("admit", _raw(b"\x02\xce" + b"\x80" * 14))),
    Lie(KIND, "a transaction that is no RLP", "proof.transaction", after=sending("admit", _raw(b"\x02\xf8"))),
    Lie(KIND, "no result file", "result.file", after=file_gone("result.json")),
)
