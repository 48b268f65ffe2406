"""A chain that no organisation has alone: its genesis from a file of organisations, four validators on this machine, a vote and faults."""
