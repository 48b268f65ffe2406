"""The files with which anyone can recount."""
