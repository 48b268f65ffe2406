"""Trustees of a case: their appointment, and the ceremonies in which they make the key of a sealed poll (protocol §21.2, §22)."""
