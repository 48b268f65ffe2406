"""Measures flags on registers and polls with planted faults, and on honest ones with families, village halls and nursing homes."""
