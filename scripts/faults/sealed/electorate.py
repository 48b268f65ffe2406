"""Lenders of a sealed poll, and what each of their ballots holds, which nobody else knows before the count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eth_account import Account

from scripts.load.electorate import CHOICES, Electorate, Lender
from scripts.rig.keys import Key
from scripts.rig.sealing import sealed_and_signed
from scripts.rig.vote import Vote


class SealedElectorate(Electorate):
    """The lenders of one open sealed poll."""

    def __init__(self, vote: Vote, data_dir: Path) -> None:
        super().__init__(vote, data_dir)
        self.choices: dict[tuple[int, int], int] = {}
        """By index and sequence."""

    def ballot(self, lender: Lender) -> dict[str, Any]:
        """The lender's next ballot, sealed and signed."""
        lender.sequence += 1
        choice = CHOICES[(lender.index + lender.sequence) % len(CHOICES)]
        self.choices[lender.index, lender.sequence] = choice
        return {
            "index": lender.index,
            "sequence": lender.sequence,
            "ballot_key": lender.ballot_key,
            "credential_expires_at": lender.credential["expires_at"],
            "credential_signature": lender.credential["signature"],
            **sealed_and_signed(self.vote.poll, Key(Account.from_key(lender.key)), lender.index, lender.sequence, choice),
        }
