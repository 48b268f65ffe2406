"""A colluding verifier and relay cast for lenders who never came, while the backend is silenced; the working group's alarms tell them."""
