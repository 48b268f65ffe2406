"""The service that carries a vote from a claims register to an approved result.

Rooms, in the order in which a vote passes them: cases, register, plans, polls, credentials, ballots, tally, approvals, publication.
A file imports only from rooms before its own; `app.py` alone knows them all.
"""
