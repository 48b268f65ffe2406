"""The claims file read once more (protocol §18), by code of its own: rows, claims, lenders with class and amount."""
