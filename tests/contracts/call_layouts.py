"""Layouts of a call that nobody uses and every contract takes: whoever sends it chooses."""

from __future__ import annotations


def scattered(data: bytes) -> bytes:
    """A call of `cast` whose proof lies behind a gap, and something behind everything."""
    head, proof_at, tail = data[4:388], int.from_bytes(data[388:420], "big"), data[420:]
    return data[:4] + head + (proof_at + 33).to_bytes(32, "big") + b"\xee" * 33 + tail + b"\x01"


def backwards(data: bytes) -> bytes:
    """A call of `castBatch` whose credentials point back at their own entries, which lie before them."""
    word = 32
    heads = [int.from_bytes(data[4 + word * i : 4 + word * (i + 1)], "big") for i in range(4)]
    start = 4 + heads[0]
    entries_at = start + int.from_bytes(data[start : start + word], "big")
    length = int.from_bytes(data[entries_at : entries_at + word], "big")
    entries = data[entries_at : entries_at + word + -(-length // word) * word]
    moved = len(entries)
    credentials = (2**256 - moved).to_bytes(32, "big") + data[start + word : start + 4 * word]
    rest = data[4 + 4 * word :]
    new_heads = [4 * word + moved, *(head + moved + len(credentials) for head in heads[1:])]
    return data[:4] + b"".join(head.to_bytes(32, "big") for head in new_heads) + entries + credentials + rest


def filled_up_otherwise(call: bytes) -> bytes:
    """The same call, with something in the zeros that fill up the entries: no contract looks there."""
    found = bytearray(call)
    at = 4 + int.from_bytes(call[4:36], "big")
    place = at + int.from_bytes(call[at : at + 32], "big")
    length = int.from_bytes(call[place : place + 32], "big")
    assert (length % 32, found[place + 32 + length]) != (0, 0)
    found[place + 32 + length] = 1
    return bytes(found)
