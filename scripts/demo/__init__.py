"""A whole vote, from a claims register file to an approved and recounted result, through the real API."""
