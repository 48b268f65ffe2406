"""Officials' and institutions' sign-in, and sessions for everybody."""
