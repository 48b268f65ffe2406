"""What a second operator runs: follows a case's chain by nodes of their own, signs what it saw, and says at once what is wrong (protocol §27).

It takes no word of the backend's, and shares its reading of chains with the first recount.
"""
