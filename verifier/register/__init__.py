"""What an official runs before signing a register: from claims file and openings to every leaf and to the digest (protocol §19).

It shares no code with the service that drew the register up, nor with the recount: an error in one of them does not repeat itself here.
"""
