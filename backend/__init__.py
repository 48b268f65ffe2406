"""The service that carries a vote from a claims register to an approved result.

Storeys, each a folder of rooms, from the lowest: ground, people, case, vote, watch, public, shell, web.
A file imports only from lower rooms of its own storey and from storeys below; `app.py` alone knows them all.
"""

import contextlib
import sys

with contextlib.suppress(ImportError):
    # eth-account brings it along, and it sets the recursion limit to 100,000 at its first import: 90 kB of "[" sent as JSON would then
    # overflow the stack and end the process. It is imported here first, and the limit put back.
    import py_ecc  # noqa: F401  # type: ignore[import-untyped,unused-ignore]

sys.setrecursionlimit(1000)
