"""Requests that no client of ours sends, from every role, at a running installation."""
