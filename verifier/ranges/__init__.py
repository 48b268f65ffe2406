"""Range proofs: every leaf of a register holds an amount from 0 to 2^64 - 1, and nothing else is said about it (protocol §4.2).

Read it in this order: `group` (points), `products` (many scalars times many points), `generators`, `transcript`, `proofs` (bytes), `file`
(a register's chunks), `checking` (what anybody runs), `proving` (what whoever draws up a register runs).
"""
