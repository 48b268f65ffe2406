"""A chain that was never run: blocks, transactions and logs written by hand, so that a lie can be consistent everywhere else.

Whoever makes an evidence bundle can write any history. Here a whole vote is written so, honest where nothing is changed; each lie changes
one thing and leaves hashes, roots, signatures and sums right.
"""
