"""Twelve words of a transcript, to be compared by voice (protocol §22.4)."""

from __future__ import annotations

from functools import lru_cache

from mnemonic import Mnemonic

COUNT, _BITS = 12, 11


@lru_cache
def _listed() -> tuple[str, ...]:
    words = tuple(Mnemonic("english").wordlist)
    if len(set(words)) != 2**_BITS:
        raise RuntimeError("the word list is not that of BIP-39")
    return words


def word_numbers(transcript_hash: bytes) -> list[int]:
    """Places in the list, from 1: for whoever reads numbers aloud."""
    bits = int.from_bytes(transcript_hash, "big") >> (256 - COUNT * _BITS)
    return [1 + (bits >> _BITS * (COUNT - 1 - place) & 2**_BITS - 1) for place in range(COUNT)]


def twelve_words(transcript_hash: bytes) -> list[str]:
    """The first 132 bits of the hash, eleven at a time."""
    return [_listed()[number - 1] for number in word_numbers(transcript_hash)]


def are_those(heard: str, transcript_hash: bytes) -> bool:
    """Whether the words, or their numbers, are these twelve in this order; case and commas do not count."""
    said = heard.lower().replace(",", " ").split()
    return said in (twelve_words(transcript_hash), [str(number) for number in word_numbers(transcript_hash)])
