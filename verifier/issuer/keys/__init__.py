"""The issuer's secrets: its keys, the master key over stored references, and what is sealed under it."""
