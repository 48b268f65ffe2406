"""What anybody may take away: published files and certificates."""
