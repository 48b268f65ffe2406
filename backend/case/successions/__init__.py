"""Successions of officials, threshold and institution: named by those in office, brought into office after a notice (protocol §24)."""
