"""The openings of a register, encrypted once: what dealer and officials make byte for byte, and what is read back (protocol §23.1).

Pure, and for two: the officials' tool, which makes everything again before it is signed, and the trustees'.
"""
