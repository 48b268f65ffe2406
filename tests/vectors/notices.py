"""notices.json: roots of mailings and the alarms' word of contested ballots (protocol §26, §27.2)."""

from __future__ import annotations

from typing import Any

from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.vectors.seeds import CASE, CHAIN_ID, address_of_key, hex_of, key_of

KINDS = ("poll_announced", "ballot_recorded", "no_ballot")
ENDS = (("sms", "told"), ("voice", "unconfirmed"), ("letter", "posted"), ("", "unreached"), ("", "withdrawn"))
POLL = ref.created_address(ref.created_address(CASE, 1), 1)


def notices_file() -> dict[str, Any]:
    """Mailings of 0 to 5 notices, each with leaves, paths and what the transaction carries; one list of contested ballots."""
    return {"mailings": [mailing(count) for count in range(6)], "contested": contested((2, 5, 19))}


def mailing(count: int) -> dict[str, Any]:
    """The notices stand by rising id; the tree is worked out level by level."""
    notices = [notice(place) for place in range(count)]
    leaves = [ref.keccak(b"\x00" + canonical(one).encode()) for one in notices]
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [below[at : at + 2] for at in range(0, len(below), 2)]
        levels.append([ref.keccak(b"\x01" + pair[0] + pair[1]) if len(pair) == 2 else pair[0] for pair in pairs])
    root = levels[-1][0] if leaves else bytes(32)
    number = count + 1
    return {
        "number": number,
        "notices": notices,
        "leaves": [hex_of(leaf) for leaf in leaves],
        "paths": [path(levels, place) for place in range(count)],
        "root": hex_of(root),
        "transaction_data": hex_of(b"LVNOTICE" + number.to_bytes(8, "big") + root),
    }


def notice(place: int) -> dict[str, str]:
    channel, state = ENDS[place % len(ENDS)]
    template = hex_of(ref.keccak(f"template {place % len(KINDS)}".encode()))
    ended_at = f"2026-12-0{place + 1}T02:00:00Z"
    return {
        "channel": channel, "ended_at": ended_at, "id": f"{place + 2}" * 20, "kind": KINDS[place % len(KINDS)], "state": state,
        "template": template,
    }  # fmt: skip


def path(levels: list[list[bytes]], place: int) -> list[dict[str, Any]]:
    """Siblings from the bottom to the top; none where there is none."""
    found = []
    for level in levels[:-1]:
        sibling = place ^ 1
        if sibling < len(level):
            found.append({"left": sibling < place, "hash": hex_of(level[sibling])})
        place //= 2
    return found


def contested(indexes: tuple[int, ...]) -> dict[str, Any]:
    text = canonical({"chain_id": CHAIN_ID, "indexes": list(indexes), "made_at": 1796083200, "poll": hex_of(POLL)})
    content = text.encode()
    digest = ref.keccak(b"LenderVote/1/contested" + ref.keccak(content))
    key = key_of("alarms")
    return {
        "content": text, "digest": hex_of(digest), "signature": hex_of(ref.signature_65(key, digest)),
        "address": hex_of(address_of_key("alarms")), "poll": hex_of(POLL), "indexes": list(indexes),
    }  # fmt: skip
