"""Honest sealed votes, and all lies about them."""

from __future__ import annotations

from scripts.tampers.lies.sealed_ballots import LIES as BALLOTS
from scripts.tampers.lies.sealed_counts import LIES as COUNTS
from scripts.tampers.lies.sealed_counts import OVERTAKEN
from scripts.tampers.lies.sealed_keys import LIES as KEYS
from scripts.tampers.lies.sealed_keys import one_by_passkey, passkey_code
from scripts.tampers.lies.sealed_kinds import honest
from scripts.tampers.lies.sealed_outcomes import LIES as OUTCOMES

HONEST = (
    honest("a sealed vote"),
    honest("a sealed vote with its state", state=True),
    honest("a sealed vote on three motions, with a reported breach", state=True, motions=3, breached=True),
    honest("a sealed vote that was opened and abandoned", state=True, reason="名单争议未决"),
    honest("a sealed vote that nobody opened, abandoned", state=True, reason="保管人失联", openers=[]),
    honest("a sealed vote in which nobody voted", state=True, choices=[], approve=False, invalid=[]),
    honest("a sealed vote in which a stranger counts one ballot before each piece", state=True, way=OVERTAKEN),
    honest("a sealed vote with a trustee who signs by passkey", way=one_by_passkey, end=passkey_code),
    honest("a sealed vote with trustees appointed later", trustees=["first", "second"], later=True),
)
LIES = (*KEYS, *BALLOTS, *COUNTS, *OUTCOMES)
