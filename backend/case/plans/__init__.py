"""What the institution proposes."""
