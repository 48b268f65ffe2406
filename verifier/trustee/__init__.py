"""What a trustee runs who trusts no page: the key of a sealed poll, and openings that survive, from files alone (protocol §22, §23)."""
