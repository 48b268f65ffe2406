"""The working group's decision."""
