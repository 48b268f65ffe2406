"""The commands: files in, files out, one sentence about what happened and what comes next."""
