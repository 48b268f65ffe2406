"""Times that outsiders witness: what happened in a vote is stamped by authorities (RFC 3161, protocol §26)."""
