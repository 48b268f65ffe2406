"""Installations set up for tests, drills and demonstrations: processes, people and a vote step by step."""
