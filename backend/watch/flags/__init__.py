"""What looks odd in a register or a poll: put before two officials, never before a vote; nothing is decided here."""
