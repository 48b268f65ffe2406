"""The only room that speaks to the chain: what is signed, sent, confirmed and read there."""
