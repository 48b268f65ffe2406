"""`lendervote register sample`: draw claims by size, take two officials' findings, state the bound (protocol §4.3)."""
