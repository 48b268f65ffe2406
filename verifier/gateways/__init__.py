"""Speaks to providers of text messages and calls, by the signed HTTP that they document; knows nothing of votes, and keeps nothing."""
