"""Measurements on this machine, each a command."""
