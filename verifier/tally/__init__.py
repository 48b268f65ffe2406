"""Is this the count? The recount of a poll from a node and the published files (protocol §13).

Shares no code with the backend and none with the contracts. What an auditor installs beside it is coincurve, a keccak (safe-pysha3, or
pycryptodome), httpx and rich.
"""
