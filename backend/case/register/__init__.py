"""Who may vote, with which claim: import, merge, freeze."""
