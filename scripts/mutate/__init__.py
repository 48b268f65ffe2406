"""Mutation of the contracts: small changes, one at a time, that the forge suite must notice."""
