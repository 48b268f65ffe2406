"""What a second operator runs: follows a case's chain by own nodes, signs what it saw, says at once what is wrong (protocol §27).

It takes no word of the backend's, and shares its reading of chains with the first recount.
"""
