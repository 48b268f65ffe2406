"""Faults of sealed polls: before the close, around it, and while the box is unsealed and counted."""
