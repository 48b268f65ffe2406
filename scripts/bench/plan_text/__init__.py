"""Plans with and without one planted contradiction, and how many of them the text check finds."""
