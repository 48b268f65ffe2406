"""Attacks that the system does not stop by itself: each with the reason, and the words of the threat model that say so."""

from __future__ import annotations

from scripts.attacks.kinds import Left

LEFT: tuple[Left, ...] = ()
