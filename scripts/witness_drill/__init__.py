"""Chains made anew with all keys, and whether outsiders' stamps and a witness name them (protocol §26, §27)."""
