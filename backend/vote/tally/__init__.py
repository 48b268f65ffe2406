"""The counted result, opened and read from the chain."""
