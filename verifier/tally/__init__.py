"""Is this the count? The recount of a poll from a node and the published files (protocol §13).

Shares no code with the backend and none with the contracts; what an auditor installs beside it is coincurve, pycryptodome, httpx and rich.
"""
