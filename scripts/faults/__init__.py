"""Faults on a running installation, and the check that nothing was lost, doubled or falsely receipted."""
