"""Proof that the lender is here."""
