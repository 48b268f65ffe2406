"""Who is here: accounts, sessions and passkeys."""
