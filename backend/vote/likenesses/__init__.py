"""One person under several identities? Lists by the verifier, looked into by officials; no vote is touched by it."""
