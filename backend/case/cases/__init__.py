"""A wind-down case: its institution, its officials, and the acts that k of them sign."""
