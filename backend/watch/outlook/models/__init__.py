"""The forecast of a loan book: run as a command with the extra `outlook`, never in the service. No chance in it, so no seed."""
