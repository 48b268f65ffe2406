"""The command line: `lendervote`, and what looks after an installation."""
