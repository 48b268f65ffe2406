"""A sample of a register, drawn by size from a seed that nobody could choose, and what it says (protocol §4.3).

Read it in this order: `draw` (seed, points, which leaf covers a point), `intervals` (that it does, proved without amounts), `bound` (what
follows from the findings), `paper` (what officials sign).
"""
