"""States of a notice, and the root that stands for a whole mailing (protocol §28). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.ground.common.hashing import canonical_json, keccak

#: What an anchor's transaction carries: these letters, the mailing's number in 8 bytes, the root in 32.
MARK = b"LVNOTICE"


class State(StrEnum):
    """Where a notice stands; the first four come to an end."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    TO_POST = "to_post"
    TOLD = "told"
    """A provider reported it delivered."""
    POSTED = "posted"
    UNCONFIRMED = "unconfirmed"
    """Handed over, and no report came."""
    UNREACHED = "unreached"
    WITHDRAWN = "withdrawn"
    """No longer true when its turn came: a reminder to somebody who has voted since."""


UNENDED = (State.WAITING, State.SENDING, State.SENT, State.TO_POST)


class Try(StrEnum):
    """Where one attempt on one way stands."""

    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SILENT = "silent"
    UNKNOWN = "unknown"
    """Its answer was lost, and the provider cannot say."""
    GONE = "gone"
    """The provider never took it; tried again."""
    POSTED = "posted"


@dataclass(frozen=True)
class Ended:
    """What the ledger says of one notice in the end; `ended_at` RFC 3339."""

    id: str
    kind: str
    template: str
    channel: str
    state: str
    ended_at: str

    def leaf(self) -> bytes:
        """keccak(0x00 ‖ canonical JSON): the id is random, so that nobody guesses whose it is."""
        said = {
            "channel": self.channel,
            "ended_at": self.ended_at,
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "template": self.template,
        }
        return keccak(b"\x00" + canonical_json(said))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Pairs hashed upwards with 0x01 before them, an odd last one carried up; 32 zero bytes of none."""
    level = list(leaves)
    while len(level) > 1:
        paired = [keccak(b"\x01" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0] if level else bytes(32)


def proof_of(leaves: Sequence[bytes], place: int) -> list[tuple[bool, bytes]]:
    """From the bottom to the top: whether the sibling stands on the left, and the sibling; none where a leaf is carried up."""
    return proof_in(levels_of(leaves), place)


def levels_of(leaves: Sequence[bytes]) -> list[bytes]:
    """The whole tree, from the leaves to the root, the 32 bytes of a level's nodes one after another."""
    level, levels = list(leaves), [b"".join(leaves)]
    while len(level) > 1:
        paired = [keccak(b"\x01" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
        levels.append(b"".join(level))
    return levels


def proof_in(levels: Sequence[bytes], place: int) -> list[tuple[bool, bytes]]:
    """The proof of a leaf of a tree."""
    proof = []
    for level in levels[:-1]:
        sibling = place ^ 1
        if found := level[32 * sibling : 32 * sibling + 32]:
            proof.append((sibling < place, found))
        place //= 2
    return proof


def proves(leaf: bytes, proof: Sequence[tuple[bool, bytes]], root: bytes) -> bool:
    """Whether the leaf is under the root."""
    for on_the_left, sibling in proof:
        leaf = keccak(b"\x01" + (sibling + leaf if on_the_left else leaf + sibling))
    return leaf == root


def anchored(number: int, root: bytes) -> bytes:
    """What the transaction carries."""
    return MARK + number.to_bytes(8, "big") + root
