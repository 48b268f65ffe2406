"""What the issuer believes of a case and its polls, and why: a fingerprint from paper, officials' signatures, nodes that agree."""
