"""Invented lenders and their claims files, the same for the same seed."""
