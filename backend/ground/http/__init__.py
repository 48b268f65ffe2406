"""What a room's routes need of HTTP before they know who is here."""
