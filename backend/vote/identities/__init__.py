"""What binds photos and persons to the indexes of a register: a file that officials sign and the verifier takes (protocol §15.1)."""
