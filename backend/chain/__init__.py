"""The only room that speaks to the chain: sending, reading, confirming."""
